//! What the first bytes of a match may be, place by place. Most hits of an anchor are
//! refuted by a look at these, before anything is compiled or run.

use super::program::program;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;
use std::borrow::Cow;

/// Places that are looked at behind an anchor.
pub(super) const PLACES: usize = 20;
/// Most different sets.
const SETS: usize = 12;

/// Sets of bytes for the first places of every match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guard {
    /// Bitmaps.
    pub sets: Cow<'static, [[u64; 4]]>,
    /// The number of the set of each place.
    pub places: Cow<'static, [u8]>,
}

impl Guard {
    /// That of a pattern, for so many places; it says nothing where that does not
    /// compile.
    pub(super) fn new(body: &Hir, places: usize) -> Self {
        program(body, None)
            .map(|nfa| Walk::new(&nfa).guard(places))
            .unwrap_or_default()
    }
}

/// All states in which a match may be after so many bytes.
struct Walk<'n> {
    nfa: &'n NFA,
    states: Vec<StateID>,
    seen: Vec<bool>,
    /// A match may end here.
    ends: bool,
}

impl<'n> Walk<'n> {
    fn new(nfa: &'n NFA) -> Self {
        let mut walk = Self {
            nfa,
            states: Vec::new(),
            seen: vec![false; nfa.states().len()],
            ends: false,
        };
        walk.reach(vec![nfa.start_anchored()]);
        walk
    }

    fn guard(mut self, limit: usize) -> Guard {
        let (mut sets, mut places): (Vec<[u64; 4]>, Vec<u8>) = (Vec::new(), Vec::new());
        while !self.ends && places.len() < limit {
            let set = self.step();
            let known = sets.iter().position(|have| *have == set);
            if known.is_none() {
                if sets.len() == SETS {
                    break;
                }
                sets.push(set);
            }
            places.push(known.unwrap_or(sets.len() - 1) as u8);
        }
        Guard {
            sets: sets.into(),
            places: places.into(),
        }
    }

    /// Follows all that takes no byte. Assertions are taken to hold.
    fn reach(&mut self, from: Vec<StateID>) {
        self.states.clear();
        self.seen.fill(false);
        let mut open = from;
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut self.seen[id.as_usize()], true) {
                continue;
            }
            match self.nfa.state(id) {
                State::Look { next, .. } | State::Capture { next, .. } => open.push(*next),
                State::Union { alternates } => open.extend_from_slice(alternates),
                State::BinaryUnion { alt1, alt2 } => open.extend([*alt1, *alt2]),
                State::Match { .. } => self.ends = true,
                State::Fail => {}
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => {
                    self.states.push(id);
                }
            }
        }
    }

    /// Takes one byte; returns which it may be.
    fn step(&mut self) -> [u64; 4] {
        let (mut set, mut next) = ([0; 4], Vec::new());
        for id in &self.states {
            match self.nfa.state(*id) {
                State::ByteRange { trans } => {
                    add(&mut set, trans.start, trans.end);
                    next.push(trans.next);
                }
                State::Sparse(sparse) => {
                    for trans in &sparse.transitions {
                        add(&mut set, trans.start, trans.end);
                        next.push(trans.next);
                    }
                }
                // Made by no compiler of ours; anything may follow.
                State::Dense(dense) => {
                    set = [u64::MAX; 4];
                    next.extend_from_slice(&dense.transitions);
                }
                _ => {}
            }
        }
        self.reach(next);
        set
    }
}

fn add(set: &mut [u64; 4], start: u8, end: u8) {
    for byte in start..=end {
        set[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(pattern: &str) -> Guard {
        Guard::new(
            &super::super::parser().parse(pattern).expect("a pattern"),
            PLACES,
        )
    }

    fn passes(guard: &Guard, text: &[u8]) -> bool {
        text.iter().zip(&*guard.places).all(|(byte, place)| {
            let set = guard.sets[usize::from(*place)];
            set[usize::from(byte >> 6)] & 1 << (byte & 63) != 0
        })
    }

    #[test]
    fn a_guard_passes_every_start_of_a_match_and_few_others() {
        let cases: [(&str, &[u8], bool); 12] = [
            ("ey[A-Z]{10,}", b"eyABCDEFGHIJ", true),
            ("ey[A-Z]{10,}", b"eyABCDEFGHI.", false),
            ("ey[A-Z]{10,}", b"EYABCDEFGHIJ", false),
            (r"the\s+user", b"the  user", true),
            (r"the\s+user", b"the comm", false),
            (r"\bDAN\b", b"DAN!", true),
            (r"\bDAN\b", b"dan ", false),
            ("ab?c", b"ac then", true),
            ("ab?cd", b"abx", false),
            ("(?s-u:a.{40}z)", b"a\xff\x00 what", true),
            ("(?i)kelvin", "\u{212a}elvin".as_bytes(), true),
            ("a|bcdefg", b"bx", true),
        ];
        for (pattern, text, want) in cases {
            assert_eq!(passes(&guard(pattern), text), want, "{pattern} {text:?}");
        }
    }

    #[test]
    fn a_guard_ends_where_a_match_may() {
        let cases = [("a|bcdefg", 1), ("abc", 3), ("[a-z]{100}", 20), ("", 0)];
        for (pattern, places) in cases {
            assert_eq!(guard(pattern).places.len(), places, "{pattern}");
        }
    }
}
