//! What a watch keeps of the text that went by.

/// Bytes that are kept without an allocation.
const INLINE: usize = 864;

/// The last bytes of a text.
#[derive(Clone, Default)]
pub(super) struct Kept {
    store: Store,
}

/// Clean text needs no allocation, so the bytes stand here.
#[allow(
    clippy::large_enum_variant,
    reason = "the common case is the large one"
)]
#[derive(Clone)]
enum Store {
    Inline([u8; INLINE], usize),
    Heap(Vec<u8>),
}

impl Default for Store {
    fn default() -> Self {
        Self::Inline([0; INLINE], 0)
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes().len())
    }
}

impl Kept {
    pub(super) const fn new() -> Self {
        Self {
            store: Store::Inline([0; INLINE], 0),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match &self.store {
            Store::Inline(bytes, length) => &bytes[..*length],
            Store::Heap(bytes) => bytes,
        }
    }

    /// Appends a chunk and drops what lies before `from`; the first kept byte has
    /// the offset `base`.
    pub(super) fn keep(&mut self, base: u64, chunk: &[u8], from: u64) {
        let old = self.bytes().len();
        let drop = usize::try_from(from.saturating_sub(base))
            .unwrap_or(usize::MAX)
            .min(old + chunk.len());
        let chunk = &chunk[drop.saturating_sub(old)..];
        let gone = drop.min(old);
        let total = old - gone + chunk.len();
        if total <= INLINE {
            let mut bytes = [0; INLINE];
            bytes[..old - gone].copy_from_slice(&self.bytes()[gone..]);
            bytes[old - gone..total].copy_from_slice(chunk);
            self.store = Store::Inline(bytes, total);
        } else if let Store::Heap(bytes) = &mut self.store {
            bytes.drain(..gone);
            bytes.extend_from_slice(chunk);
        } else {
            let mut bytes = Vec::with_capacity(total.max(1024));
            bytes.extend_from_slice(&self.bytes()[gone..]);
            bytes.extend_from_slice(chunk);
            self.store = Store::Heap(bytes);
        }
    }
}

/// What was kept, and a piece behind it.
pub(super) struct Text<'a> {
    pub(super) kept: &'a [u8],
    pub(super) chunk: &'a [u8],
    /// Offset of the first byte of the chunk.
    pub(super) middle: u64,
    pub(super) end: u64,
}

impl<'a> Text<'a> {
    pub(super) const fn base(&self) -> u64 {
        self.middle - self.kept.len() as u64
    }

    /// Copies what lies between these offsets, as far as it is here and fits.
    fn copy<'b>(&self, start: u64, end: u64, buffer: &'b mut [u8]) -> &'b [u8] {
        let mut length = 0;
        for (piece, base) in [(self.kept, self.base()), (self.chunk, self.middle)] {
            let index = |offset: u64| {
                usize::try_from(offset.saturating_sub(base))
                    .unwrap_or(usize::MAX)
                    .min(piece.len())
            };
            let piece = piece.get(index(start)..index(end)).unwrap_or_default();
            let take = piece.len().min(buffer.len() - length);
            buffer[length..length + take].copy_from_slice(&piece[..take]);
            length += take;
        }
        &buffer[..length]
    }

    /// The text between these offsets, copied only when it lies in both pieces.
    pub(super) fn window<'b>(&self, start: u64, end: u64, buffer: &'b mut [u8]) -> &'b [u8]
    where
        'a: 'b,
    {
        let index = |offset: u64| usize::try_from(offset - self.middle).ok();
        let inside = start
            .checked_sub(self.middle)
            .and_then(|_| self.chunk.get(index(start)?..index(end)?));
        match inside {
            Some(window) => window,
            None => self.copy(start, end, buffer),
        }
    }
}
