//! Applies the grammar to a window.

use super::concept::Concept;
use super::grammar::{LOW, MEDIUM, RECIPES, Recipe, TALES, VERBS};
use super::hits::{self, Before, Hit, Hits, LANGUAGES, ORDER, QUOTED, SENTENCES};
use super::{Intent, Lexicon};
use pipelock_model::Confidence;
use std::fmt::Write;
use std::ops::Range;

/// Most points for a text that says little else.
pub(super) const SHARE: i32 = 2;
/// Most sightings of one window.
const CANDIDATES: usize = 24;

/// What was seen in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) intent: Intent,
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) points: i32,
}

impl Seen {
    pub(super) const fn confidence(self) -> Confidence {
        if self.points >= MEDIUM {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    }

    fn span(self) -> Range<u16> {
        self.start..self.end
    }

    const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Where a window stands in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// What is before it.
    pub(super) before: Before,
    /// What is behind it.
    pub(super) behind: Before,
}

impl Place {
    /// It is all of the text.
    pub(super) const WHOLE: Self = Self {
        before: Before::Nothing,
        behind: Before::Nothing,
    };
}

/// What a window holds and what its recipes weigh, for those who write words.
#[must_use]
pub fn explain(lexicon: &Lexicon, text: &[u8]) -> String {
    let text = &text[..text.len().min(1024)];
    let hits = hits::read(lexicon, text, Before::Nothing);
    let mut out = String::new();
    for hit in hits.as_slice() {
        let word = String::from_utf8_lossy(&text[usize::from(hit.start)..usize::from(hit.end)]);
        let concept = Concept::ALL[usize::from(hit.concept)].word();
        let order = if hit.flags & ORDER == 0 { "" } else { "!" };
        let _ = write!(
            out,
            "[{word}={concept}{order}/{}.{}]",
            hit.language, hit.sentence
        );
    }
    judge(lexicon, text, Place::WHOLE, |seen| {
        let _ = write!(out, " {:?} {}", seen.intent, seen.points);
    });
    out
}

/// Judges a window, calling back for each sighting, best first for each intent.
pub(super) fn judge(lexicon: &Lexicon, text: &[u8], place: Place, mut on: impl FnMut(Seen)) {
    let hits = hits::read(lexicon, text, place.before);
    let alone = (place == Place::WHOLE).then_some(text.len());
    let mut best = Best {
        list: [None; CANDIDATES],
    };
    for language in languages(&hits) {
        let own = Own::new(&hits, language, alone);
        for recipe in RECIPES {
            if recipe.slots.iter().all(|slot| slot & own.all != 0) {
                own.apply(recipe, &mut best);
            }
        }
    }
    best.list.into_iter().flatten().for_each(&mut on);
}

/// The languages of a window; what holds in all is judged with each, and alone when
/// there is no other.
fn languages(hits: &Hits) -> impl Iterator<Item = u8> {
    let mut masks = [0_u64; LANGUAGES];
    for hit in hits.as_slice() {
        if let Some(mask) = masks.get_mut(usize::from(hit.language)) {
            *mask |= hit.bit();
        }
    }
    let shared = masks[0];
    let noise = Concept::Filler.bit() | Concept::Lead.bit() | Concept::Subject.bit();
    let mut found = [None; LANGUAGES];
    let mut count = 0;
    for (language, mask) in masks.iter().enumerate().skip(1) {
        let useful = (mask & !noise).count_ones();
        let together = ((mask | shared) & !noise).count_ones();
        if useful >= 1 && together >= 2 || useful == 1 {
            found[count] = u8::try_from(language).ok();
            count += 1;
        }
    }
    if count == 0 && shared != 0 {
        found[0] = Some(0);
    }
    found.into_iter().flatten()
}

/// Best sightings, without overlap for one intent.
struct Best {
    list: [Option<Seen>; CANDIDATES],
}

impl Best {
    fn add(&mut self, seen: Seen) {
        let rival = self
            .list
            .iter()
            .position(|other| other.is_some_and(|o| o.intent == seen.intent && o.overlaps(seen)));
        let place = rival.or_else(|| self.list.iter().position(Option::is_none));
        let Some(place) = place.and_then(|place| self.list.get_mut(place)) else {
            return;
        };
        let better = place
            .is_none_or(|old| (seen.points, old.span().len()) > (old.points, seen.span().len()));
        if better {
            *place = Some(seen);
        }
    }
}

/// The hits of one language.
struct Own {
    list: [Hit; hits::HITS],
    count: usize,
    /// Concepts of each sentence.
    sentences: [u64; SENTENCES],
    /// Words of those who write about attacks, in each sentence.
    documentation: [u8; SENTENCES],
    all: u64,
    /// Length of the window, when it is all of the text.
    alone: Option<usize>,
}

impl Own {
    fn new(hits: &Hits, language: u8, alone: Option<usize>) -> Self {
        let mut own = Self {
            alone,
            list: [Hit::default(); hits::HITS],
            count: 0,
            sentences: [0; SENTENCES],
            documentation: [0; SENTENCES],
            all: 0,
        };
        for hit in hits.as_slice() {
            if hit.language != language && hit.language != 0 {
                continue;
            }
            own.list[own.count] = *hit;
            own.count += 1;
            own.all |= hit.bit();
            let sentence = usize::from(hit.sentence);
            own.sentences[sentence] |= hit.bit();
            if hit.bit() == Concept::Documentation.bit() {
                let count = &mut own.documentation[sentence];
                *count = count.saturating_add(1);
            }
        }
        own
    }

