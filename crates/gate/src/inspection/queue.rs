//! Bytes that wait, in order.

use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;

/// Smaller chunks are copied together: each would keep a whole read buffer alive.
const SMALL: usize = 16 * 1024;
/// Copies are handed on in pieces of about this size.
const PIECE: usize = 64 * 1024;

/// Bytes that may go, in order.
#[derive(Debug, Default)]
pub struct Pieces {
    first: Bytes,
    rest: Vec<Bytes>,
}

impl Pieces {
    /// One piece.
    #[must_use]
    pub(crate) const fn one(bytes: Bytes) -> Self {
        Self {
            first: bytes,
            rest: Vec::new(),
        }
    }

    fn push(&mut self, bytes: Bytes) {
        if self.first.is_empty() {
            self.first = bytes;
        } else if !bytes.is_empty() {
            self.rest.push(bytes);
        }
    }

    /// Bytes in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.first.len() + self.rest.iter().map(Bytes::len).sum::<usize>()
    }

    /// True without bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The pieces, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Bytes> + Clone {
        std::iter::once(&self.first)
            .chain(&self.rest)
            .filter(|piece| !piece.is_empty())
    }

    pub(crate) fn concat(self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        self.iter().for_each(|piece| all.extend_from_slice(piece));
        all
    }
}

/// The queue of an inspection.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pieces: VecDeque<Bytes>,
    small: BytesMut,
    len: u64,
    released: u64,
}

impl Queue {
    pub(crate) fn push(&mut self, chunk: Bytes) {
        self.len += chunk.len() as u64;
        if chunk.len() < SMALL && !(self.pieces.is_empty() && self.small.is_empty()) {
            self.small.extend_from_slice(&chunk);
            if self.small.len() >= PIECE {
                self.flush_small();
            }
            return;
        }
        self.flush_small();
        self.pieces.push_back(chunk);
    }

    fn flush_small(&mut self) {
        if !self.small.is_empty() {
            self.pieces.push_back(self.small.split().freeze());
        }
    }

    /// Bytes that wait.
    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// Takes what lies before an offset of the stream.
    pub(crate) fn take_until(&mut self, offset: u64) -> Pieces {
        self.flush_small();
        let mut out = Pieces::default();
        let mut room = offset.saturating_sub(self.released);
        while room > 0 {
            let Some(mut piece) = self.pieces.pop_front() else {
                break;
            };
            if piece.len() as u64 > room {
                let part = piece.split_to(usize::try_from(room).unwrap_or(usize::MAX));
                self.pieces.push_front(piece);
                piece = part;
            }
            let taken = piece.len() as u64;
            room -= taken;
            self.len -= taken;
            self.released += taken;
            out.push(piece);
        }
        out
    }

    /// Everything that waits, in one piece, which goes on waiting.
    pub(crate) fn whole(&mut self) -> Bytes {
        self.flush_small();
        if self.pieces.len() > 1 {
            let mut all = BytesMut::with_capacity(usize::try_from(self.len).unwrap_or(0));
            self.pieces
                .drain(..)
                .for_each(|piece| all.extend_from_slice(&piece));
            self.pieces.push_back(all.freeze());
        }
        self.pieces.front().cloned().unwrap_or_default()
    }

    pub(crate) fn take_all(&mut self) -> Pieces {
        self.take_until(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_order_at_any_cut() {
        let text: Vec<u8> = (0..30_000_u32).flat_map(u32::to_le_bytes).collect();
        for chunk in [1, 7, 1023, SMALL - 1, SMALL, SMALL + 1] {
            for cut in [0_u64, 1, 1024, 70_000, 119_999] {
                let mut queue = Queue::default();
                text.chunks(chunk)
                    .for_each(|part| queue.push(Bytes::copy_from_slice(part)));
                let mut all = queue.take_until(cut).concat();
                assert_eq!(all.len() as u64, cut, "chunk {chunk}");
                assert_eq!(queue.len(), text.len() as u64 - cut);
                all.extend(queue.take_all().concat());
                assert!(all == text, "chunk {chunk}, cut {cut}");
            }
        }
    }

    #[test]
    fn a_look_at_the_whole_takes_nothing() {
        let mut queue = Queue::default();
        for part in ["one ", "two ", "three"] {
            queue.push(Bytes::from_static(part.as_bytes()));
        }
        assert_eq!(queue.whole(), "one two three");
        assert_eq!(queue.len(), 13);
        assert_eq!(queue.take_all().concat(), b"one two three");
        assert_eq!(queue.whole(), "");
    }

    #[test]
    fn many_tiny_chunks_share_buffers() {
        let mut queue = Queue::default();
        (0..100_000).for_each(|_| queue.push(Bytes::from_static(b"x")));
        assert!(queue.pieces.len() < 16, "{} pieces", queue.pieces.len());
    }
}
