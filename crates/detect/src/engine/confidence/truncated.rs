//! Values under a telling name that lost a character.

use crate::validate::Verdict;

/// Length of a secret access key of AWS.
const AWS_SECRET: usize = 40;
/// So many characters less is a copy that lost its end.
const LITTLE: usize = 3;

/// Shorter values say nothing about their padding.
const LEAST: usize = 16;

/// What the form of the value says: padding of base64 that does not fill a group of
/// four ends a value of which some is missing, and a secret access key has a length.
pub(super) fn judge(matched: &[u8]) -> Verdict {
    let (name, value) = parts(matched);
    let padding = value.len() - unpadded(value).len();
    if !unpadded(value).iter().all(is_base64) {
        Verdict::Open
    } else if value.len() > LEAST && (1..=2).contains(&padding) && !value.len().is_multiple_of(4) {
        Verdict::Refuted
    } else if (AWS_SECRET - LITTLE..AWS_SECRET).contains(&value.len()) && is_aws_secret(name) {
        Verdict::Cut
    } else {
        Verdict::Open
    }
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-')
}

/// What stands before the value, and the value without quotes.
fn parts(matched: &[u8]) -> (&[u8], &[u8]) {
    let edge = |byte: u8| !byte.is_ascii_alphanumeric() && !b"+/_-=.~".contains(&byte);
    let behind = |end: usize| matched[..end].last().is_some_and(|byte| edge(*byte));
    let mut end = matched.len();
    while behind(end) {
        end -= 1;
    }
    let text = &matched[..end];
    let operator = |byte: &u8| edge(*byte) || *byte == b'=';
    let start = unpadded(text).iter().rposition(operator);
    text.split_at(start.map_or(0, |at| at + 1))
}

fn unpadded(mut value: &[u8]) -> &[u8] {
    while let [rest @ .., b'='] = value {
        value = rest;
    }
    value
}

/// `secret access key`, in any case, with any one character between the words.
fn is_aws_secret(name: &[u8]) -> bool {
    let mut letters = name.iter().rev().filter(|byte| byte.is_ascii_alphabetic());
    b"secretaccesskey"
        .iter()
        .rev()
        .all(|wanted| letters.next().map(u8::to_ascii_lowercase) == Some(*wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_known_lengths_show_what_is_missing() {
        let key = |length: usize| "k9Qz+".repeat(8)[..length].to_owned();
        for (text, verdict) in [
            (format!("SharedAccessKey={}=", key(39)), Verdict::Open),
            (format!("SharedAccessKey={}=", key(38)), Verdict::Refuted),
            (format!("api_key: \"{}==\"", key(38)), Verdict::Open),
            (format!("api_key: \"{}==\"", key(37)), Verdict::Refuted),
            (format!("api_key: \"{}\"", key(37)), Verdict::Open),
            (format!("aws_secret_access_key = {}", key(39)), Verdict::Cut),
            (
                format!("\"SecretAccessKey\": \"{}\"", key(37)),
                Verdict::Cut,
            ),
            (
                format!("aws_secret_access_key = {}", key(40)),
                Verdict::Open,
            ),
            (
                format!("aws_secret_access_key = {}", key(36)),
                Verdict::Open,
            ),
            ("=".to_owned(), Verdict::Open),
            (String::new(), Verdict::Open),
        ] {
            assert_eq!(judge(text.as_bytes()), verdict, "{text}");
        }
    }
}
