//! What each character becomes: NFKD, marks deleted, confusables, until nothing
//! changes any more; then recomposed.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, compose};
use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory as _};
use unicode_script::{Script, UnicodeScript as _};
use unicode_security::confusable_detection::skeleton;

/// Whom a character becomes, or what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Keep,
    JoinNext,
    JoinPrevious,
    JoinBoth,
    Voicing,
    Mark,
    Invisible,
    Control,
    Break,
    Exotic,
    Text(String),
}

pub(super) struct Table {
    /// First, second and what they compose to, sorted.
    pub(super) pairs: Vec<(char, char, char)>,
}

impl Table {
    pub(super) fn new() -> Self {
        let mut pairs = Vec::new();
        let parts = all().filter(|&whole| is_voiced(whole) || is_joined(whole));
        for whole in parts {
            let mut canonical = Vec::new();
            unicode_normalization::char::decompose_canonical(whole, |part| canonical.push(part));
            let Some(second) = canonical.pop() else {
                continue;
            };
            // The rest composes to the first of the pair.
            let mut rest = canonical
                .into_iter()
                .collect::<String>()
                .nfc()
                .collect::<Vec<_>>();
            if let (Some(first), true) = (rest.pop(), rest.is_empty())
                && compose(first, second) == Some(whole)
            {
                pairs.push((first, second, whole));
            }
        }
        pairs.sort_unstable();
        Self { pairs }
    }

    pub(super) fn fate(&self, character: char) -> Fate {
        match character {
            '\t' | '\r' | '\n' => return Fate::Break,
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => return Fate::Control,
            ' '..='~' => return Fate::Keep,
            _ if is_invisible(character) => return Fate::Invisible,
            _ if is_exotic(character) => return Fate::Exotic,
            '\u{3099}' | '\u{309a}' => return Fate::Voicing,
            // Half width: alone they would compose to nothing.
            '\u{ff9e}' => return Fate::Text("\u{3099}".to_owned()),
            '\u{ff9f}' => return Fate::Text("\u{309a}".to_owned()),
            _ if is_mark(character) => return Fate::Mark,
            _ => {}
        }
        let text = self.settle(character);
        if text.chars().eq([character]) {
            return self.kept(character);
        }
        match text.is_empty() {
            true => Fate::Mark,
            false => Fate::Text(text),
        }
    }

    fn kept(&self, character: char) -> Fate {
        let code = u32::from(character);
        let leading = matches!(code, 0x1100..=0x1112)
            || (0xac00..=0xd7a3).contains(&code) && (code - 0xac00).is_multiple_of(28);
        let trailing = matches!(code, 0x1161..=0x1175 | 0x11a8..=0x11c2);
        let next = leading || self.pairs.iter().any(|pair| pair.0 == character);
        let previous = trailing || self.pairs.iter().any(|pair| pair.1 == character);
        match (next, previous) {
            (true, true) => Fate::JoinBoth,
            (true, false) => Fate::JoinNext,
            (false, true) => Fate::JoinPrevious,
            (false, false) => Fate::Keep,
        }
    }

    fn settle(&self, character: char) -> String {
        let mut text = character.to_string();
        for _ in 0..8 {
            let next = self.recompose(text.nfkd().filter(|&part| !is_deleted(part)));
            let next: String = next.chars().map(confusable).collect();
            if next == text {
                return text;
            }
            text = next;
        }
        panic!("U+{:04X} never settles", u32::from(character));
    }

    fn recompose(&self, parts: impl Iterator<Item = char>) -> String {
        let mut whole: Vec<char> = Vec::new();
        for part in parts {
            let joined = whole.last().and_then(|&last| compose(last, part));
            match (joined, whole.last_mut()) {
                (Some(joined), Some(last)) => *last = joined,
                _ if is_voicing(part) => {}
                _ => whole.push(part),
            }
        }
        whole.into_iter().collect()
    }
}

/// Every character that the table lists.
pub(super) fn all() -> impl Iterator<Item = char> {
    ('\0'..'\u{20000}').chain('\u{2f800}'..='\u{2fa1f}')
}

fn is_voicing(character: char) -> bool {
    matches!(character, '\u{3099}' | '\u{309a}')
}