    /// Every tight group of hits that fills the slots.
    fn apply(&self, recipe: &Recipe, best: &mut Best) {
        let mut last = [None::<Hit>; 4];
        for hit in &self.list[..self.count] {
            let mut filled = false;
            for (slot, place) in recipe.slots.iter().zip(&mut last) {
                if slot & hit.bit() != 0 {
                    *place = Some(*hit);
                    filled = true;
                }
            }
            let slots = &last[..recipe.slots.len().min(last.len())];
            if !filled || slots.iter().any(Option::is_none) {
                continue;
            }
            if let Some(seen) = self.weigh(recipe, slots) {
                best.add(seen);
            }
        }
    }

    fn weigh(&self, recipe: &Recipe, slots: &[Option<Hit>]) -> Option<Seen> {
        let slots = || slots.iter().flatten();
        let start = slots().map(|hit| hit.start).min()?;
        let end = slots().map(|hit| hit.end).max()?;
        let first = slots().map(|hit| hit.sentence).min()?;
        let last = slots().map(|hit| hit.sentence).max()?;
        if usize::from(end - start) > recipe.reach || last - first > 2 {
            return None;
        }
        let (first, last) = (usize::from(first), usize::from(last));
        let near = self.mask(first, last);
        let wide = self.mask(first.saturating_sub(1), last + 1);
        let sum = |list: &[(u64, i32)], mask: u64| -> i32 {
            list.iter()
                .filter(|(bits, _)| bits & mask != 0)
                .map(|(_, points)| points)
                .sum()
        };
        // One word may be a verb and something else.
        let ordered = slots().any(|hit| {
            self.list[..self.count].iter().any(|other| {
                other.start == hit.start && other.bit() & VERBS != 0 && other.flags & ORDER != 0
            })
        });
        let quoted = slots().all(|hit| hit.flags & QUOTED != 0);
        let mut points = recipe.base + sum(recipe.near, near) + sum(recipe.wide, wide);
        let verb = slots().any(|hit| hit.bit() & TALES != 0);
        points += match (ordered, verb) {
            (true, _) => recipe.order,
            (false, true) => -2,
            (false, false) => 0,
        };
        points -= 2 * (last - first).min(1) as i32;
        points += self.share(start, end);
        points -= if quoted { 4 } else { 0 };
        points -= self.about(first, last);
        (points >= LOW).then_some(Seen {
            intent: recipe.intent,
            start,
            end,
            points,
        })
    }

    /// Points for a short text that says little else.
    fn share(&self, start: u16, end: u16) -> i32 {
        match self.alone {
            Some(length) if length <= 160 => SHARE,
            Some(length) if length <= 400 && usize::from(end - start) * 4 >= length => 1,
            _ => 0,
        }
    }

    /// Concepts of these sentences.
    fn mask(&self, first: usize, last: usize) -> u64 {
        let last = last.min(SENTENCES - 1);
        self.sentences[first..=last]
            .iter()
            .fold(0, |all, one| all | one)
    }

    /// Points that words about attacks near these sentences take.
    fn about(&self, first: usize, last: usize) -> i32 {
        let sentences = first.saturating_sub(2)..=(last + 2).min(SENTENCES - 1);
        let count: u8 = self.documentation[sentences]
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count));
        match count {
            0 => 0,
            1 => 3,
            _ => 5,
        }
    }
}
