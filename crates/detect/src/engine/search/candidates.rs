//! From a hit to a finding.

use super::super::confidence::confidence;
use super::super::guards::Judged;
use super::super::matcher::{Verdict, WINDOW};
use super::super::runs::Said;
use super::super::text::{Last, Text};
use super::super::{Engine, Hits, RunPart};
use super::joined::{self, Joining};
use super::{Due, RUN_ENDS, Search, TEXT_BEFORE, WORK_PER_HIT};
use crate::pattern::LOOK_BEHIND;
use crate::rule::RuleKind;
use pipelock_model::{Confidence, Finding, View};

/// Most candidates that wait at a time.
const PENDING_LIMIT: usize = 4096;
/// Looks at one candidate before it must have grown by a quarter for the next.
const EAGER_LOOKS: u8 = 16;
/// An instruction shorter than this turns up by chance in compressed data.
const SHORT: u64 = 8;

/// Words of one scrambled text stand no further apart, in bytes.
const SCRAMBLED: u64 = 128;

/// A place that may become a finding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    part: u16,
    /// Length of its anchor; 0 for runs.
    anchor: u8,
    looks: u8,
    pub(super) at: u64,
    /// End of the text from which the next look is due.
    due: u64,
}

impl Search {
    /// Looks at a hit.
    pub(super) fn consider(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        part: u16,
        anchor: u8,
        at: u64,
        out: &mut Vec<Finding>,
    ) {
        if self.exhausted {
            return;
        }
        let judged = engine.guards.judge(part, anchor, text, at);
        if judged == Judged::Refuted {
            return self.spend(WORK_PER_HIT);
        }
        let candidate = Candidate {
            part,
            anchor,
            looks: 0,
            at,
            due: 0,
        };
        let waits = self.pending.iter().any(|earlier| earlier.part == part);
        if !waits && self.is_covered(part, at) {
            return;
        }
        if matches!(engine.hits(part), Hits::Gap) && inside_word(text, at) {
            return;
        }
        if let Hits::Part(entry) = engine.hits(part) {
            if entry.part.word_start && inside_word(text, at) {
                return;
            }
            if let Judged::Cut(cost) = judged
                && !joined::may_join(engine, &entry, at, anchor, cost, text)
            {
                return self.spend(WORK_PER_HIT);
            }
            if !entry.part.before.is_empty() {
                self.spend(LOOK_BEHIND as u64 / 4);
                if !entry.matcher.preceded(entry.part, text, at) {
                    return;
                }
            }
        }
        self.spend(WORK_PER_HIT);
        if waits || !self.decide(engine, text, &candidate, out) {
            self.wait(candidate, text);
        }
    }

    fn wait(&mut self, mut candidate: Candidate, text: &Text<'_>) {
        candidate.looks = candidate.looks.saturating_add(1);
        let grown = text.end().saturating_sub(candidate.at);
        let backoff = if candidate.looks > EAGER_LOOKS {
            grown / 4
        } else {
            0
        };
        candidate.due = (text.end() + backoff).min(candidate.at + WINDOW + 1);
        if self.pending.len() >= PENDING_LIMIT {
            self.exhausted = true;
        } else {
            self.pending.push(candidate);
        }
    }

    /// Looks once more at what waits.
    pub(super) fn settle(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        due: Due,
        out: &mut Vec<Finding>,
    ) {
        let mut open: Vec<u16> = Vec::new();
        for candidate in std::mem::take(&mut self.pending) {
            if self.exhausted {
                return;
            }
            let later = due == Due::Later && text.last == Last::Open && text.end() < candidate.due;
            if open.contains(&candidate.part) {
                self.pending.push(candidate);
            } else if later {
                open.push(candidate.part);
                self.pending.push(candidate);
            } else if !self.is_covered(candidate.part, candidate.at)
                && !self.decide(engine, text, &candidate, out)
            {
                open.push(candidate.part);
                self.wait(candidate, text);
            }
        }
    }

