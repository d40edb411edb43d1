//! Bytes in any chunking to characters, with their place in the source.

/// The next part of a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// Whole characters.
    Text(&'a str),
    /// So many bytes that belong to no character.
    Bad(usize),
}

/// The state between two chunks: a character that is not whole yet.
#[derive(Clone, Default)]
pub(super) struct Decoder {
    /// Source offset of the first byte that has not been given out.
    pub(super) at: u64,
    cut: [u8; 3],
    length: usize,
}

impl Decoder {
    pub(super) fn new(start: u64) -> Self {
        Self {
            at: start,
            ..Self::default()
        }
    }

    /// Gives the parts of the chunk and their offsets, in order.
    pub(super) fn push(&mut self, chunk: &[u8], mut give: impl FnMut(Part<'_>, u64)) {
        let rest = self.complete(chunk, &mut give);
        // The usual case: much faster than piece by piece.
        if let Ok(text) = str::from_utf8(rest) {
            if !text.is_empty() {
                self.part(Part::Text(text), text.len(), &mut give);
            }
            return;
        }
        let mut valid = rest.utf8_chunks().peekable();
        while let Some(piece) = valid.next() {
            if !piece.valid().is_empty() {
                self.part(Part::Text(piece.valid()), piece.valid().len(), &mut give);
            }
            let bad = piece.invalid();
            if valid.peek().is_none() && is_cut(bad) {
                self.cut[..bad.len()].copy_from_slice(bad);
                self.length = bad.len();
            } else if !bad.is_empty() {
                self.part(Part::Bad(bad.len()), bad.len(), &mut give);
            }
        }
    }

    /// What is still cut is bad.
    pub(super) fn finish(&mut self, mut give: impl FnMut(Part<'_>, u64)) {
        let length = std::mem::take(&mut self.length);
        if length > 0 {
            self.part(Part::Bad(length), length, &mut give);
        }
    }

    /// Whether part of a character is held back.
    pub(super) fn is_cut(&self) -> bool {
        self.length > 0
    }

    /// Ends the character that the last chunk began and returns what is left.
    fn complete<'a>(
        &mut self,
        mut chunk: &'a [u8],
        give: &mut impl FnMut(Part<'_>, u64),
    ) -> &'a [u8] {
        while self.length > 0
            && let Some((&byte, rest)) = chunk.split_first()
        {
            let mut whole = [0; 4];
            whole[..self.length].copy_from_slice(&self.cut[..self.length]);
            whole[self.length] = byte;
            let whole = &whole[..=self.length];
            if let Ok(text) = str::from_utf8(whole) {
                self.length = 0;
                self.part(Part::Text(text), whole.len(), give);
            } else if is_cut(whole) {
                self.cut[self.length] = byte;
                self.length += 1;
            } else {
                // The byte that does not fit may begin the next character.
                self.finish(&mut *give);
                break;
            }
            chunk = rest;
        }
        chunk
    }

    fn part(&mut self, part: Part<'_>, length: usize, give: &mut impl FnMut(Part<'_>, u64)) {
        give(part, self.at);
        self.at += length as u64;
    }
}

/// Whether these bytes begin a character and lack its end.
fn is_cut(bytes: &[u8]) -> bool {
    str::from_utf8(bytes)
        .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}
