//! From rules to the automaton.

use super::anchors::{Anchor, Anchors, Cut, Hit, Place};
use super::guards::{Guards, Refuted};
use super::matcher::Matcher;
use super::runs::ByteSet;
use super::search::joined;
use super::search::scrambled::{START, WORDS};
use super::slow::SlowPart;
use super::{Engine, Kinds, PartEntry, Rule, RuleKind, RuleSet, RunPart, RunSet, SecretEntry};
use crate::decode::rotated;
use crate::pattern::{GAPS, Part, Trigger};
use crate::rule::Finds;
use pipelock_model::{RuleIndex, View};

/// Most parts of patterns.
const PARTS_LIMIT: usize = 50_000;
/// Most known secrets, each in two directions.
const SECRETS_LIMIT: usize = 7_000;
/// What a hit of a cut anchor names.
pub(super) const GAP_PART: u16 = u16::MAX;
/// What a word read by ROT13 names.
pub(super) const ROT13_PART: u16 = u16::MAX - 1;
/// What a word read backwards names.
pub(super) const REVERSED_PART: u16 = u16::MAX - 2;
/// Anchors that are worth joining.
const CUT_ANCHOR: usize = 4;

pub(super) fn engine(rules: RuleSet) -> Engine {
    let mut builder = Builder::default();
    for (index, rule) in rules.iter().enumerate() {
        if let Ok(index) = u16::try_from(index) {
            builder.parts(RuleIndex(index), rule);
        }
    }
    let secrets = secrets(&rules);
    let anchors = anchors(&builder, &rules, &secrets);
    let intents = rules.iter().enumerate().filter_map(|(index, rule)| {
        let Finds::Intent(intent) = rule.finds else {
            return None;
        };
        Some((intent, RuleIndex(u16::try_from(index).ok()?)))
    });
    let seeds = rules
        .iter()
        .enumerate()
        .find_map(|(index, rule)| match rule.finds {
            Finds::Seed(seeds) => Some((RuleIndex(u16::try_from(index).ok()?), seeds)),
            _ => None,
        });
    Engine {
        anchors,
        token_starts: builder.token_starts(&rules),
        seeds,
        run_set: builder.run_set(),
        secrets,
        intents: intents.collect(),
        model: rules.model(),
        parts: builder.entries,
        guards: builder.guards,
        slow: builder.slow,
        rules,
    }
}

/// The anchors of patterns, known secrets and scrambled words.
fn anchors(builder: &Builder<'_>, rules: &RuleSet, secrets: &[SecretEntry]) -> Anchors {
    let mut anchors: Vec<Anchor<'_>> = Vec::with_capacity(builder.anchors.len() * 2);
    for (part, kind, place, bytes) in &builder.anchors {
        anchors.push(Anchor {
            part: *part,
            kind: *kind,
            place: *place,
            cut: if builder.is_token(rules, *part, bytes) {
                Cut::AtGaps
            } else {
                Cut::Never
            },
            behind: builder.guards.place(*part, bytes.len()),
            bytes,
        });
    }
    let base = builder.entries.len();
    for (number, secret) in secrets.iter().enumerate() {
        anchors.push(Anchor {
            part: u16::try_from(base + number).unwrap_or(GAP_PART),
            kind: Kinds::of(&rules.as_slice()[usize::from(secret.rule.0)]),
            place: Place::Anywhere,
            cut: Cut::Never,
            behind: None,
            bytes: &secret.value,
        });
    }
    let scrambled = scrambled();
    anchors.extend(scrambled.iter().map(|(part, bytes)| Anchor {
        part: *part,
        kind: Kinds::CORE_INJECTION.0,
        place: Place::Anywhere,
        cut: Cut::Never,
        behind: None,
        bytes,
    }));
    let gap = Hit {
        part: GAP_PART,
        length: 0,
        kind: Kinds::CORE_DLP.0,
        place: Place::WordStart,
    };
    let end = |part, place| builder.guards.number_end(part, place);
    Anchors::new(&anchors, gap, end)
}

#[derive(Default)]
struct Builder<'r> {
    anchors: Vec<(u16, u8, Place, &'r [u8])>,
    entries: Vec<PartEntry>,
    guards: Guards,
    slow: Vec<SlowPart>,
    runs: Vec<RunPart>,
}

impl<'r> Builder<'r> {
    fn parts(&mut self, index: RuleIndex, rule: &'r Rule) {
        let kind = Kinds::of(rule);
        for (number, part) in rule.parts().iter().enumerate() {
            let (Ok(id), Ok(number)) = (u16::try_from(self.entries.len()), u16::try_from(number))
            else {
                return;
            };
            if self.entries.len() >= PARTS_LIMIT {
                return;
            }
            self.entries.push(PartEntry {
                rule: index,
                part: number,
                matcher: Matcher::new(),
            });
            let refuted = match part.trigger {
                Trigger::Anchors(_) => joined::refuted(rule),
                // A run is never joined.
                Trigger::Run { .. } | Trigger::Everywhere => Refuted::Ends,
            };
            self.guards.push(part, refuted);
            self.part(id, kind, part);
        }
    }

