//! Field lines (RFC 9112 §5).

use super::{HeadError, chars};
use pipelock_model::http::Fields;

/// One line without its CRLF, and what follows. The text ends with CRLF.
pub(crate) fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', text)?;
    let (line, rest) = text.split_at(end + 1);
    Some((line.strip_suffix(b"\r\n")?, rest))
}

/// A field as it stands in the line; the value still has its white space.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) raw_value: &'a [u8],
}

/// Name and value of a line whose control characters were looked for before.
pub(crate) fn split(line: &[u8]) -> Result<Field<'_>, HeadError> {
    let end = line.iter().position(|byte| !chars::is_tchar(*byte));
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    match (name, rest) {
        (_, [b':', raw_value @ ..]) if !name.is_empty() => {
            let name = std::str::from_utf8(name).map_err(|_| HeadError::Invalid("field name"))?;
            Ok(Field { name, raw_value })
        }
        ([], [b':', ..]) => Err(HeadError::Invalid("empty field name")),
        ([], [b' ' | b'\t', ..]) => Err(HeadError::Invalid("folded field line")),
        (_, [b' ' | b'\t', ..]) => Err(HeadError::Invalid("white space before the colon")),
        (_, []) => Err(HeadError::Invalid("field line without a colon")),
        _ => Err(HeadError::Invalid("character in a field name")),
    }
}

/// Refuses a line that cannot become a field, from its first byte.
pub(crate) fn check_begin(line: &[u8]) -> Result<(), HeadError> {
    match line.first() {
        Some(b' ' | b'\t') => Err(HeadError::Invalid("folded field line")),
        Some(b':') => Err(HeadError::Invalid("empty field name")),
        _ => Ok(()),
    }
}

/// Reads the lines of a section up to its end or its empty line, shows each to
/// `visit` and keeps those for which it says so.
pub(crate) fn read(
    mut section: &[u8],
    count: usize,
    mut visit: impl FnMut(Field<'_>) -> Result<Keep, HeadError>,
) -> Result<Fields, HeadError> {
    let mut fields = Fields::with_capacity(section.len(), count);
    while let Some((line, rest)) = split_line(section) {
        if line.is_empty() {
            break;
        }
        let field = split(line)?;
        if let Keep::Yes = visit(field)? {
            fields.push(field.name, chars::trim(field.raw_value));
        }
        section = rest;
    }
    Ok(fields)
}

/// Whether a field is kept.
pub(crate) enum Keep {
    Yes,
    No,
}
