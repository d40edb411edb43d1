//! Ends of a body that moves on.

use std::fmt;

/// What is kept of the start.
pub(crate) const FIRST: usize = 64 * 1024;
/// What is kept of the end of a longer one.
const LAST: usize = 4 * 1024;

/// The start of a body, and its end so far.
#[derive(Default)]
pub(crate) struct Sample {
    first: Vec<u8>,
    last: Vec<u8>,
    total: u64,
    /// The start was judged while the body went on.
    pub(crate) judged: bool,
}

// Of a body nothing may reach a log.
impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sample")
    }
}

impl Sample {
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        let room = FIRST - self.first.len();
        let (start, rest) = chunk.split_at(chunk.len().min(room));
        self.first.extend_from_slice(start);
        if !rest.is_empty() {
            self.last
                .extend_from_slice(&rest[rest.len().saturating_sub(LAST)..]);
            let extra = self.last.len().saturating_sub(LAST);
            self.last.drain(..extra);
        }
    }

    /// Bytes that it holds.
    pub(crate) fn held(&self) -> u64 {
        (self.first.len() + self.last.len()) as u64
    }

    /// The whole body, when it was short.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        (!self.is_longer()).then_some(&self.first)
    }

    /// True when the body is longer than what is kept of its start.
    pub(crate) const fn is_longer(&self) -> bool {
        self.total > FIRST as u64
    }

    pub(crate) fn first(&self) -> &[u8] {
        &self.first
    }

    /// The end, or all of it.
    pub(crate) fn end(&self) -> &[u8] {
        if self.is_longer() {
            &self.last
        } else {
            &self.first
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_long_body_are_kept_however_it_is_cut() {
        let text: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        for chunk in [1000, 64 * 1024, text.len()] {
            let mut sample = Sample::default();
            text.chunks(chunk).for_each(|part| sample.push(part));
            assert_eq!(sample.first(), &text[..FIRST]);
            assert_eq!(sample.end(), &text[text.len() - LAST..]);
            assert!(sample.is_longer() && sample.whole().is_none());
        }
        let mut sample = Sample::default();
        text[..FIRST].chunks(7).for_each(|part| sample.push(part));
        assert_eq!(sample.whole(), Some(&text[..FIRST]));
        assert_eq!(sample.end(), &text[..FIRST]);
    }
}
