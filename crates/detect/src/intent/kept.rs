//! What a watch keeps of the text that went by.

/// Bytes that are kept without an allocation.
const INLINE: usize = 608;

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
