//! Text in two pieces, addressed by its offset in the stream.

/// What is kept of earlier chunks, the chunk at hand, and whether it is the last.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    /// Offset of the first kept byte.
    pub(super) base: u64,
    pub(super) kept: &'a [u8],
    pub(super) chunk: &'a [u8],
    pub(super) last: Last,
}

/// Whether text may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// More may come.
    Open,
    /// This is the end of the text.
    End,
}

impl<'a> Text<'a> {
    /// Offset of the first byte of the chunk.
    pub(super) fn middle(&self) -> u64 {
        self.base + self.kept.len() as u64
    }

    /// Offset behind the last byte.
    pub(super) fn end(&self) -> u64 {
        self.middle() + self.chunk.len() as u64
    }

    /// The byte at an offset, if it is here.
    pub(super) fn get(&self, offset: u64) -> Option<u8> {
        let index = usize::try_from(offset.checked_sub(self.base)?).ok()?;
        match index.checked_sub(self.kept.len()) {
            None => self.kept.get(index).copied(),
            Some(index) => self.chunk.get(index).copied(),
        }
    }

    /// What is here from an offset on, or the first piece of it.
    pub(super) fn from(&self, offset: u64) -> &'a [u8] {
        let index = offset.checked_sub(self.base).map(usize::try_from);
        let Some(Ok(index)) = index else {
            return &[];
        };
        match index.checked_sub(self.kept.len()) {
            None => &self.kept[index..],
            Some(index) => self.chunk.get(index..).unwrap_or_default(),
        }
    }

    /// The byte before an offset.
    pub(super) fn before(&self, offset: u64) -> Option<u8> {
        offset.checked_sub(1).and_then(|offset| self.get(offset))
    }

    /// The two pieces of what lies between these offsets, cut to what is here.
    pub(super) fn pieces(&self, start: u64, end: u64) -> [&'a [u8]; 2] {
        let cut = |piece: &'a [u8], base: u64| {
            let index =
                |offset: u64| usize::try_from(offset.saturating_sub(base)).unwrap_or(usize::MAX);
            let end = index(end).min(piece.len());
            &piece[index(start).min(end)..end]
        };
        [cut(self.kept, self.base), cut(self.chunk, self.middle())]
    }

    /// Copies what lies between these offsets into `buffer`, as far as it fits.
    pub(super) fn copy<'b>(&self, start: u64, end: u64, buffer: &'b mut [u8]) -> &'b [u8] {
        let mut length = 0;
        for piece in self.pieces(start, end) {
            let take = piece.len().min(buffer.len() - length);
            buffer[length..length + take].copy_from_slice(&piece[..take]);
            length += take;
        }
        &buffer[..length]
    }
}
