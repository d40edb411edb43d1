//! `multipart/…` (RFC 2046 §5.1, RFC 7578).

use super::{BadBody, Ends, Parts};
use pipelock_detect::engine::Order;
use std::borrow::Cow;

/// Most parts of a body.
const PART_LIMIT: usize = 100;
/// Longest file name.
const FILE_NAME: usize = 256;

/// Names, file names and contents in wire order.
pub(super) fn parts<'b>(body: &'b [u8], boundary: &[u8]) -> Result<Parts<'b>, BadBody> {
    let mut ends = Ends::default();
    let mut lines = Lines { body, at: 0 };
    let mut count = 0;
    // What stands before the first delimiter is no part.
    let (_, mut delimiter) = lines.until(boundary).ok_or(BadBody::Multipart)?;
    while delimiter == Delimiter::Between {
        count += 1;
        if count > PART_LIMIT {
            return Err(BadBody::PartCount);
        }
        let (part, next) = lines.until(boundary).ok_or(BadBody::Multipart)?;
        push(part, &mut ends)?;
        delimiter = next;
    }
    Ok(ends.in_order(Order::Forward))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    Between,
    Close,
}

struct Lines<'b> {
    body: &'b [u8],
    at: usize,
}

impl<'b> Lines<'b> {
    /// What stands before the next delimiter line, and which that is.
    fn until(&mut self, boundary: &[u8]) -> Option<(&'b [u8], Delimiter)> {
        let start = self.at;
        while self.at < self.body.len() {
            let line_start = self.at;
            let rest = &self.body[line_start..];
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            self.at += length;
            if let Some(delimiter) = delimiter(&rest[..length], boundary) {
                let part = &self.body[start..line_start];
                // The line end before a delimiter belongs to it.
                let part = part.strip_suffix(b"\n").unwrap_or(part);
                let part = part.strip_suffix(b"\r").unwrap_or(part);
                return Some((part, delimiter));
            }
        }
        None
    }
}

fn delimiter(line: &[u8], boundary: &[u8]) -> Option<Delimiter> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    match rest.trim_ascii() {
        b"" => Some(Delimiter::Between),
        b"--" => Some(Delimiter::Close),
        _ => None,
    }
}

/// The name, the file name and the content of a part.
fn push<'b>(part: &'b [u8], ends: &mut Ends<'b>) -> Result<(), BadBody> {
    let mut rest = part;
    loop {
        let end = memchr::memchr(b'\n', rest);
        let (line, behind) = end.map_or((rest, &rest[rest.len()..]), |at| {
            (&rest[..at], &rest[at + 1..])
        });
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        rest = behind;
        if line.is_empty() {
            break;
        }
        if end.is_none() {
            // Fields that no empty line ends.
            return Err(BadBody::Multipart);
        }
        disposition(line, ends)?;
    }
    ends.push(Cow::Borrowed(rest));
    Ok(())
}

fn disposition<'b>(line: &'b [u8], ends: &mut Ends<'b>) -> Result<(), BadBody> {
    let Some(colon) = memchr::memchr(b':', line) else {
        // A folded line: the search over the raw body reads it.
        return Ok(());
    };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if !name.eq_ignore_ascii_case(b"Content-Disposition") {
        return Ok(());
    }
    for parameter_name in [&b"name"[..], b"filename", b"filename*"] {
        let Some(text) = parameter(value, parameter_name) else {
            continue;
        };
        if parameter_name != b"name" && text.len() > FILE_NAME {
            return Err(BadBody::FileName);
        }
        ends.push(text);
    }
    Ok(())
}

/// A parameter of a field value (RFC 9110 §5.6.6), without its quotes.
pub(super) fn parameter<'v>(value: &'v [u8], wanted: &[u8]) -> Option<Cow<'v, [u8]>> {
    let mut rest = &value[memchr::memchr(b';', value)?..];
    while let Some(behind) = rest.strip_prefix(b";") {
        let equals = behind
            .iter()
            .position(|byte| matches!(byte, b'=' | b';'))
            .unwrap_or(behind.len());
        let name = behind[..equals].trim_ascii();
        let (text, after) = match behind.get(equals) {
            Some(b'=') => token_or_quoted(&behind[equals + 1..]),
            _ => (Cow::Borrowed(&b""[..]), &behind[equals..]),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        let next = memchr::memchr(b';', after).unwrap_or(after.len());
        rest = &after[next..];
    }
    None
}

/// A value, and what stands behind it.
fn token_or_quoted(text: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let text = text.trim_ascii_start();
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = memchr::memchr(b';', text).unwrap_or(text.len());
        return (Cow::Borrowed(text[..end].trim_ascii()), &text[end..]);
    };
    let mut out = Vec::new();
    let mut rest = quoted;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match (byte, rest) {
            (b'"', _) => break,
            // Only these are escaped: browsers send paths of Windows as they are.
            (b'\\', [escaped @ (b'"' | b'\\'), behind @ ..]) => {
                out.push(*escaped);
                rest = behind;
            }
            (other, _) => out.push(*other),
        }
    }
    (Cow::Owned(out), rest)
}
