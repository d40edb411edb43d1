//! From a window of text to the concepts in it, with their places.

use super::concept::Concept;
use super::grammar::{TALES, VERBS};
use super::tables::{FORM, Lexicon, Node, RUN, WILD, blanks};

/// Most hits of one window; a window of 1 KiB never has as many honest ones.
pub(super) const HITS: usize = 224;
/// Most sentences of one window.
pub(super) const SENTENCES: usize = 48;
/// Languages that the tables may hold.
pub(super) const LANGUAGES: usize = 40;
/// Words of different length that one place may begin.
const ENDS: usize = 8;
/// Shortest word without blanks that is taken apart, in bytes.
const GLUED_LEAST: usize = 12;

/// A verb where orders stand, or whose form is an order.
pub(super) const ORDER: u8 = 1;
/// In quotation marks that stand in prose, or between backticks.
pub(super) const QUOTED: u8 = 2;

/// A word of the lexicon in a window.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hit {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) concept: u8,
    pub(super) language: u8,
    pub(super) sentence: u8,
    pub(super) flags: u8,
}

impl Hit {
    pub(super) const fn bit(self) -> u64 {
        1 << self.concept
    }
}

/// The hits of a window.
pub(super) struct Hits {
    list: [Hit; HITS],
    count: usize,
}

impl Hits {
    pub(super) fn as_slice(&self) -> &[Hit] {
        &self.list[..self.count]
    }

    fn push(&mut self, hit: Hit) {
        if let Some(place) = self.list.get_mut(self.count) {
            *place = hit;
            self.count += 1;
        }
    }
}

/// Whether the text before a window is known to end a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// The text begins here.
    Nothing,
    /// The window was cut out of text.
    Text,
}

/// Reads a window.
pub(super) fn read(lexicon: &Lexicon, text: &[u8], before: Before) -> Hits {
    let mut reader = Reader {
        lexicon,
        text,
        hits: Hits {
            list: [Hit::default(); HITS],
            count: 0,
        },
        taken: [0; LANGUAGES],
        sentence: 0,
        quote: None,
        before,
    };
    reader.read();
    reader.hits
}

