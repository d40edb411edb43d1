//! How sure a finding is.

mod card;
mod code;
mod mask;
mod placeholder;
mod service_account;
mod truncated;

use super::matcher::WINDOW;
use super::text::{Last, Text};
use crate::intent::standing;
use crate::rule::{Finds, Rule, RuleKind};
use crate::validate::{Checksum, Validator, Verdict, pem};
use pipelock_model::Confidence;
use placeholder::is_placeholder;

/// Longest value that can be a placeholder.
const VALUE_LIMIT: usize = 1024;
/// How far behind a PEM header its body is looked for, in bytes.
pub(super) const PEM_REACH: u64 = 160;
/// Text around a match of an injection pattern that says how much it weighs.
const BEFORE: u64 = 128;
const BEHIND: u64 = 256;
/// Longest PEM header.
const PEM_HEADER: u64 = 128;

/// Judges a match; `None` when text that is still to come decides.
pub(super) fn confidence(
    rule: &Rule,
    anchor: u8,
    text: &Text<'_>,
    start: u64,
    end: u64,
) -> Option<Confidence> {
    if rule.validator == Some(Validator::Luhn) {
        return card::confidence(text, start, end);
    }
    if rule.validator.is_some_and(Validator::proves) {
        return Some(Confidence::Certain);
    }
    if rule.kind == RuleKind::Injection {
        return match &rule.finds {
            Finds::Pattern(pattern) if pattern.is_builtin() => weight(rule, text, start, end),
            _ => Some(Confidence::Medium),
        };
    }
    let mut buffer = [0; VALUE_LIMIT];
    let matched = text.copy(start, end, &mut buffer);
    if matched.starts_with(b"----") {
        return pem(rule, text, start, end);
    }
    let whole = end - start <= VALUE_LIMIT as u64;
    if whole && is_placeholder(matched, usize::from(anchor)) {
        return Some(Confidence::Low);
    }
    let verdict = match rule.checksum {
        None if whole && rule.validator == Some(Validator::Random) => truncated::judge(matched),
        None => Verdict::Open,
        Some(Checksum::ServiceAccount) => return service_account::confidence(text, end),
        Some(checksum) => judge(checksum, text, start, end),
    };
    match verdict {
        Verdict::Proven => Some(Confidence::Certain),
        Verdict::Open => Some(Confidence::Medium),
        Verdict::Cut => goes_on(text, end).map(|more| {
            if more {
                Confidence::Medium
            } else {
                Confidence::Low
            }
        }),
        Verdict::Refuted => Some(Confidence::Low),
    }
}

/// What a match of one of our own injection patterns weighs where it stands.
fn weight(rule: &Rule, text: &Text<'_>, start: u64, end: u64) -> Option<Confidence> {
    let until = sentence_end(text, end)?;
    let from = start.saturating_sub(BEFORE);
    let mut buffer = [0; (BEFORE + WINDOW + BEHIND) as usize + 8];
    let around = text.copy(from, until, &mut buffer);
    let index = |offset: u64| usize::try_from(offset - from).unwrap_or(usize::MAX);
    let span = index(start)..index(end).min(around.len());
    // What follows the sentence is not known yet in a stream, so it must not count.
    let begins = from == 0;
    Some(standing(&rule.id, around, span, begins))
}

/// Where the line or the sentence ends that an offset is in, at most [`BEHIND`] bytes
/// further; `None` when more text decides. An event of a stream ends with its line, so
/// nothing waits for the next one.
fn sentence_end(text: &Text<'_>, at: u64) -> Option<u64> {
    let ends = |offset: &u64| match text.get(*offset) {
        Some(b'\n') => true,
        Some(b'.' | b'!' | b'?') => text
            .get(offset + 1)
            .is_some_and(|next| next.is_ascii_whitespace() || next == b'"'),
        _ => false,
    };
    let limit = (at + BEHIND).min(text.end());
    match (at..limit).find(ends) {
        Some(end) => Some(end + 1),
        None if limit == at + BEHIND || text.last == Last::End => Some(limit),
        None => None,
    }
}

fn judge(checksum: Checksum, text: &Text<'_>, start: u64, end: u64) -> Verdict {
    let mut buffer = [0; WINDOW as usize + 8];
    checksum.judge(text.copy(start, end, &mut buffer))
}

/// How far behind a token more of it is looked for, in bytes.
const MORE: u64 = 24;

/// Whether a token may go on behind what ends it: in the next line, or in a string that
/// is appended. `None` when text that is still to come decides.
fn goes_on(text: &Text<'_>, end: u64) -> Option<bool> {
    let mut buffer = [0; MORE as usize];
    let behind = text.copy(end, end + MORE, &mut buffer);
    let between = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`+\\.&,".contains(byte);
    let Some(at) = behind.iter().position(|byte| !between(byte)) else {
        let all = behind.len() as u64 == MORE || text.last == Last::End;
        return all.then_some(false);
    };
    let joins = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'+' | b'\\');
    Some(behind[at].is_ascii_alphanumeric() && behind[..at].iter().any(joins))
}

/// A header without a body is a quotation. The body stands in the match or behind it.
fn pem(rule: &Rule, text: &Text<'_>, start: u64, end: u64) -> Option<Confidence> {
    let mut buffer = [0; PEM_HEADER as usize];
    let header = text.copy(start, end.min(start + PEM_HEADER), &mut buffer);
    let body =
        pem::behind_header(header).map_or(end, |rest| start + (header.len() - rest.len()) as u64);
    let mut buffer = [0; PEM_REACH as usize];
    let following = text.copy(body, body + PEM_REACH, &mut buffer);
    if let Some(body) = pem::body(following) {
        let proven = rule.checksum == Some(Checksum::Pem) && pem::is_key(body);
        return Some(if proven {
            Confidence::Certain
        } else {
            Confidence::Medium
        });
    }
    let complete = following.len() == buffer.len() || text.last == Last::End;
    complete.then_some(Confidence::Low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_on_in_the_next_line_or_string() {
        for (behind, more) in [
            ("", false),
            ("\"", false),
            (" is one", false),
            ("\", \"next\": 1", false),
            ("\n", false),
            ("\"\n}", false),
            ("\nk9Xq", true),
            ("\\nk9Xq", true),
            ("\" + \"k9Xq\"", true),
            ("\" \\\n    \"k9Xq\"", true),
        ] {
            let text = Text {
                base: 0,
                kept: &[],
                chunk: behind.as_bytes(),
                last: Last::End,
            };
            assert_eq!(goes_on(&text, 0), Some(more), "{behind:?}");
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
            assert_eq!(
                pem::body(following.as_bytes()).is_some(),
                key,
                "{following:?}"
            );
        }
    }
}