fn is_voiced(character: char) -> bool {
    character.nfd().nth(1).is_some_and(is_voicing) && character.nfd().count() == 2
}

/// Composed of characters none of which is deleted, other than Hangul syllables.
fn is_joined(character: char) -> bool {
    !('\u{ac00}'..='\u{d7a3}').contains(&character)
        && character.nfd().count() > 1
        && !character
            .nfd()
            .any(|part| is_deleted(part) || is_voicing(part))
}

fn is_deleted(character: char) -> bool {
    is_invisible(character) || is_mark(character) && !is_voicing(character)
}

fn is_mark(character: char) -> bool {
    matches!(
        character.general_category(),
        Category::NonspacingMark | Category::EnclosingMark
    ) || canonical_combining_class(character) != 0
}

/// Invisible characters of the specification and all that Unicode calls default
/// ignorable.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_exotic(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

fn confusable(character: char) -> String {
    if character.is_ascii() {
        return character.to_string();
    }
    listed(character)
        .or_else(|| digit(character))
        .or_else(|| latin(character))
        .or_else(|| punctuation(character))
        .unwrap_or_else(|| character.to_string())
}

/// The lists of the specification, which go before Unicode's.
fn listed(character: char) -> Option<String> {
    let code = u32::from(character);
    let letter = match code {
        0x1f150..=0x1f169 => code - 0x1f150,
        0x1f170..=0x1f189 => code - 0x1f170,
        0x1f1e6..=0x1f1ff => code - 0x1f1e6,
        _ => return super::lists::listed(character).map(String::from),
    };
    char::from_u32(u32::from('A') + letter).map(String::from)
}

/// Decimal digits of every script count by value, so that numbers stay numbers.
fn digit(character: char) -> Option<String> {
    let is_digit = |code: u32| {
        char::from_u32(code).is_some_and(|c| c.general_category() == Category::DecimalNumber)
    };
    if character.general_category() != Category::DecimalNumber {
        return None;
    }
    // Digits stand in runs of ten from nought to nine.
    let code = u32::from(character);
    let run = (1..).take_while(|back| is_digit(code - back)).count() as u32;
    char::from_digit(run % 10, 10).map(String::from)
}

/// Unicode's confusables whose skeleton is Latin letters only.
fn latin(character: char) -> Option<String> {
    if is_cjk(character) {
        return None;
    }
    let own = character.to_string();
    let like: String = skeleton(&own)
        .nfkd()
        .filter(|&part| !is_deleted(part) && !is_voicing(part))
        .map(|part| match part.is_ascii() {
            true => part.to_string(),
            false => listed(part).unwrap_or_else(|| part.to_string()),
        })
        .collect();
    if like.is_empty() || !like.chars().all(|part| part.is_ascii_alphabetic()) {
        return None;
    }
    let category = character.general_category();
    let is_letter = character.is_alphabetic();
    // What stands between words must not become part of one.
    let is_rule = like.chars().all(|part| part == 'l') || character == '\u{a1}';
    match like.as_str() {
        _ if is_rule && !is_letter => None,
        // The table has one skeleton for I, l and 1.
        "l" if category == Category::UppercaseLetter => Some("I".to_owned()),
        // and spells m as rn.
        _ => Some(like.replace("rn", "m")),
    }
}

/// Dashes, quotes and the like that pass for one ASCII character.
fn punctuation(character: char) -> Option<String> {
    if matches!(character, '\u{2012}'..='\u{2015}') {
        return Some("-".to_owned());
    }
    let own = character.to_string();
    let mut like = skeleton(&own);
    let (Some(only), None) = (like.next(), like.next()) else {
        return None;
    };
    let is_sign =
        !character.is_alphabetic() || character.general_category() == Category::ModifierLetter;
    (only.is_ascii_punctuation()
        && is_sign
        && character.script() == Script::Common
        && !is_cjk(character))
    .then(|| only.to_string())
}

/// Their writing is matched as it is.
fn is_cjk(character: char) -> bool {
    matches!(
        character.script(),
        Script::Han | Script::Hangul | Script::Hiragana | Script::Katakana | Script::Bopomofo
    ) || matches!(character, '\u{3000}'..='\u{30ff}' | '\u{31c0}'..='\u{31ef}')
}