    /// Verifies a candidate. False when more text decides.
    fn decide(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        candidate: &Candidate,
        out: &mut Vec<Finding>,
    ) -> bool {
        let entry = match engine.hits(candidate.part) {
            Hits::Part(entry) => entry,
            Hits::Secret(secret) => return self.decide_secret(secret, text, candidate, out),
            Hits::Scrambled(view) => {
                let read = self.decide_scrambled(engine, view, text, candidate.at, out);
                if read {
                    // What follows was in the window.
                    self.cover(candidate.part, candidate.at + SCRAMBLED);
                }
                return read;
            }
            Hits::Gap => {
                let joining = Joining::gap(candidate.at, candidate.anchor);
                return self.decide_joined(engine, text, joining, out);
            }
        };
        let run = engine.outsider(candidate.part);
        match run.map(|run| self.read_run(run, text, candidate.at)) {
            Some(Said::Refuted) => return true,
            Some(Said::Open) => return false,
            Some(Said::Ends) | None => {}
        }
        let verified = entry
            .matcher
            .verify(entry.part, entry.rule.validator, text, candidate.at);
        self.spend(verified.cost);
        let end = match verified.verdict {
            Verdict::Refuted => {
                // Not by the end of its window, which a later start has not reached.
                if run.is_some() && verified.cost < WINDOW {
                    self.run_ends[usize::from(candidate.part) % RUN_ENDS].refute();
                }
                let joining =
                    Joining::body(&entry, candidate.at, candidate.anchor, verified.cost, text);
                return joining
                    .is_none_or(|joining| self.decide_joined(engine, text, joining, out));
            }
            Verdict::Open => return false,
            Verdict::Match(end) => end,
        };
        let short = entry.rule.kind == RuleKind::Injection && end - candidate.at < SHORT;
        if short && !follows_text(text, candidate.at) {
            return true;
        }
        let Some(confidence) = confidence(entry.rule, candidate.anchor, text, candidate.at, end)
        else {
            return false;
        };
        self.cover(candidate.part, end);
        let span = candidate.at..end;
        self.emit(
            Finding {
                rule: entry.index,
                span,
                view: View::Plain,
                confidence,
            },
            out,
        );
        true
    }

    /// Compares the text with a known secret; letter case does not matter.
    fn decide_secret(
        &mut self,
        secret: &super::super::SecretEntry,
        text: &Text<'_>,
        candidate: &Candidate,
        out: &mut Vec<Finding>,
    ) -> bool {
        let end = candidate.at + secret.value.len() as u64;
        let mut rest = secret.value.iter();
        let pieces = text.pieces(candidate.at, end);
        let bytes = pieces.iter().flat_map(|piece| piece.iter());
        let mut read = 0;
        for byte in bytes {
            let same = rest
                .next()
                .is_some_and(|want| want.eq_ignore_ascii_case(byte));
            if !same {
                return true;
            }
            read += 1;
        }
        self.spend(read / 4);
        if read < secret.value.len() as u64 {
            return text.last == Last::End;
        }
        self.cover(candidate.part, end);
        self.emit(
            Finding {
                rule: secret.rule,
                span: candidate.at..end,
                view: secret.view,
                confidence: Confidence::Certain,
            },
            out,
        );
        true
    }

    fn read_run(&mut self, run: &RunPart, text: &Text<'_>, at: u64) -> Said {
        let slot = &mut self.run_ends[usize::from(run.part) % RUN_ENDS];
        let (said, read) = slot.read(run.part, &run.set, text, at, WINDOW);
        self.spend(read);
        said
    }

    pub(super) fn is_covered(&self, part: u16, at: u64) -> bool {
        self.covered
            .iter()
            .any(|(have, until)| *have == part && at < *until)
    }

    pub(super) fn cover(&mut self, part: u16, end: u64) {
        match self.covered.iter_mut().find(|(have, _)| *have == part) {
            Some((_, until)) => *until = end.max(*until),
            None => self.covered.push((part, end)),
        }
    }
}

/// True when what stands before is text, as far as it goes: UTF-8 without control
/// characters. Chance meets this once in some million places of random bytes.
fn follows_text(text: &Text<'_>, at: u64) -> bool {
    let mut buffer = [0; TEXT_BEFORE as usize];
    let before = text.copy(at.saturating_sub(TEXT_BEFORE), at, &mut buffer);
    // The window may begin inside a character.
    let cut = before
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0xc0 == 0x80)
        .count();
    let is_text = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        // What the normaliser makes of bytes that are no text.
        char::REPLACEMENT_CHARACTER => false,
        c => !c.is_control(),
    };
    std::str::from_utf8(&before[cut..]).is_ok_and(|text| text.chars().all(is_text))
}

/// No word starts here.
pub(super) fn inside_word(text: &Text<'_>, at: u64) -> bool {
    let word =
        |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word(text.get(at)) && word(text.before(at))
}
