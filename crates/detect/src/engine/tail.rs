//! What a stream keeps of the text that went by.

use super::text::Text;

/// Bytes that are kept without an allocation: look-behind, a begun anchor, a run.
const INLINE: usize = 160;
/// A buffer larger than this is given back when it is empty.
const SPARE: usize = 8 * 1024;

/// The last bytes of a stream.
#[derive(Debug, Clone)]
pub(super) struct Tail {
    inline: [u8; INLINE],
    length: usize,
    /// In use when `length` is 0.
    heap: Vec<u8>,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            inline: [0; INLINE],
            length: 0,
            heap: Vec::new(),
        }
    }
}

impl Tail {
    pub(super) fn bytes(&self) -> &[u8] {
        if self.length > 0 {
            &self.inline[..self.length]
        } else {
            &self.heap
        }
    }

    /// Appends the chunk and drops what lies before `from`.
    pub(super) fn keep(&mut self, base: u64, chunk: &[u8], from: u64) {
        let old = self.bytes().len();
        let drop = usize::try_from(from.saturating_sub(base))
            .unwrap_or(usize::MAX)
            .min(old + chunk.len());
        let (from_old, from_chunk) = (drop.min(old), drop.saturating_sub(old));
        let (rest, chunk) = (old - from_old, &chunk[from_chunk..]);
        let total = rest + chunk.len();
        if total <= INLINE {
            let mut next = [0; INLINE];
            next[..rest].copy_from_slice(&self.bytes()[from_old..]);
            next[rest..total].copy_from_slice(chunk);
            (self.inline, self.length) = (next, total);
            self.heap.clear();
            if self.heap.capacity() > SPARE {
                self.heap = Vec::new();
            }
            return;
        }
        if self.length > 0 {
            self.heap.clear();
            self.heap.extend_from_slice(&self.inline[..self.length]);
            self.length = 0;
        }
        self.heap.drain(..from_old);
        self.heap.extend_from_slice(chunk);
    }

    /// The text of this tail and a chunk behind it.
    pub(super) fn text<'a>(
        &'a self,
        middle: u64,
        chunk: &'a [u8],
        last: super::text::Last,
    ) -> Text<'a> {
        let kept = self.bytes();
        Text {
            base: middle - kept.len() as u64,
            kept,
            chunk,
            last,
        }
    }
}
