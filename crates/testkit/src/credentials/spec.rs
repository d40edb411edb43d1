//! How a format is written down, and values from it.
//!
//! Outside braces a character stands for itself, but `|`, which stands for
//! nothing and keeps prefixes from standing whole in the source. `{a36}` is 36
//! characters of a class; `{a93:10}` is 93 of them where 10 would do. Classes:
//!
//! | | |
//! |---|---|
//! | `a` | letters and digits |
//! | `u`, `l` | capital, small letters and digits |
//! | `U`, `L` | capital, small letters |
//! | `w` | letters, digits, `_`, `-` |
//! | `b` | base64 |
//! | `x`, `X` | hexadecimal digits, small or capital |
//! | `d` | digits |
//! | `t` | base32 |
//! | `8` | base58 |
//!
//! `{#name}` is computed: see [`super::checks`].

use super::checks;
use crate::varied::varied;

/// How a value is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// As issued.
    Usual,
    /// One character shorter than the shortest, in the longest class.
    TooShort,
    /// `x` for every random character.
    Placeholder,
}

/// A value of the format; `seed` chooses the characters.
pub(super) fn value(spec: &str, want: Want, seed: u64) -> String {
    let parts = parse(spec);
    let longest = parts
        .iter()
        .enumerate()
        .filter_map(|(at, part)| match part {
            Part::Random { least, .. } => Some((*least, at)),
            _ => None,
        })
        .max()
        .map(|(_, at)| at);
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(c) => out.push(*c),
            Part::Computed(name) => out.push_str(&checks::computed(name, &out, seed)),
            Part::Random {
                class,
                usual,
                least,
            } => {
                let seed = seed.wrapping_mul(31).wrapping_add(at as u64);
                match want {
                    Want::TooShort if Some(at) == longest => {
                        out.push_str(&varied(alphabet(*class), least - 1, seed));
                    }
                    Want::Placeholder => out.extend(std::iter::repeat_n('x', *usual)),
                    _ => out.push_str(&varied(alphabet(*class), *usual, seed)),
                }
            }
        }
    }
    out
}

/// Whether a value one character shorter would be none: nothing is computed, and
/// some class has a length.
pub(super) fn has_least(spec: &str) -> bool {
    let parts = parse(spec);
    let computed = |part: &Part<'_>| matches!(part, Part::Computed(_));
    let random = |part: &Part<'_>| matches!(part, Part::Random { .. });
    parts.iter().any(random) && !parts.iter().any(computed)
}

/// What stands before the first random character.
pub(super) fn prefix(spec: &str) -> String {
    parse(spec)
        .iter()
        .map_while(|part| match part {
            Part::Literal(c) => Some(*c),
            _ => None,
        })
        .collect()
}

enum Part<'s> {
    Literal(char),
    Random {
        class: char,
        usual: usize,
        least: usize,
    },
    Computed(&'s str),
}

fn parse(spec: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = spec;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '|' {
            continue;
        }
        let Some((inner, after)) = (c == '{').then(|| rest.split_once('}')).flatten() else {
            parts.push(Part::Literal(c));
            continue;
        };
        if let Some(part) = braces(inner) {
            parts.push(part);
            rest = after;
        } else {
            parts.push(Part::Literal(c));
        }
    }
    parts
}

fn braces(inner: &str) -> Option<Part<'_>> {
    if let Some(name) = inner.strip_prefix('#') {
        return Some(Part::Computed(name));
    }
    let class = inner.chars().next().filter(char::is_ascii)?;
    let (usual, least) = match inner[1..].split_once(':') {
        Some((usual, least)) => (usual.parse().ok()?, least.parse().ok()?),
        None => (inner[1..].parse().ok()?, inner[1..].parse().ok()?),
    };
    Some(Part::Random {
        class,
        usual,
        least,
    })
}

/// # Panics
/// On a class that nobody defined: a mistake in a table.
fn alphabet(class: char) -> &'static [u8] {
    match class {
        'a' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        'u' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        'l' => b"abcdefghijklmnopqrstuvwxyz0123456789",
        'U' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        'L' => b"abcdefghijklmnopqrstuvwxyz",
        'w' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
        'b' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        'x' => b"0123456789abcdef",
        'X' => b"0123456789ABCDEF",
        'd' => b"0123456789",
        't' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        '8' => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        other => panic!("no class {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_gives_prefix_lengths_and_placeholders() {
        let spec = "ab|c_{d4}-{x20:10}";
        assert_eq!(value(spec, Want::Usual, 1).len(), 4 + 4 + 1 + 20);
        assert_eq!(value(spec, Want::TooShort, 1).len(), 4 + 4 + 1 + 9);
        assert_eq!(value("k{a3}", Want::Placeholder, 1), "kxxx");
        assert_eq!(prefix(spec), "abc_");
        assert!(has_least(spec) && !has_least("x{#jwt}") && !has_least("x"));
        assert_eq!(value("{\"a\": {d1}}", Want::Placeholder, 1), "{\"a\": x}");
    }
}
