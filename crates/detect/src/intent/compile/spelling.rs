//! From one written word to all its spellings.

use crate::normalise::normalise_word;
use std::collections::BTreeSet;

/// Most words that one written word may stand for.
const EXPANSION_LIMIT: usize = 8192;
/// A shorter word has no typos: they would be other words.
const TYPO_LEAST: usize = 6;

/// Expands `{a,b}`, which may nest.
pub(super) fn expand(word: &str) -> Option<Vec<String>> {
    let Some(open) = word.find('{') else {
        return (!word.contains('}')).then(|| vec![word.to_owned()]);
    };
    let (choices, after) = choices(&word[open + 1..])?;
    let mut out = Vec::new();
    let rests = expand(after)?;
    for choice in choices {
        for middle in expand(choice)? {
            for rest in &rests {
                out.push(format!("{}{middle}{rest}", &word[..open]));
            }
        }
        if out.len() > EXPANSION_LIMIT {
            return None;
        }
    }
    Some(out)
}

/// The choices of an open brace and what follows it.
fn choices(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut depth, mut from, mut out) = (0_usize, 0, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b',' if depth == 0 => {
                out.push(&text[from..at]);
                from = at + 1;
            }
            b'}' if depth == 0 => {
                out.push(&text[from..at]);
                return Some((out, &text[at + 1..]));
            }
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The spellings in which a word may reach the judge: as written, without marks, as
/// normalised text has it, and capitalised where folding bytes does not undo that.
pub(super) fn variants(word: &str) -> BTreeSet<Vec<u8>> {
    let lower = word.to_lowercase();
    let mut spellings = BTreeSet::from([lower.clone()]);
    if !lower.is_ascii() {
        let capital: String = match lower.chars().next() {
            Some(first) => first.to_uppercase().chain(lower.chars().skip(1)).collect(),
            None => String::new(),
        };
        spellings.extend([capital, lower.to_uppercase(), without_marks(&lower)]);
    }
    let normal: Vec<String> = spellings.iter().map(|word| normalise_word(word)).collect();
    spellings.extend(normal);
    spellings.iter().map(|word| separated(word)).collect()
}

/// Separators as one blank, none at the ends.
fn separated(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for part in word.split(|c: char| c.is_whitespace() || "-_,'’/*\"`".contains(c)) {
        if part.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(part.to_ascii_lowercase().as_bytes());
    }
    out
}

/// Latin letters with marks as people write them who lack the keys.
fn without_marks(word: &str) -> String {
    word.chars()
        .map(|c| {
            const PLAIN: [(&str, char); 14] = [
                ("àáâãäåāăąạảấầẩẫậắằẳẵặ", 'a'),
                ("èéêëēęěẹẻẽếềểễệ", 'e'),
                ("ìíîïīıịỉĩ", 'i'),
                ("òóôõöøőọỏốồổỗộơớờởỡợ", 'o'),
                ("ùúûüūůűụủũưứừửữự", 'u'),
                ("çćč", 'c'),
                ("ñńňņ", 'n'),
                ("śşșšß", 's'),
                ("žźż", 'z'),
                ("ýÿỳỵỷỹ", 'y'),
                ("ďđ", 'd'),
                ("ťțţ", 't'),
                ("řŕ", 'r'),
                ("łľĺ", 'l'),
            ];
            PLAIN
                .iter()
                .find(|(marked, _)| marked.contains(c))
                .map_or(if c == 'ğ' { 'g' } else { c }, |(_, plain)| *plain)
        })
        .collect()
}

/// One slip of the fingers in an ASCII word: a vowel changed, a letter left out,
/// doubled or swapped with the next.
pub(super) fn typos(word: &str) -> BTreeSet<Vec<u8>> {
    let word = separated(word);
    let mut out = BTreeSet::new();
    if word.len() < TYPO_LEAST || !word.iter().all(u8::is_ascii_lowercase) {
        return out;
    }
    let vowels = b"aeiou";
    for at in 0..word.len() {
        if vowels.contains(&word[at]) {
            for vowel in vowels {
                let mut typo = word.clone();
                typo[at] = *vowel;
                out.insert(typo);
            }
        }
        if at > 0 {
            let mut typo = word.clone();
            typo.remove(at);
            out.insert(typo);
        }
        let mut typo = word.clone();
        typo.insert(at, word[at]);
        out.insert(typo);
        if at + 1 < word.len() {
            let mut typo = word.clone();
            typo.swap(at, at + 1);
            out.insert(typo);
        }
    }
    // Every vowel the same, as in a text whose vowels were replaced.
    for vowel in vowels {
        let same = |byte: &u8| if vowels.contains(byte) { *vowel } else { *byte };
        out.insert(word.iter().map(same).collect());
    }
    out.remove(&word);
    out
}
