//! Lines and dot-dot segments in URLs, in every layer of encoding.

use super::decode;
use std::borrow::Cow;

/// Sentences of the `crlf_injection` layer, by the first spelling that occurs.
const CRLF_SPELLINGS: [(&[&str], &str); 5] = [
    (&["%0d%0a"], "encoded CRLF sequence in URL"),
    (&["%250d%250a"], "double-encoded CRLF sequence in URL"),
    (&["%0a", "%0d"], "encoded CR or LF in URL"),
    (&["%250a", "%250d"], "double-encoded CR or LF in URL"),
    (&["\r", "\n"], "raw CR or LF in URL"),
];
const CRLF_DEEPER: &str = "multiply encoded CR or LF in URL";

const TRAVERSAL: &str = "path traversal sequence in URL";
const TRAVERSAL_DEEPER: &str = "double-encoded path traversal in URL";

/// The sentence when a URL, its fragment left out, hides an end of line.
pub(super) fn line_end(url: &str) -> Option<&'static str> {
    let raw = memchr::memchr2(b'\r', b'\n', url.as_bytes()).is_some();
    if !raw && decode::is_harmless(url.as_bytes()) {
        return None;
    }
    if !raw && !decoded(url).iter().any(|b| matches!(b, b'\r' | b'\n')) {
        return None;
    }
    let lower = url.to_ascii_lowercase();
    let known = CRLF_SPELLINGS
        .iter()
        .find(|(spellings, _)| spellings.iter().any(|s| lower.contains(s)));
    Some(known.map_or(CRLF_DEEPER, |(_, sentence)| sentence))
}

/// The sentence when a path as sent holds a dot-dot segment.
pub(super) fn traversal(path: &str) -> Option<&'static str> {
    if has_dot_dot(path.as_bytes()) {
        return Some(TRAVERSAL);
    }
    if decode::is_harmless(path.as_bytes()) || !has_dot_dot(&decoded(path)) {
        return None;
    }
    let once = decode::once(path.as_bytes());
    Some(if has_dot_dot(&once) {
        TRAVERSAL
    } else {
        TRAVERSAL_DEEPER
    })
}

/// True when a value of the query holds one. Relative paths in queries are honest
/// more often than not.
pub(super) fn query_traversal(query: &str) -> bool {
    let text = match decode::is_harmless(query.as_bytes()) {
        true => Cow::Borrowed(query.as_bytes()),
        false => Cow::Owned(decoded(query)),
    };
    let separates = |b: &u8| matches!(b, b'/' | b'\\');
    let begins = |b: &u8| separates(b) || matches!(b, b'=' | b'&');
    dot_pairs(&text).any(|at| {
        let before = at.checked_sub(1).map(|at| &text[at]);
        let after = text.get(at + 2);
        match after {
            Some(b) if separates(b) => before.is_none_or(begins),
            Some(b'&') | None => before.is_some_and(separates),
            Some(_) => false,
        }
    })
}

/// Where two dots stand.
fn dot_pairs(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'.', text).filter(|at| text.get(at + 1) == Some(&b'.'))
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = decode::fully(text.as_bytes());
    decode::shorten_overlong(&mut bytes);
    bytes
}

/// Separator, two dots, separator or end.
fn has_dot_dot(path: &[u8]) -> bool {
    let separates = |b: &u8| matches!(b, b'/' | b'\\');
    dot_pairs(path)
        .any(|at| at > 0 && separates(&path[at - 1]) && path.get(at + 2).is_none_or(separates))
}
