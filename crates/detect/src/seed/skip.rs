//! Leaps over text that holds no phrase.

use super::fold::Token;
use super::{SHORTEST, words};

/// Where a leap looks for a word, from where it begins.
const PROBE: usize = 20;
/// A leap needs so much text.
pub(super) const REACH: usize = SHORTEST - 1;

/// How many bytes at the start of a text are in no phrase, if that can be told at a
/// glance: a phrase that begins before a certain word goes on beyond it, and that word
/// is in no list. No word may be begun before the text.
pub(super) fn clean(text: &[u8]) -> Option<usize> {
    let text = text.get(..REACH)?;
    let mut end = PROBE;
    loop {
        let start = end + text[end..].iter().position(|byte| !is_word_byte(*byte))? + 1;
        let length = text[start..]
            .iter()
            .position(|byte| !byte.is_ascii_alphabetic())?;
        end = start + length;
        if length > 0 && ends_a_word(&text[end..]) && text[start - 1] != b'\\' {
            let mut token = Token::default();
            for letter in &text[start..end] {
                token.push(char::from(*letter));
            }
            if !words::is_known(&token) {
                return Some(end);
            }
        }
    }
}

/// What may be part of a word or a number.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// What makes the letters before it a word for certain, no name and no tag.
fn ends_a_word(following: &[u8]) -> bool {
    match following {
        [b'"' | b'\'', next, ..] => matches!(next, b' ' | b',' | b';' | b')' | b']' | b'}'),
        [byte, ..] => {
            byte.is_ascii()
                && !byte.is_ascii_alphanumeric()
                && !matches!(byte, b'=' | b'"' | b'\'' | b'>')
        }
        [] => false,
    }
}
