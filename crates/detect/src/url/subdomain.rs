//! Data hidden in host labels.

use crate::entropy::{self, is_word};
use std::fmt::Write as _;

/// Shorter labels are not judged alone, in bytes.
const LABEL_MIN: usize = 8;
/// Fewer bytes are not judged as the sum of labels.
const JOINED_MIN: usize = 16;
/// Encoded data in several labels: more than one label could hold by chance.
const JOINED_ENCODED_MIN: usize = 24;
/// An operator who raised the threshold beyond this wants fewer alarms, so the
/// alphabet is not looked at.
const ALPHABET_THRESHOLD: f64 = 4.0;

/// A random-looking subdomain.
pub(super) struct Random {
    pub(super) reason: String,
    pub(super) score: f64,
}

/// Judges the labels before the registrable domain, one by one and joined.
pub(super) fn judge(name: &str, threshold: f64) -> Option<Random> {
    let labels = labels(name)?;
    labels
        .split('.')
        .filter(|label| label.len() >= LABEL_MIN)
        .find_map(|label| random(label, label, threshold))
        .or_else(|| joined(labels, threshold))
}

/// What stands before the domain that was registered at a registry. Below private
/// suffixes (`*.github.io`) anybody can take a label, so it is judged too.
fn labels(name: &str) -> Option<&str> {
    let mut dots = memchr::memrchr_iter(b'.', name.as_bytes());
    // Two labels are never looked at, nor what is too short to matter.
    let _ = dots.next()?;
    if dots.next()? < LABEL_MIN {
        return None;
    }
    let suffix = registry_suffix(name);
    let before = name.strip_suffix(suffix)?.strip_suffix('.')?;
    Some(before.rsplit_once('.')?.0)
}

/// The suffix under which a registry sells names: private ones are left.
fn registry_suffix(name: &str) -> &str {
    let mut rest = name;
    loop {
        let Some(suffix) = psl::suffix(rest.as_bytes()) else {
            return rest;
        };
        rest = &rest[rest.len() - suffix.as_bytes().len()..];
        match rest.split_once('.') {
            Some((_, parent)) if suffix.typ() == Some(psl::Type::Private) => rest = parent,
            _ => return rest,
        }
    }
}

fn random(text: &str, shown: &str, threshold: f64) -> Option<Random> {
    if let Some(bits) = entropy::above(text, threshold) {
        let reason = format!(
            "high entropy subdomain label {shown:?} ({bits:.2} > {threshold:.2} threshold)"
        );
        return Some(Random {
            reason,
            score: super::judge::entropy_score(bits),
        });
    }
    let alphabet = entropy::encoded(text).filter(|_| threshold <= ALPHABET_THRESHOLD)?;
    let mut reason = format!("high entropy subdomain label {shown:?} (");
    let _ = write!(
        reason,
        "{} data of {} characters)",
        alphabet.name(),
        text.len()
    );
    Some(Random {
        reason,
        score: super::judge::entropy_score(entropy::shannon(text)),
    })
}

/// Labels that read like words are left out; the rest may be pieces of one secret.
fn joined(labels: &str, threshold: f64) -> Option<Random> {
    if labels.len() < JOINED_MIN || !labels.contains('.') {
        return None;
    }
    let pieces = || {
        labels
            .split('.')
            .filter(|label| !label.split('-').all(is_name))
    };
    if pieces().nth(1).is_none() || pieces().map(str::len).sum::<usize>() < JOINED_MIN {
        return None;
    }
    let text: String = pieces().collect();
    let shannon = entropy::above(&text, threshold).is_some();
    (shannon || text.len() >= JOINED_ENCODED_MIN).then(|| random(&text, labels, threshold))?
}

/// A word, a number, or a word with a number (`node12`).
fn is_name(part: &str) -> bool {
    let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
    is_word(letters)
}
