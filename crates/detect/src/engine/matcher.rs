//! Exact verification at one place: lazy DFAs that are compiled on first use.
//!
//! A DFA dies as soon as nothing that may follow can match, so a candidate is
//! refuted early and a stream is not held for it.

use super::text::{Last, Text};
use crate::pattern::{LOOK_BEHIND, Part, ascii, parser};
use crate::validate::Validator;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::Hir;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

/// Longest match, in bytes from its anchor. What is longer is cut: a run that
/// matched already ends here, and inner runs that do not fit do not match.
pub(super) const WINDOW: u64 = 4096;
/// So much of the end of a match is judged by a validator that does not choose the
/// end.
const JUDGED: usize = 256;
/// Memory of one lazy DFA and thread; it starts over when it is full.
const CACHE_CAPACITY: usize = 2 * 1024 * 1024;

/// What one place turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing, whatever follows.
    Refuted,
    /// A match up to this offset.
    Match(u64),
    /// More text decides.
    Open,
}

/// A verdict and the bytes it cost.
pub(super) struct Verified {
    pub(super) verdict: Verdict,
    pub(super) cost: u64,
}

/// The automata of one part, each made when it is needed.
pub(super) struct Matcher {
    before: Forms,
    body: Forms,
    exact: Forms,
}

/// A pattern for ASCII, which most text is, and for all text.
#[derive(Default)]
struct Forms {
    ascii: OnceLock<Option<Box<Automaton>>>,
    all: OnceLock<Option<Box<Automaton>>>,
}

struct Automaton {
    dfa: DFA,
    caches: Pool<Cache, MakeCache>,
    alphabet: Alphabet,
}

/// What an automaton can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Ascii,
    All,
}

impl Alphabet {
    const fn has(self, byte: u8) -> bool {
        matches!(self, Self::All) || byte.is_ascii()
    }
}

type MakeCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Matcher")
    }
}

#[derive(Debug, Clone, Copy)]
enum Direction {
    Forward,
    Backward,
}

impl Automaton {
    fn new(
        source: &str,
        direction: Direction,
        kind: MatchKind,
        alphabet: Alphabet,
    ) -> Option<Self> {
        let hir: Hir = parser().parse(source).ok()?;
        let hir = match alphabet {
            Alphabet::Ascii => ascii(hir),
            Alphabet::All => hir,
        };
        let config = thompson::Config::new()
            .utf8(false)
            .which_captures(thompson::WhichCaptures::None)
            .reverse(matches!(direction, Direction::Backward));
        let nfa = thompson::Compiler::new()
            .configure(config)
            .build_from_hir(&hir)
            .ok()?;
        let config = DFA::config()
            .match_kind(kind)
            .skip_cache_capacity_check(true)
            .cache_capacity(CACHE_CAPACITY);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let source = dfa.clone();
        let caches: MakeCache = Box::new(move || source.create_cache());
        Some(Self {
            dfa,
            caches: Pool::new(caches),
            alphabet,
        })
    }
}

impl Forms {
    /// Asks the form for ASCII, and the other one where that read another byte. The
    /// outer `None` is a pattern that does not compile.
    fn ask<T>(
        &self,
        source: &str,
        direction: Direction,
        kind: MatchKind,
        ask: impl Fn(&Automaton) -> Option<T>,
    ) -> Option<T> {
        let form = |cell: &'_ OnceLock<Option<Box<Automaton>>>, alphabet| {
            let made = cell
                .get_or_init(|| Automaton::new(source, direction, kind, alphabet).map(Box::new));
            made.as_deref().and_then(&ask)
        };
        form(&self.ascii, Alphabet::Ascii).or_else(|| form(&self.all, Alphabet::All))
    }
}

/// A validator may choose among all ends; else the pattern's preference does.
fn kind(validator: Option<Validator>) -> MatchKind {
    if validator.is_some_and(Validator::chooses_end) {
        MatchKind::All
    } else {
        MatchKind::LeftmostFirst
    }
}

impl Matcher {
    pub(super) fn new() -> Self {
        Self {
            before: Forms::default(),
            body: Forms::default(),
            exact: Forms::default(),
        }
    }

    /// True when what must precede the body does.
    pub(super) fn preceded(&self, part: &Part, text: &Text<'_>, at: u64) -> bool {
        let ask = |automaton: &Automaton| backward(automaton, text, at);
        part.before.is_empty()
            || self
                .before
                .ask(&part.before, Direction::Backward, MatchKind::All, ask)
                .unwrap_or(true)
    }

    /// Matches the body at an offset and asks the validator. A part that does not
    /// compile, which analysis excludes, counts as found.
    pub(super) fn verify(
        &self,
        part: &Part,
        validator: Option<Validator>,
        text: &Text<'_>,
        at: u64,
    ) -> Verified {
        let chooser = validator.filter(|validator| validator.chooses_end());
        let matched = self.matched(part, chooser, text, at);
        let (Some(judge), None, Verdict::Match(end)) = (validator, chooser, matched.verdict) else {
            return matched;
        };
        let mut buffer = [0; JUDGED];
        let judged = text.copy(end.saturating_sub(JUDGED as u64).max(at), end, &mut buffer);
        let verdict = if judge.check(judged) {
            matched.verdict
        } else {
            Verdict::Refuted
        };
        Verified {
            verdict,
            cost: matched.cost + judge.cost(judged),
        }
    }

