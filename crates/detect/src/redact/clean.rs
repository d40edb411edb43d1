//! What is taken out without asking the engine.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// Longer query values are shown by their length, in bytes.
const VALUE_LIMIT: usize = 64;

/// A URL that is known to hold no secret, fit for a log: userinfo and control
/// characters dropped, query values of more than 64 bytes shown as `[n bytes]`, at
/// most `limit` bytes. Does not ask the engine.
#[must_use]
pub fn clean_url(url: &str, limit: usize) -> String {
    let authority = authority_of(url);
    let head = &url[..authority.start];
    let host = url[authority.clone()]
        .rsplit('@')
        .next()
        .unwrap_or_default();
    let tail = &url[authority.end..];
    let mut out = String::with_capacity(url.len().min(limit));
    for part in [head, host] {
        push_clean(part, limit, &mut out);
    }
    let (path, rest) = tail.split_at(tail.find(['?', '#']).unwrap_or(tail.len()));
    push_clean(&userinfo_free(path), limit, &mut out);
    push_query(rest, limit, &mut out);
    out
}

/// Where the authority of a URL or a `host:port` stands.
pub(super) fn authority_of(url: &str) -> Range<usize> {
    let start = url
        .find("//")
        .filter(|at| !url[..*at].contains(['/', '?', '#']))
        .map_or(0, |at| at + 2);
    let len = url[start..]
        .find(['/', '?', '#', '\\'])
        .unwrap_or(url.len() - start);
    start..start + len
}

/// Query and fragment, long values masked.
fn push_query(query: &str, limit: usize, out: &mut String) {
    if query.len() <= VALUE_LIMIT {
        return push_clean(&userinfo_free(query), limit, out);
    }
    for (at, piece) in query.split_inclusive(['?', '&', '#', ';']).enumerate() {
        if out.len() >= limit {
            return;
        }
        let (text, separator) = match piece.as_bytes().last() {
            Some(b'?' | b'&' | b'#' | b';') => piece.split_at(piece.len() - 1),
            _ => (piece, ""),
        };
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (Some(key), value),
            None => (None, text),
        };
        // A key may be the secret as well as a value.
        for (part, follows) in [(key, "="), (Some(value), separator)] {
            let Some(part) = part else { continue };
            if part.len() > VALUE_LIMIT && at > 0 {
                let mut mask = String::new();
                let _ = write!(mask, "[{} bytes]", part.len());
                push_clean(&mask, limit, out);
            } else {
                push_clean(&userinfo_free(part), limit, out);
            }
            push_clean(follows, limit, out);
        }
    }
}

/// The text without what stands between `://` and `@` in the same authority.
pub(super) fn userinfo_free(text: &str) -> Cow<'_, str> {
    // Almost no text has an at sign.
    if memchr::memchr(b'@', text.as_bytes()).is_none() || !text.contains("//") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("//") {
        let (before, after) = rest.split_at(at + 2);
        out.push_str(before);
        let ends = |c: char| {
            matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '\\') || c.is_whitespace()
        };
        let authority = &after[..after.find(ends).unwrap_or(after.len())];
        let userinfo = authority.rfind('@').map_or(0, |at| at + 1);
        rest = &after[userinfo..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Appends text without control characters and escape sequences until `out` has
/// `limit` bytes.
pub(super) fn push_clean(text: &str, limit: usize, out: &mut String) {
    let room = limit.saturating_sub(out.len());
    if text.bytes().all(|b| matches!(b, 0x20..=0x7e)) {
        out.push_str(&text[..text.len().min(room)]);
        return;
    }
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut chars),
            // Control sequence introducer and string introducers of ISO 6429, eight bits.
            '\u{9b}' => skip_control(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut chars),
            c if is_hidden(c) => {}
            c if out.len() + c.len_utf8() > limit => return,
            c => out.push(c),
        }
    }
}

/// Controls but tab and line feed, line separators, and marks that reorder text.
fn is_hidden(c: char) -> bool {
    let reorders =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    reorders
        || matches!(c, '\u{2028}' | '\u{2029}')
        || (c.is_control() && !matches!(c, '\t' | '\n'))
}

/// What follows ESC.
fn skip_sequence(chars: &mut std::str::Chars<'_>) {
    let rest = chars.clone();
    match chars.next() {
        Some('[') => skip_control(chars),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(chars),
        Some(' '..='/') => {
            // Intermediate bytes, then one final byte.
            while matches!(chars.clone().next(), Some(' '..='/')) {
                chars.next();
            }
            chars.next();
        }
        Some('0'..='~') => {}
        // No sequence: the character stands for itself.
        _ => *chars = rest,
    }
}

/// Parameters and intermediates up to the final byte (ECMA-48 §5.4).
fn skip_control(chars: &mut std::str::Chars<'_>) {
    loop {
        let rest = chars.clone();
        match chars.next() {
            Some(' '..='?') => {}
            Some('@'..='~') | None => return,
            Some(_) => {
                *chars = rest;
                return;
            }
        }
    }
}

/// A command string up to BEL or ST. Without an end only the introducer goes, so
/// that one byte cannot hide the rest of a line.
fn skip_string(chars: &mut std::str::Chars<'_>) {
    let mut ahead = chars.clone();
    while let Some(c) = ahead.next() {
        match c {
            '\u{7}' | '\u{9c}' => {
                *chars = ahead;
                return;
            }
            '\u{1b}' if ahead.as_str().starts_with('\\') => {
                ahead.next();
                *chars = ahead;
                return;
            }
            '\n' => return,
            _ => {}
        }
    }
}

/// The longest beginning of a text with at most `limit` bytes.
pub(crate) fn prefix(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
