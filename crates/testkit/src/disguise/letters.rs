//! Other letters, other order, something between the letters.

/// Cyrillic letters that look like Latin ones (Unicode confusables).
const CYRILLIC: &[(char, char)] = &[
    ('a', '\u{430}'),
    ('c', '\u{441}'),
    ('e', '\u{435}'),
    ('i', '\u{456}'),
    ('j', '\u{458}'),
    ('o', '\u{43e}'),
    ('p', '\u{440}'),
    ('s', '\u{455}'),
    ('x', '\u{445}'),
    ('y', '\u{443}'),
    ('A', '\u{410}'),
    ('B', '\u{412}'),
    ('C', '\u{421}'),
    ('E', '\u{415}'),
    ('H', '\u{41d}'),
    ('K', '\u{41a}'),
    ('M', '\u{41c}'),
    ('O', '\u{41e}'),
    ('P', '\u{420}'),
    ('S', '\u{405}'),
    ('T', '\u{422}'),
    ('X', '\u{425}'),
];

const LEET: &[(char, char)] = &[
    ('o', '0'),
    ('i', '1'),
    ('e', '3'),
    ('a', '4'),
    ('s', '5'),
    ('t', '7'),
];

fn mapped(text: &str, table: &[(char, char)]) -> String {
    let map = |c| table.iter().find(|(from, _)| *from == c);
    text.chars()
        .map(|c| map(c).map_or(c, |(_, to)| *to))
        .collect()
}

/// Latin letters replaced by Cyrillic ones that look the same.
#[must_use]
pub fn look_alikes(text: &str) -> String {
    mapped(text, CYRILLIC)
}

/// Letters replaced by digits.
#[must_use]
pub fn leet(text: &str) -> String {
    mapped(&text.to_ascii_lowercase(), LEET)
}

/// ASCII in its full-width forms.
#[must_use]
pub fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            ' ' => '\u{3000}',
            c => c,
        })
        .collect()
}

/// ASCII as characters of the Tags block, behind a harmless sentence.
#[must_use]
pub(super) fn tags(text: &str) -> String {
    let hidden = text.chars().map(|c| match c {
        ' '..='~' => char::from_u32(0xe0000 + u32::from(c)).unwrap_or(c),
        c => c,
    });
    "Thanks for your order.".chars().chain(hidden).collect()
}

/// A zero-width space behind every second character.
#[must_use]
pub fn zero_width(text: &str) -> String {
    between(text, "\u{200b}", 2)
}

/// A blank behind every letter; words are three blanks apart.
#[must_use]
pub fn spaced(text: &str) -> String {
    between(text, " ", 1)
}

/// A dot between the characters.
#[must_use]
pub fn dotted(text: &str) -> String {
    between(text, ".", 1)
}

fn between(text: &str, what: &str, every: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % every == 0 {
            out.push_str(what);
        }
        out.push(c);
    }
    out
}

/// Read backwards.
#[must_use]
pub fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// Latin letters moved by thirteen.
#[must_use]
pub fn rot13(text: &str) -> String {
    let moved = |c: char, first: u8| char::from((c as u8 - first + 13) % 26 + first);
    text.chars()
        .map(|c| match c {
            'a'..='z' => moved(c, b'a'),
            'A'..='Z' => moved(c, b'A'),
            c => c,
        })
        .collect()
}

/// Small and capital letters in turn.
#[must_use]
pub fn mixed_case(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(at, c)| match at % 2 {
            0 => c.to_ascii_lowercase(),
            _ => c.to_ascii_uppercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_change_and_order_changes() {
        assert_eq!(leet("Toast it"), "70457 17");
        assert_eq!(full_width("a b"), "ａ\u{3000}ｂ");
        assert_eq!(zero_width("abcd"), "ab\u{200b}cd");
        assert_eq!(spaced("ab c"), "a b   c");
        assert_eq!(dotted("abc"), "a.b.c");
        assert_eq!(reversed("añb"), "bña");
        assert_eq!(rot13("Uryyb"), "Hello");
        assert_eq!(mixed_case("abcd"), "aBcD");
        assert_eq!(look_alikes("ox"), "\u{43e}\u{445}");
        assert!(tags("A").ends_with('\u{e0041}'));
    }
}
