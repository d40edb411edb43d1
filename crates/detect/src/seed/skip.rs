//! Leaps over text that holds no phrase.

use super::fold::Token;
use super::{SHORTEST, words};

/// Where a leap looks for a word, from where it begins.
const PROBE: usize = 20;
/// A leap needs so much text.
pub(super) const REACH: usize = SHORTEST - 1;
/// Words of ASCII letters in the lists are no shorter and no longer.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=9;
/// So far the end of a word is looked for.
const FAR: usize = 160;

/// How many bytes at the start of a text are in no phrase, if that can be told at a
/// glance: a phrase that begins before a certain word goes on beyond it, and that word
/// is in no list. No word may be begun before the text.
pub(super) fn clean(text: &[u8]) -> Option<usize> {
    let head = text.get(..REACH)?;
    let mut end = PROBE;
    let mut ascii = true;
    loop {
        let outside = |byte: &u8| !byte.is_ascii_alphanumeric();
        let mut start = end + head[end..].iter().position(outside)?;
        if !head[start].is_ascii() {
            if std::mem::take(&mut ascii)
                && let Some(clean) = clean_beyond_ascii(text, start)
            {
                return Some(clean);
            }
            let outside = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
            start += head[start..].iter().position(outside)?;
        }
        start += 1;
        let length = head[start..]
            .iter()
            .position(|byte| !byte.is_ascii_alphabetic())?;
        end = start + length;
        if length > 0
            && ends_a_word(&head[end..])
            && head[start - 1] != b'\\'
            && !is_known(&head[start..end])
        {
            return Some(end);
        }
    }
}

fn is_known(word: &[u8]) -> bool {
    if !LETTERS.contains(&word.len()) {
        return false;
    }
    let mut token = Token::default();
    for letter in word {
        token.push(char::from(*letter));
    }
    words::is_known(&token)
}

/// A word with a letter of a script of no list, or with two ideographs side by side, is
/// in none, wherever it begins.
fn clean_beyond_ascii(text: &[u8], from: usize) -> Option<usize> {
    // The window may begin inside of a character.
    let mut at = from;
    while is_continuation(*text.get(at)?) {
        at += 1;
    }
    let mut before = Letter::Other;
    let mut foreign = false;
    while at < FAR {
        let (letter, length) = letter(&text[at..]);
        foreign |= letter == Letter::Foreign
            || (letter == Letter::Ideograph && before == Letter::Ideograph);
        match letter {
            Letter::None if foreign => return ends_a_word(&text[at..]).then_some(at),
            // Nothing that begins behind here was looked at.
            Letter::None if at >= REACH => return None,
            Letter::None if length == 0 => return None,
            _ => {}
        }
        before = letter;
        at += length;
        if at >= REACH && !foreign {
            return None;
        }
    }
    None
}

/// What a character is to the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    /// Of a script of no list: Greek, Cyrillic, Armenian, Hebrew, Arabic and others
    /// before them that take two bytes.
    Foreign,
    Ideograph,
    /// An ASCII letter.
    Other,
    /// No letter; of no length when that is not known.
    None,
}

/// The first character of a text and its length.
fn letter(text: &[u8]) -> (Letter, usize) {
    match *text {
        [byte, ..] if byte.is_ascii_alphabetic() => (Letter::Other, 1),
        [byte, ..] if byte.is_ascii() => (Letter::None, 1),
        [0xce..=0xdf, second, ..] if is_continuation(second) => (Letter::Foreign, 2),
        [0xe4..=0xe9, second, third, ..] if is_continuation(second) && is_continuation(third) => {
            (Letter::Ideograph, 3)
        }
        _ if is_mark(text) => (Letter::None, 3),
        _ => (Letter::None, 0),
    }
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Marks of East Asian writing, and full-width ones.
const fn is_mark(text: &[u8]) -> bool {
    matches!(
        text,
        [0xe3, 0x80, 0x80..=0xbf, ..] | [0xef, 0xbc, 0x80..=0xa0, ..]
    )
}

/// What makes the letters before it a word for certain, no name and no tag.
fn ends_a_word(following: &[u8]) -> bool {
    match following {
        [b'"' | b'\'', next, ..] => matches!(next, b' ' | b',' | b';' | b')' | b']' | b'}'),
        [byte, ..] if byte.is_ascii() => {
            !byte.is_ascii_alphanumeric() && !matches!(byte, b'=' | b'"' | b'\'' | b'>')
        }
        _ => is_mark(following),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SeedRules, SeedScan};
    use super::*;

    #[test]
    fn words_of_ascii_letters_are_of_the_lengths_that_are_looked_up() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/seeds");
        for file in super::super::layout::FILES {
            let list = std::fs::read_to_string(folder.join(file)).expect("a list");
            for word in list.lines().filter(|word| word.is_ascii()) {
                assert!(LETTERS.contains(&word.len()), "{word}");
                assert!(is_known(word.as_bytes()), "{word}");
            }
        }
    }

    #[test]
    fn prose_of_other_scripts_is_leapt_over() {
        for piece in [
            "\u{59d4}\u{5458}\u{4f1a}\u{5c06}\u{4e8e}\u{661f}\u{671f}\u{ff0c}",
            "\u{41a}\u{43e}\u{43c}\u{438}\u{442}\u{435}\u{442} ",
        ] {
            let text = piece.repeat(20);
            let clean = super::super::clean(text.as_bytes());
            assert!(text.len() - clean < 2 * FAR, "{piece} {clean}");
        }
    }

    /// No leap may begin in a phrase: what a search finds that begins anywhere before
    /// one ends behind it.
    #[test]
    fn no_leap_passes_the_start_of_a_phrase() {
        let phrase = "abandon ".repeat(11) + "about. ";
        let before = [
            "\u{59d4}\u{5458}\u{4f1a}",
            "\u{59d4} \u{5458} ",
            "\u{41a}\u{43e}=",
            "\u{41a}\u{43e}\u{80}",
            "\u{ff0c}\u{3002}",
            "<\u{41a}\u{43e}>",
            "\u{41a}",
            "the ",
            "a\u{301} ",
            "1",
        ];
        for first in before {
            for second in before {
                for count in 0..30 {
                    let text = format!("{}{second}, {phrase}", first.repeat(count));
                    let (mut careful, mut quick) = (Vec::new(), Vec::new());
                    let mut scan = SeedScan::new(SeedRules::default());
                    // Byte by byte nothing is leapt over.
                    for (at, byte) in text.as_bytes().iter().enumerate() {
                        scan.push(std::slice::from_ref(byte), at as u64, &mut careful);
                    }
                    scan.finish(&mut careful);
                    super::super::find(text.as_bytes(), &SeedRules::default(), &mut quick);
                    let careful: Vec<_> = careful.iter().map(|span| span.start).collect();
                    let quick: Vec<_> = quick.iter().map(|span| span.start as u64).collect();
                    assert_eq!(quick, careful, "{text}");
                    assert!(!quick.is_empty() || second == "1", "{text}");
                }
            }
        }
    }
}
