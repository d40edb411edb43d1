//! Tables of attacks and of honest texts, from which detection is measured.
//!
//! The tables stand below `crates/testkit/corpus`: `attacks/<language>.tsv` has
//! a family, a level and a text on each line, `benign/<category>.tsv` a language
//! and a text. A line that begins with `#` is a comment; `\n`, `\t`, `\\` and
//! `\u{…}` stand for what they name.
//!
//! A third of all cases, chosen by a hash of the text, is *held out*: reports
//! give figures of it and never its texts, so that nobody tunes a rule on it.

mod files;

use crate::disguise;

/// How far an attack is from the usual phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The usual phrase.
    Stock,
    /// Other words, other spelling, other letters.
    Reworded,
    /// The usual phrase in an encoding.
    Encoded,
    /// No order to the model that a phrase would show: data that steers.
    Indirect,
}

impl Level {
    /// Every level, from the plainest on.
    pub const ALL: [Self; 4] = [Self::Stock, Self::Reworded, Self::Encoded, Self::Indirect];

    /// The word that tables and reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Reworded => "reworded",
            Self::Encoded => "encoded",
            Self::Indirect => "indirect",
        }
    }
}

/// What a report may do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Rules may be written against it.
    Tuning,
    /// Counted only.
    HeldOut,
}

impl Part {
    /// The part of a text: every third is held out.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if fnv1a(text.as_bytes()).is_multiple_of(3) {
            Self::HeldOut
        } else {
            Self::Tuning
        }
    }
}

/// One attack.
#[derive(Debug, Clone)]
pub struct Attack {
    /// Language code, as the file is called.
    pub language: &'static str,
    /// What the attacker wants.
    pub family: &'static str,
    /// How it is disguised.
    pub level: Level,
    /// The encoding, or the level once more.
    pub form: &'static str,
    /// Whether its text may be shown.
    pub part: Part,
    /// The text itself.
    pub text: String,
}

/// One honest text.
#[derive(Debug, Clone)]
pub struct Benign {
    /// Language code.
    pub language: &'static str,
    /// What kind of text it is, as the file is called.
    pub category: &'static str,
    /// Whether it may be shown.
    pub part: Part,
    /// The text itself.
    pub text: String,
}

/// The families that an attack may belong to.
pub const FAMILIES: [&str; 13] = [
    "override",
    "role",
    "system_turn",
    "secrecy",
    "exfiltration",
    "extraction",
    "credential",
    "tool_misuse",
    "authority",
    "persistence",
    "hidden_address",
    "steering",
    "payload",
];

/// Every attack of the tables, and every encoding of the usual phrases. An
/// encoded case belongs to the same part as its phrase.
///
/// # Panics
/// When a table is malformed.
#[must_use]
pub fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (language, table) in files::ATTACKS {
        for line in lines(table) {
            let mut cells = line.splitn(3, '\t');
            let (family, level, text) = (cells.next(), cells.next(), cells.next());
            let (Some(family), Some(level), Some(text)) = (family, level, text) else {
                panic!("{language}: not three cells: {line:?}");
            };
            let Some(level) = Level::ALL.into_iter().find(|l| l.as_str() == level) else {
                panic!("{language}: no such level: {line:?}");
            };
            let text = unescape(text);
            let attack = Attack {
                language,
                family,
                level,
                form: level.as_str(),
                part: Part::of(&text),
                text,
            };
            if level == Level::Stock {
                encode(&attack, &mut attacks);
            }
            attacks.push(attack);
        }
    }
    attacks
}

/// Every honest text of the tables.
///
/// # Panics
/// When a table is malformed.
#[must_use]
pub fn benign() -> Vec<Benign> {
    let mut texts = Vec::new();
    for (category, table) in files::BENIGN {
        for line in lines(table) {
            let Some((language, text)) = line.split_once('\t') else {
                panic!("{category}: not two cells: {line:?}");
            };
            let text = unescape(text);
            texts.push(Benign {
                language,
                category,
                part: Part::of(&text),
                text,
            });
        }
    }
    texts
}

fn encode(attack: &Attack, out: &mut Vec<Attack>) {
    for (form, disguise) in disguise::TEXT {
        let text = disguise(&attack.text);
        if text != attack.text {
            out.push(Attack {
                level: Level::Encoded,
                form,
                text,
                ..*attack
            });
        }
    }
}

/// The cells of each line, with what escapes in the last one stand for.
pub fn rows(table: &str) -> impl Iterator<Item = (Vec<&str>, String)> {
    lines(table).map(|line| {
        let mut cells: Vec<&str> = line.split('\t').collect();
        let text = unescape(cells.pop().unwrap_or_default());
        (cells, text)
    })
}

pub(crate) fn lines(table: &str) -> impl Iterator<Item = &str> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `\n`, `\t`, `\\` and `\u{…}`; any other backslash stands for itself.
pub(crate) fn unescape(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (character, length) = match escape.as_bytes().first() {
            Some(b'n') => ('\n', 1),
            Some(b't') => ('\t', 1),
            Some(b'\\') => ('\\', 1),
            Some(b'u') => code_point(escape).unwrap_or(('\\', 0)),
            _ => ('\\', 0),
        };
        text.push(character);
        rest = &escape[length..];
    }
    text + rest
}

/// The character of `u{…}` and the length of the escape.
fn code_point(escape: &str) -> Option<(char, usize)> {
    let digits = escape.strip_prefix("u{")?;
    let end = digits.find('}')?;
    let number = u32::from_str_radix(&digits[..end], 16).ok()?;
    Some((char::from_u32(number)?, end + 3))
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
#[must_use]
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
