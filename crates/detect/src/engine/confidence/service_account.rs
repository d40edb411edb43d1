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
    if let Some(value) = value(object) {
        let number = value.iter().take_while(|byte| byte.is_ascii_hexdigit());
        let complete = number.clone().count() == DIGITS;
        let drawn = value
            .windows(2)
            .take(DIGITS - 1)
            .any(|two| two[0] != two[1]);
        let known = closed || text.last == Last::End || value.len() > DIGITS;
        return known.then_some(if complete && drawn {
            Confidence::Medium
        } else {
            Confidence::Low
        });
    }
    (closed || text.last == Last::End).then_some(Confidence::Medium)
}

/// What stands behind the name, its quotes and the colon.
fn value(object: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(object, NAME)?;
    let behind = object.get(at + NAME.len()..)?;
    let mark = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\\' | b':');
    let start = behind.iter().position(|byte| !mark(byte))?;
    behind.get(start..)
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
