//! What looks like a credential and is none.

use super::forms::alone;
use super::spec::{self, Want};
use super::{Case, Dress, Format, Group, Tell};
use crate::corpus::{self, Part, fnv1a};

/// Near misses of one format: too short, another first letter, a placeholder; for
/// one that only its name gives away, the value under a harmless name.
pub(super) fn of_format(format: &Format, out: &mut Vec<Case>) {
    let seed = fnv1a(format.name.as_bytes());
    let mut add = |form, text| {
        out.push(Case {
            format: format.name,
            group: format.group,
            dress: Dress::NearMiss,
            form,
            part: Part::of(format.name),
            text,
        });
    };
    let usual = spec::value(&format.spec, Want::Usual, seed);
    if spec::has_least(&format.spec) {
        let placeholder = spec::value(&format.spec, Want::Placeholder, seed);
        add("placeholder", alone(format, &placeholder));
        if format.tell == Tell::Shape {
            add("too short", spec::value(&format.spec, Want::TooShort, seed));
        }
    }
    let prefix = spec::prefix(&format.spec);
    match format.tell {
        Tell::Name => add("harmless name", format!("revision = {usual}")),
        // A dress of words (a key header, an address) stays one with another letter.
        Tell::Shape if (2..=12).contains(&prefix.len()) && !prefix.contains(['-', '/', '{']) => {
            add("other prefix", other_first_letter(&usual));
        }
        Tell::Shape => {}
    }
}

/// The value with another first letter or digit of the same kind.
#[must_use]
pub fn other_first_letter(value: &str) -> String {
    let mut letters = value.chars();
    let first = match letters.next() {
        Some('q') => 'w',
        Some('Q') => 'W',
        Some(c) if c.is_ascii_uppercase() => 'Q',
        Some('0') => '9',
        Some(c) if c.is_ascii_digit() => '0',
        _ => 'q',
    };
    first.to_string() + letters.as_str()
}

/// Ordinary things with the length and the letters of credentials, and the public
/// halves of secret ones.
const GENERAL: &str = include_str!("../../corpus/near.tsv");

/// Near misses of no format in particular, three of each that has random parts.
///
/// # Panics
/// When the table is malformed.
pub(super) fn general(out: &mut Vec<Case>) {
    for line in corpus::lines(GENERAL) {
        let Some((form, spec)) = line.split_once('\t') else {
            panic!("not two cells: {line:?}");
        };
        let spec = &corpus::unescape(spec);
        let copies = if spec::has_least(spec) { 3 } else { 1 };
        for copy in 0..copies {
            let text = spec::value(spec, Want::Usual, fnv1a(spec.as_bytes()) + copy);
            out.push(Case {
                format: form,
                group: Group::Further,
                dress: Dress::NearMiss,
                form,
                part: Part::of(spec),
                text,
            });
        }
    }
}