struct Reader<'a> {
    lexicon: &'a Lexicon,
    text: &'a [u8],
    hits: Hits,
    /// Up to where each language has read.
    taken: [u16; LANGUAGES],
    sentence: u8,
    /// The mark that closes the open quotation, and where it opened.
    quote: Option<(Quote, usize)>,
    before: Before,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    Double,
    Curly,
    Angle,
    Corner,
    Code,
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            let byte = self.text[at];
            if byte & 0xc0 != 0x80 {
                self.mark(at, byte);
                let kind = kind_at(self.text, at);
                let inside = kind != Kind::Other && kind_before(self.text, at) == kind;
                if !(inside && byte.is_ascii()) && byte != b' ' {
                    self.words_at(at, inside);
                }
            }
            at += 1;
        }
    }

    /// Notes ends of sentences and quotation marks.
    fn mark(&mut self, at: usize, byte: u8) {
        let rest = &self.text[at + 1..];
        let blank_next = rest.first().is_none_or(u8::is_ascii_whitespace);
        let ends = match byte {
            b'.' => blank_next && !self.abbreviation(at),
            b'!' | b'?' => blank_next || rest.first() == Some(&b'"'),
            b'\n' => rest
                .first()
                .is_some_and(|next| b"\n\r#-*<>|".contains(next)),
            b'\\' => rest.starts_with(b"n\\n"),
            0xe3 => rest.starts_with(&[0x80, 0x82]),
            0xef => rest.starts_with(&[0xbc, 0x81]) || rest.starts_with(&[0xbc, 0x9f]),
            0xe0 => rest.starts_with(&[0xa5, 0xa4]),
            0xd8 => rest.starts_with(&[0x9f]),
            _ => false,
        };
        if ends {
            self.sentence = (self.sentence + 1).min(SENTENCES as u8 - 1);
        }
        self.quotation(at, byte);
    }

    /// "e.g." and the like end no sentence.
    fn abbreviation(&self, at: usize) -> bool {
        matches!(self.text.get(at.wrapping_sub(2)), Some(b'.' | b' ')) && at >= 2
    }

    fn quotation(&mut self, at: usize, byte: u8) {
        let next = self.text.get(at + 1..at + 3);
        let (mark, opens) = match (byte, next) {
            (b'"', _) => (Quote::Double, true),
            (b'`', _) => (Quote::Code, true),
            (0xe2, Some([0x80, 0x9c | 0x9e])) => (Quote::Curly, true),
            (0xe2, Some([0x80, 0x9d])) => (Quote::Curly, false),
            (0xc2, Some([0xab, _])) => (Quote::Angle, true),
            (0xc2, Some([0xbb, _])) => (Quote::Angle, false),
            (0xe3, Some([0x80, 0x8c | 0x8e])) => (Quote::Corner, true),
            (0xe3, Some([0x80, 0x8d | 0x8f])) => (Quote::Corner, false),
            _ => return,
        };
        match self.quote {
            Some((open, from)) if open == mark => {
                self.close(from, at);
                self.quote = None;
            }
            None if opens && self.in_prose(at, mark) => self.quote = Some((mark, at)),
            _ => {}
        }
    }

    /// A quotation in a sentence, not a JSON string or an attribute.
    fn in_prose(&self, at: usize, mark: Quote) -> bool {
        if mark != Quote::Double {
            return true;
        }
        match &self.text[..at] {
            [.., before, b' '] => is_letter(*before) || b",;".contains(before),
            [.., b'('] => true,
            _ => false,
        }
    }

    /// What stood in a quotation that is closed was quoted.
    fn close(&mut self, from: usize, to: usize) {
        let count = self.hits.count;
        for hit in self.hits.list[..count].iter_mut().rev() {
            if usize::from(hit.start) < from {
                break;
            }
            if usize::from(hit.end) <= to {
                hit.flags |= QUOTED;
            }
        }
    }

    /// Words that begin at an offset.
    fn words_at(&mut self, at: usize, inside: bool) {
        if self.text[at] == b'@' {
            self.mailbox(at);
        }
        let mut ends = [(Node::ROOT, 0); ENDS];
        let mut count = 0;
        self.lexicon.tree().walk(self.text, at, |node, end| {
            if count == ENDS {
                ends.rotate_left(1);
                count -= 1;
            }
            ends[count] = (node, end);
            count += 1;
        });
        ends[..count].sort_by_key(|(_, end)| *end);
        let mut seen = 0_u64;
        for (node, end) in ends[..count].iter().rev() {
            let bounded = kind_at(self.text, *end) != Kind::Letter;
            let mut here = 0;
            for entry in self.lexicon.tree().entries(*node) {
                let language = 1 << (entry.language & 63);
                let whole = !inside && (bounded || entry.flags & WILD != 0);
                if (whole || entry.flags & RUN != 0) && seen & language == 0 {
                    here |= language;
                    self.add(at, *end, entry.concept, entry.language, entry.flags);
                }
            }
            seen |= here;
        }
        if seen == 0 && !inside && self.text[at].is_ascii_alphanumeric() {
            self.glued(at);
        }
    }

    /// An e-mail address is a channel in every language.
    fn mailbox(&mut self, at: usize) {
        let local = at.checked_sub(1).and_then(|at| self.text.get(at));
        let domain = self.text[at + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte));
        let dotted = domain.clone().any(|byte| *byte == b'.');
        if dotted && local.is_some_and(u8::is_ascii_alphanumeric) {
            let end = at + 1 + domain.count();
            self.add(at, end, Concept::Channel as u8, 0, 0);
        }
    }

    fn add(&mut self, start: usize, end: usize, concept: u8, language: u8, flags: u8) {
        let Some(taken) = self.taken.get(usize::from(language)) else {
            return;
        };
        let covered = start < usize::from(*taken);
        let sibling = self
            .hits
            .as_slice()
            .iter()
            .rev()
            .take(8)
            .any(|hit| usize::from(hit.start) == start && hit.language == language);
        // 1 is drawn for both i and l, but a short word is too like another.
        let other = concept == Concept::Model as u8
            && end - start <= 3
            && self.text[start..end]
                .iter()
                .any(|byte| b"lL1".contains(byte));
        // A host may be called "example".
        let named = concept == Concept::Documentation as u8
            && start
                .checked_sub(1)
                .is_some_and(|at| b".@/-".contains(&self.text[at]));
        let misplaced = named || other || concept == Concept::Marker as u8 && !self.is_turn(start);
        if covered && !sibling || misplaced || self.in_identifier(start, end, concept) {
            return;
        }
        let verb = VERBS & (1 << concept) != 0;
        let order = verb && self.is_order(start, language, flags);
        // Offsets in a window are below 2^16.
        let (Ok(from), Ok(to)) = (u16::try_from(start), u16::try_from(end)) else {
            return;
        };
        self.taken[usize::from(language)] = to;
        if TALES & (1 << concept) != 0 && self.is_tale(start, language) {
            return;
        }
        self.hits.push(Hit {
            start: from,
            end: to,
            concept,
            language,
            sentence: self.sentence,
            flags: if order { ORDER } else { 0 },
        });
    }

    /// Where a turn of a conversation may begin: a line or a string, or a tag.
    fn is_turn(&self, start: usize) -> bool {
        if b"<[{|#=".contains(&self.text[start]) {
            return true;
        }
        let markup = |byte: &u8| b" \t*_>#-=[<\"'".contains(byte);
        let before = &self.text[..start];
        let line = before.len() - before.iter().rev().take_while(|byte| markup(byte)).count();
        match &before[..line] {
            [] => self.before == Before::Nothing,
            [.., b'\n' | b'\r'] | [.., b'\\', b'n'] => true,
            [.., b':' | b',' | b'(' | b'{'] => before[line..].contains(&b'"'),
            _ => false,
        }
    }

    /// Part of a name in source code: `ignore_previous_rules`. Secrets are named so.
    fn in_identifier(&self, start: usize, end: usize, concept: u8) -> bool {
        if concept == Concept::Secret as u8 || concept == Concept::SecretPlace as u8 {
            return false;
        }
        let before = start.checked_sub(1).and_then(|at| self.text.get(at));
        let after = self.text.get(end);
        if before != Some(&b'_') && after != Some(&b'_') {
            return false;
        }
        let name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let left = self.text[..start].iter().rev().take_while(name);
        let right = self.text[end..].iter().take_while(name);
        let words = left.chain(right).filter(|byte| **byte == b'_').count();
        words < 3
    }

    /// An order: by form, or because a clause begins here or a word leads here.
    fn is_order(&self, start: usize, language: u8, flags: u8) -> bool {
        if flags & FORM != 0 {
            return true;
        }
        let mut at = start;
        while let Some(byte) = at.checked_sub(1).map(|at| self.text[at]) {
            if !byte.is_ascii_whitespace() && !b"\"'`*_#([{<".contains(&byte) {
                break;
            }
            at -= 1;
            if byte == b'\n' {
                return true;
            }
        }
        let Some(last) = at.checked_sub(1) else {
            return self.before == Before::Nothing;
        };
        if b".,:;!?)]}>|-=/".contains(&self.text[last]) || self.text[..at].ends_with(b"\\n") {
            return true;
        }
        if self.text[last] >= 0x80 && self.text[..at].ends_with(&[0xe2, 0x80, 0x94]) {
            return true;
        }
        self.follows(at, language, Concept::Lead)
    }

    /// Somebody does it, or it is forbidden.
    fn is_tale(&self, start: usize, language: u8) -> bool {
        let mut at = start;
        while at > 0 && self.text[at - 1].is_ascii_whitespace() {
            at -= 1;
        }
        self.follows(at, language, Concept::Subject)
            || self.follows(at, language, Concept::Negation)
    }

    /// A word of this concept and language ends here.
    fn follows(&self, at: usize, language: u8, concept: Concept) -> bool {
        let near = self.hits.as_slice().iter().rev().take(12);
        near.into_iter().any(|hit| {
            hit.concept == concept as u8
                && (hit.language == language || hit.language == 0)
                && usize::from(hit.end) <= at
                && at - usize::from(hit.end) <= blanks(&self.text[usize::from(hit.end)..at])
        })
    }

    /// A word that is nothing but words of the lexicon of one language, three or
    /// more: `ignoreallpreviousinstructions`.
    fn glued(&mut self, at: usize) {
        let word = self.text[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        if word < GLUED_LEAST {
            return;
        }
        let text = &self.text[at..at + word];
        let mut languages = 0_u64;
        self.lexicon.tree().walk_plain(text, 0, |node, _| {
            for entry in self.lexicon.tree().entries(node) {
                languages |= 1 << (entry.language & 63);
            }
        });
        for language in (0..64_u8).filter(|language| languages & (1 << language) != 0) {
            if self.glued_in(text, at, language) {
                return;
            }
        }
    }

    /// The same in one language. False when it is no such word.
    fn glued_in(&mut self, text: &[u8], at: usize, language: u8) -> bool {
        let mut parts = [(0_usize, 0_usize, 0_u8, 0_u8); 12];
        let (mut count, mut from) = (0, 0);
        while from < text.len() && count < parts.len() {
            let mut best = None;
            self.lexicon.tree().walk(text, from, |node, end| {
                for entry in self.lexicon.tree().entries(node) {
                    let useful = entry.concept != Concept::Subject as u8
                        && entry.concept != Concept::Documentation as u8;
                    let kin = entry.language == language || entry.language == 0;
                    if useful && kin && best.is_none_or(|(_, last, _, _)| last < end) {
                        best = Some((from, end, entry.concept, entry.language));
                    }
                }
            });
            let Some(part) = best else {
                return false;
            };
            parts[count] = part;
            count += 1;
            from = part.1;
        }
        if from < text.len() || count < 3 {
            return false;
        }
        for (start, end, concept, language) in &parts[..count] {
            self.add(at + start, at + end, *concept, *language, FORM);
        }
        true
    }
}

/// What a character is, as far as the ends of words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing of a word.
    Other,
    /// A letter or digit of a script that has words.
    Letter,
    /// A character of a script that has none.
    Ideograph,
}

/// The character that begins at an offset.
pub(super) fn kind_at(text: &[u8], at: usize) -> Kind {
    match text.get(at..).unwrap_or_default() {
        [0xe0, 0xa5, 0xa4, ..] | [0xd8, 0x8c | 0x9b | 0x9f, ..] => Kind::Other,
        [first, ..] if first.is_ascii_alphanumeric() => Kind::Letter,
        [0xc3..=0xe1, ..] => Kind::Letter,
        [0xe3, 0x80, 0x80..=0x91, ..] => Kind::Other,
        [0xe3..=0xee | 0xf0.., ..] => Kind::Ideograph,
        _ => Kind::Other,
    }
}

/// The character that ends before an offset.
pub(super) fn kind_before(text: &[u8], at: usize) -> Kind {
    let before = text.get(..at).unwrap_or_default();
    let back = before
        .iter()
        .rev()
        .take(4)
        .position(|byte| byte & 0xc0 != 0x80);
    back.map_or(Kind::Other, |back| kind_at(text, at - 1 - back))
}
