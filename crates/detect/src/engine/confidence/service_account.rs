//! The file of a service account, which its type gives away.

use super::super::text::{Last, Text};
use pipelock_model::Confidence;

/// How far behind the type the number of the key is looked for, in bytes.
const REACH: u64 = 256;
const NAME: &[u8] = b"private_key_id";
/// Hexadecimal digits of the number of a key.
const DIGITS: usize = 40;

/// A template has no key: what stands for its number is no number.
pub(super) fn confidence(text: &Text<'_>, end: u64) -> Option<Confidence> {
    let mut buffer = [0; REACH as usize];
    let behind = text.copy(end, end + REACH, &mut buffer);
    let object = behind.split(|byte| *byte == b'}').next().unwrap_or(behind);
    let closed = object.len() < behind.len() || behind.len() as u64 == REACH;
    let known = |confidence| (closed || text.last == Last::End).then_some(confidence);
    match value(object) {
        Value::None => known(Confidence::Medium),
        // It may go on elsewhere.
        Value::Open => known(Confidence::Medium),
        Value::Closed(value) if is_number(value) => Some(Confidence::Medium),
        Value::Closed(_) => Some(Confidence::Low),
    }
}

/// Forty hexadecimal digits, not the same over and over.
fn is_number(value: &[u8]) -> bool {
    value.len() == DIGITS
        && value.iter().all(u8::is_ascii_hexdigit)
        && value.windows(2).any(|two| two[0] != two[1])
}

/// What stands behind the name.
enum Value<'t> {
    /// There is no such name.
    None,
    /// Its end is not here, or is not as its start.
    Open,
    /// A text between quotes, escaped or not.
    Closed(&'t [u8]),
}

fn value(object: &[u8]) -> Value<'_> {
    let Some(at) = memchr::memmem::find(object, NAME) else {
        return Value::None;
    };
    let behind = &object[at + NAME.len()..];
    let Some(colon) = behind.iter().position(|byte| *byte == b':') else {
        return Value::Open;
    };
    let text = behind[colon + 1..].trim_ascii_start();
    let quote: &[u8] = match text {
        [b'\\', b'"', ..] => b"\\\"",
        [b'"', ..] => b"\"",
        _ => return Value::Open,
    };
    let inner = &text[quote.len()..];
    match inner
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r'))
    {
        Some(end) if inner[end..].starts_with(quote) => Value::Closed(&inner[..end]),
        _ => Value::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_of_a_key_makes_a_key() {
        let number = "0f1e2d3c4b".repeat(4);
        let cases = [
            (String::new(), Confidence::Medium),
            ("}".to_owned(), Confidence::Medium),
            (
                format!(", \"project_id\": \"a\", \"private_key_id\": \"{number}\"}}"),
                Confidence::Medium,
            ),
            (
                format!(", \\\"private_key_id\\\": \\\"{number}\\\"}}"),
                Confidence::Medium,
            ),
            (
                format!(", \"private_key_id\": \"{}\"}}", &number[1..]),
                Confidence::Low,
            ),
            (
                format!(", \"private_key_id\": \"{}\"}}", "a".repeat(40)),
                Confidence::Low,
            ),
            (
                ", \"private_key_id\": \"key-id\"}".to_owned(),
                Confidence::Low,
            ),
            (
                ", \"private_key_id\": \"<number>\"".to_owned(),
                Confidence::Low,
            ),
            // The rest of it may follow elsewhere.
            (
                ", \"private_key_id\": \"0f1e2d3c4b".to_owned(),
                Confidence::Medium,
            ),
            (
                ", \\\"private_key_id\\\": \\\"0f1e2d3c4b\" + \"5a69".to_owned(),
                Confidence::Medium,
            ),
            (
                "}, {\"private_key_id\": \"another\"}".to_owned(),
                Confidence::Medium,
            ),
        ];
        for (behind, expected) in cases {
            let text = Text {
                base: 0,
                kept: &[],
                chunk: behind.as_bytes(),
                last: Last::End,
            };
            assert_eq!(confidence(&text, 0), Some(expected), "{behind}");
        }
    }
}
