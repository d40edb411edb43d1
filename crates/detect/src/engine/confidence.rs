//! How sure a finding is.

use super::text::{Last, Text};
use crate::rule::{Rule, RuleKind};
use pipelock_model::Confidence;

/// Longest value that can be a placeholder.
const VALUE_LIMIT: usize = 256;
/// How far behind a PEM header its body is looked for, in bytes.
pub(super) const PEM_REACH: u64 = 160;
/// Base64 characters at the start of a line that make it a PEM body.
const PEM_BODY: usize = 16;

/// Judges a match; `None` when text that is still to come decides.
pub(super) fn confidence(
    rule: &Rule,
    anchor: u8,
    text: &Text<'_>,
    start: u64,
    end: u64,
) -> Option<Confidence> {
    if rule.validator.is_some() {
        return Some(Confidence::Certain);
    }
    if rule.kind == RuleKind::Injection {
        return Some(Confidence::Medium);
    }
    let mut buffer = [0; VALUE_LIMIT];
    let matched = text.copy(start, end, &mut buffer);
    if matched.starts_with(b"-----") {
        return pem(text, end);
    }
    let whole = end - start <= VALUE_LIMIT as u64;
    let value = matched.get(usize::from(anchor)..).unwrap_or_default();
    Some(if whole && is_placeholder(value) {
        Confidence::Low
    } else {
        Confidence::Medium
    })
}

/// A header without a body is a quotation.
fn pem(text: &Text<'_>, end: u64) -> Option<Confidence> {
    let mut buffer = [0; PEM_REACH as usize];
    let following = text.copy(end, end + PEM_REACH, &mut buffer);
    if has_pem_body(following) {
        return Some(Confidence::Medium);
    }
    let complete = following.len() == buffer.len() || text.last == Last::End;
    complete.then_some(Confidence::Low)
}

/// Some line starts with base64. Lines end at CR, LF or an escape of them.
fn has_pem_body(following: &[u8]) -> bool {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let body = |line: &[u8]| line.iter().take_while(|byte| base64(byte)).count() >= PEM_BODY;
    (0..=following.len()).any(|at| {
        let (before, line) = following.split_at(at);
        let starts = before.is_empty()
            || matches!(before, [.., b'\n' | b'\r'] | [.., b'\\', b'n' | b'r'])
            || matches!(before, [.., b'%', b'0', b'a' | b'A' | b'd' | b'D']);
        starts && body(line.trim_ascii_start())
    })
}

/// One repeated character, `xxxx`, `<token>`, `YOUR_…`, `${NAME}`, nothing.
/// `value` is what follows the anchor; a name and a `=` or `:` may come first.
fn is_placeholder(value: &[u8]) -> bool {
    let edge = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
    let name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || edge(byte);
    let assigned = value
        .iter()
        .position(|byte| matches!(byte, b'=' | b':'))
        .filter(|at| *at + 1 < value.len() && value[..*at].iter().all(name));
    let mut value = assigned.map_or(value, |at| &value[at + 1..]);
    while let [first, rest @ ..] = value
        && edge(first)
    {
        value = rest;
    }
    while let [rest @ .., last] = value
        && edge(last)
    {
        value = rest;
    }
    value.is_empty() || is_repeated(value) || is_mask(value) || is_named(value)
}

/// Ends in one character repeated at least eight times; what precedes it is too
/// short to be worth hiding (`api03-`).
fn is_repeated(value: &[u8]) -> bool {
    let Some(last) = value.last() else {
        return true;
    };
    let run = value
        .iter()
        .rev()
        .take_while(|byte| byte.eq_ignore_ascii_case(last))
        .count();
    run == value.len() || (run >= 8 && value.len() - run <= 6)
}

fn is_mask(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| matches!(byte, b'x' | b'X' | b'*' | b'.' | b'-' | b'_' | b'#'))
}

/// A name in brackets, or one that says whose key belongs here.
fn is_named(value: &[u8]) -> bool {
    let word = |text: &[u8]| {
        text.len() <= 40
            && text
                .iter()
                .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' ' | b'.'))
    };
    let between = |open: &[u8], close: &[u8]| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(word)
    };
    let yours = value.get(..5).is_some_and(|start| {
        start[..4].eq_ignore_ascii_case(b"your")
            && matches!(start[4], b'_' | b'-')
            && word(&value[5..])
    });
    yours || between(b"<", b">") || between(b"${", b"}") || between(b"{{", b"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_recognised_and_keys_are_not() {
        let cases: [(&[u8], bool); 21] = [
            (b"aaaaaaaaaa", true),
            (b"xxxx-xxxx-xxxx", true),
            (b"api03-BBBBBBBBBBBB", true),
            (b"=xxxxxxxx", true),
            (b"_KEY = \"<token>\"", true),
            (b"=YOUR_API_KEY", true),
            (b"=your-key-here", true),
            (b"=${DB_PASSWORD}", true),
            (b"={{ password }}", true),
            (b"=\"\"", true),
            (b"", true),
            (b"IOSFODNN7EXAMPLE", false),
            (b"=hunter2hunter2", false),
            // Padding a real key does not hide it.
            (b"9fK2vX8wQ1aaaaaaaaaaaaaaaaaaaaaaaa", false),
            // Nor do brackets or a prefix around it.
            (b"=<9fK2vX8wQ1>", false),
            (b"=YOUR_9fK2vX8wQ1", false),
            (b"=${9fK2vX8wQ1}", false),
            (b"k3y=", false),
            (b"=abc", false),
            (b"=yourself1", false),
            (b"=0123456789", false),
        ];
        for (value, placeholder) in cases {
            assert_eq!(
                is_placeholder(value),
                placeholder,
                "{:?}",
                String::from_utf8_lossy(value)
            );
        }
    }

    #[test]
    fn a_pem_header_with_base64_on_a_line_is_a_key() {
        let cases: [(&str, bool); 7] = [
            ("\nMIIEvQIBADANBgkqhki\n", true),
            ("\\nMIIEvQIBADANBgkqhki", true),
            ("%0AMIIEvQIBADANBgkqhki", true),
            ("MIIEvQIBADANBgkqhki", true),
            ("\nProc-Type: 4,ENCRYPTED\n\nMIIEvQIBADANBgkqhki", true),
            (" marks the start of an internationalisation", false),
            ("", false),
        ];
        for (following, key) in cases {
            assert_eq!(has_pem_body(following.as_bytes()), key, "{following:?}");
        }
    }
}