    fn matched(
        &self,
        part: &Part,
        validator: Option<Validator>,
        text: &Text<'_>,
        at: u64,
    ) -> Verified {
        let ask = |automaton: &Automaton| forward(automaton, validator, text, at);
        let kind = kind(validator);
        let asked = self.body.ask(&part.body, Direction::Forward, kind, ask);
        let Some(tolerant) = asked else {
            return Verified {
                verdict: Verdict::Match(at + 1),
                cost: 1,
            };
        };
        let Verdict::Match(end) = tolerant.verdict else {
            return tolerant;
        };
        if part.exact.is_empty() {
            return tolerant;
        }
        match purity(text, at, end) {
            Purity::Ascii | Purity::Invalid => tolerant,
            Purity::Utf8 => {
                let exact = self.exact.ask(&part.exact, Direction::Forward, kind, ask);
                match exact {
                    None => tolerant,
                    Some(exact) => Verified {
                        cost: exact.cost + tolerant.cost,
                        ..exact
                    },
                }
            }
        }
    }
}

enum Purity {
    Ascii,
    Utf8,
    Invalid,
}

fn purity(text: &Text<'_>, start: u64, end: u64) -> Purity {
    let pieces = text.pieces(start, end);
    if pieces.iter().all(|piece| piece.is_ascii()) {
        return Purity::Ascii;
    }
    let mut buffer = [0; WINDOW as usize + 8];
    match std::str::from_utf8(text.copy(start, end, &mut buffer)) {
        Ok(_) => Purity::Utf8,
        Err(_) => Purity::Invalid,
    }
}

/// Keeps the end of a match, or the last that a validator passes.
struct Ends<'t, 'a> {
    text: &'t Text<'a>,
    at: u64,
    validator: Option<Validator>,
    last: Option<u64>,
    /// Work of the validator.
    cost: u64,
}

impl Ends<'_, '_> {
    fn add(&mut self, end: u64) {
        let passes = self.validator.is_none_or(|validator| {
            // Longer than anything that a validator accepts.
            let mut buffer = [0; Validator::LIMIT + 1];
            let matched = self.text.copy(self.at, end, &mut buffer);
            self.cost += validator.cost(matched);
            validator.check(matched)
        });
        if passes {
            self.last = Some(end);
        }
    }
}

/// `None` when the automaton cannot read the text.
fn forward(
    automaton: &Automaton,
    validator: Option<Validator>,
    text: &Text<'_>,
    at: u64,
) -> Option<Verified> {
    let mut guard = automaton.caches.get();
    let cache: &mut Cache = &mut guard;
    let dfa = &automaton.dfa;
    let config = start::Config::new()
        .anchored(Anchored::Yes)
        .look_behind(text.before(at));
    let mut ends = Ends {
        text,
        at,
        validator,
        last: None,
        cost: 0,
    };
    let mut offset = at;
    let done = |ends: &Ends<'_, '_>, offset: u64| {
        Some(Verified {
            verdict: ends.last.map_or(Verdict::Refuted, Verdict::Match),
            cost: offset - at + ends.cost,
        })
    };
    let Ok(mut state) = dfa.start_state(cache, &config) else {
        return done(&ends, offset);
    };
    // A match shows one byte late, so the window has one byte more.
    for piece in text.pieces(at, at + WINDOW + 1) {
        let mut index = 0;
        while let Some(byte) = piece.get(index) {
            if !automaton.alphabet.has(*byte) {
                return None;
            }
            let Ok(next) = dfa.next_state(cache, state, *byte) else {
                return done(&ends, offset + index as u64);
            };
            state = next;
            if state.is_tagged() {
                if state.is_match() {
                    ends.add(offset + index as u64);
                } else if state.is_dead() || state.is_quit() {
                    return done(&ends, offset + index as u64);
                }
            }
            index += 1;
        }
        offset += piece.len() as u64;
    }
    if offset > at + WINDOW {
        return done(&ends, offset);
    }
    if text.last == Last::Open {
        return Some(Verified {
            verdict: Verdict::Open,
            cost: offset - at + ends.cost,
        });
    }
    if dfa
        .next_eoi_state(cache, state)
        .is_ok_and(|state| state.is_match())
    {
        ends.add(offset);
    }
    done(&ends, offset)
}

/// Whether the automaton matches a text that ends at `at`; `None` when it cannot read
/// that.
fn backward(automaton: &Automaton, text: &Text<'_>, at: u64) -> Option<bool> {
    let mut cache = automaton.caches.get();
    let dfa = &automaton.dfa;
    // Backward, what lies behind is what comes after.
    let config = start::Config::new()
        .anchored(Anchored::Yes)
        .look_behind(text.get(at));
    let Ok(mut state) = dfa.start_state(&mut cache, &config) else {
        return Some(true);
    };
    let least = at.saturating_sub(LOOK_BEHIND as u64 + 1);
    let pieces = text.pieces(least, at);
    for byte in pieces.iter().rev().flat_map(|piece| piece.iter().rev()) {
        if !automaton.alphabet.has(*byte) {
            return None;
        }
        let Ok(next) = dfa.next_state(&mut cache, state, *byte) else {
            return Some(true);
        };
        state = next;
        if state.is_tagged() {
            if state.is_match() {
                return Some(true);
            }
            if state.is_dead() || state.is_quit() {
                return Some(false);
            }
        }
    }
    // The start of the text is an end here; the edge of the look-behind is not.
    let ends = least == 0
        && dfa
            .next_eoi_state(&mut cache, state)
            .is_ok_and(|state| state.is_match());
    Some(ends)
}
