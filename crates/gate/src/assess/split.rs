//! Secrets whose parts stand in several values.

use super::json::{Role, Word, Words};
use super::text::Limit;
use crate::Snapshot;
use pipelock_detect::engine::{Kinds, Outcome};
use pipelock_model::{Finding, View};

/// So many values are tried in every order of two.
const PAIRED: usize = 64;
/// Of each value so many bytes may be part of a secret.
const PART: usize = 256;

/// A value: where it stands among the words, and its bytes.
type Value<'a> = (&'a Word, &'a [u8]);

/// Searches all values behind each other, forwards and backwards, and of a few
/// values each behind each.
///
/// # Errors
/// [`Limit::Work`] when the engine gave up.
pub(super) fn search(
    snapshot: &Snapshot,
    source: &str,
    words: &Words,
    out: &mut Vec<Finding>,
) -> Result<(), Limit> {
    let values: Vec<Value<'_>> = words
        .iter()
        .filter(|word| word.role == Role::Value)
        .map(|word| (word, words.bytes(word)))
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect();
    if values.len() < 2 {
        return Ok(());
    }
    let mut joined = Joined::new(snapshot, source);
    joined.search(values.iter().copied(), out)?;
    joined.search(values.iter().rev().copied(), out)?;
    if values.len() > PAIRED {
        return Ok(());
    }
    for (at, first) in values.iter().enumerate() {
        for (other, second) in values.iter().enumerate() {
            // Neighbours were searched above.
            if at.abs_diff(other) > 1 {
                joined.search([*first, *second].into_iter(), out)?;
            }
        }
    }
    Ok(())
}

struct Joined<'a> {
    snapshot: &'a Snapshot,
    source: &'a str,
    text: Vec<u8>,
    /// Where each value starts in `text`, and the source offset of that byte.
    parts: Vec<(u64, u64)>,
    found: Vec<Finding>,
}

impl<'a> Joined<'a> {
    fn new(snapshot: &'a Snapshot, source: &'a str) -> Self {
        Self {
            snapshot,
            source,
            text: Vec::new(),
            parts: Vec::new(),
            found: Vec::new(),
        }
    }

    fn search<'v>(
        &mut self,
        values: impl Iterator<Item = Value<'v>>,
        out: &mut Vec<Finding>,
    ) -> Result<(), Limit> {
        self.text.clear();
        self.parts.clear();
        for (word, bytes) in values {
            // The end of a long value may begin a secret, and its start end one.
            let start = word.place(self.source, word.start());
            self.parts.push((self.text.len() as u64, start));
            let kept = bytes.len().saturating_sub(PART);
            if kept > PART {
                self.text.extend_from_slice(&bytes[..PART]);
                self.text.push(b'\n');
                let place = word.place(self.source, word.start() + kept as u64);
                self.parts.push((self.text.len() as u64, place));
                self.text.extend_from_slice(&bytes[kept..]);
            } else {
                self.text.extend_from_slice(bytes);
            }
        }
        let engine = &self.snapshot.engine;
        let outcome = engine.scan(Kinds::DLP, &self.text, &mut self.found);
        for finding in std::mem::take(&mut self.found) {
            self.keep(finding, out);
        }
        match outcome {
            Outcome::BudgetExceeded => Err(Limit::Work),
            Outcome::Complete => Ok(()),
        }
    }

    /// Only what reaches over a border is news. Digits next to digits pass a checksum
    /// by chance.
    fn keep(&self, finding: Finding, out: &mut Vec<Finding>) {
        let part = |offset: u64| {
            let after = self.parts.partition_point(|(at, _)| *at <= offset);
            after.saturating_sub(1)
        };
        let (first, last) = (
            part(finding.span.start),
            part(finding.span.end.saturating_sub(1)),
        );
        let checked = self.snapshot.engine.rule(finding.rule).validator.is_some();
        if first == last || checked {
            return;
        }
        let (Some((at, place)), Some((next, _))) =
            (self.parts.get(first), self.parts.get(first + 1))
        else {
            return;
        };
        let start = place + (finding.span.start - at);
        // The part in the first value; the others may stand anywhere.
        let span = start..start + (next - finding.span.start);
        out.push(Finding {
            span,
            view: View::Split,
            ..finding
        });
    }
}