    fn part(&mut self, id: u16, kind: u8, part: &'r Part) {
        match &part.trigger {
            Trigger::Anchors(list) => {
                let place = if part.word_start {
                    Place::WordStart
                } else {
                    Place::Anywhere
                };
                let anchors = list.iter().map(|bytes| (id, kind, place, bytes.as_ref()));
                self.anchors.extend(anchors);
            }
            Trigger::Run {
                set,
                first,
                least,
                then,
            } => self.runs.push(RunPart {
                part: id,
                kind,
                alphanumeric: (0..=u8::MAX).all(|byte| {
                    let member = set[usize::from(byte >> 6)] & 1 << (byte & 63) != 0;
                    byte.is_ascii_alphanumeric() || !member
                }),
                set: ByteSet::new(set),
                first: ByteSet::new(first),
                least: usize::from(*least),
                then: *then,
                word_start: part.word_start,
            }),
            Trigger::Everywhere => self.slow.push(SlowPart::new(id, kind)),
        }
    }

    fn run_set(&mut self) -> Option<RunSet> {
        let parts = std::mem::take(&mut self.runs);
        let least = parts.iter().map(|part| part.least).min()?;
        let mut bytes = ByteSet::empty();
        parts.iter().for_each(|part| bytes.add(&part.set));
        if bytes.is_within(&ByteSet::encoded()) {
            // Then one pass finds these runs and those that may be encoded.
            bytes = ByteSet::encoded();
        }
        Some(RunSet {
            bytes,
            least,
            kinds: parts.iter().fold(0, |kinds, part| kinds | part.kind),
            parts,
        })
    }

    fn token_starts(&self, rules: &RuleSet) -> Vec<[u8; START]> {
        let mut starts: Vec<[u8; START]> = self
            .anchors
            .iter()
            .filter(|(part, _, _, bytes)| self.begins_run(rules, *part, bytes))
            .filter_map(|(_, _, _, bytes)| bytes.first_chunk().copied())
            .collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// True for the anchor of what a whole run may be: a token, also one that must not
    /// stand behind a letter, or that a test confirms.
    fn begins_run(&self, rules: &RuleSet, part: u16, anchor: &[u8]) -> bool {
        let entry = &self.entries[usize::from(part)];
        let rule = &rules.as_slice()[usize::from(entry.rule.0)];
        let before = &rule.parts()[usize::from(entry.part)].before;
        rule.kind == RuleKind::Dlp
            && (before.is_empty() || before.contains("\\A"))
            && anchor
                .iter()
                .all(|byte| byte.is_ascii_graphic() && !GAPS.contains(byte))
    }

    fn is_token(&self, rules: &RuleSet, part: u16, anchor: &[u8]) -> bool {
        let entry = &self.entries[usize::from(part)];
        let rule = &rules.as_slice()[usize::from(entry.rule.0)];
        is_token(rule, &rule.parts()[usize::from(entry.part)], anchor)
    }
}

/// True for the anchor of a token: a prefix that the format has to itself.
fn is_token(rule: &Rule, part: &Part, anchor: &[u8]) -> bool {
    rule.kind == RuleKind::Dlp
        && rule.validator.is_none()
        && part.before.is_empty()
        && anchor.len() >= CUT_ANCHOR
        && anchor
            .iter()
            .all(|byte| byte.is_ascii_graphic() && !GAPS.contains(byte))
}

/// Words of instructions, read by ROT13 and backwards.
fn scrambled() -> Vec<(u16, Vec<u8>)> {
    let forms = WORDS.iter().flat_map(|word| {
        let rot13 = word.bytes().map(rotated).collect();
        let reversed = word.bytes().rev().collect();
        [(ROT13_PART, rot13), (REVERSED_PART, reversed)]
    });
    forms.collect()
}

/// Known secrets, forwards and backwards.
fn secrets(rules: &RuleSet) -> Vec<SecretEntry> {
    let mut entries = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let (Finds::Secret(secret), Ok(index)) = (&rule.finds, u16::try_from(index)) else {
            continue;
        };
        let directions = [
            (secret.bytes().to_vec(), View::Plain),
            (
                secret.bytes().iter().rev().copied().collect(),
                View::Reversed,
            ),
        ];
        entries.extend(directions.map(|(value, view)| SecretEntry {
            rule: RuleIndex(index),
            value: value.into(),
            view,
        }));
        if entries.len() >= 2 * SECRETS_LIMIT {
            break;
        }
    }
    entries
}
