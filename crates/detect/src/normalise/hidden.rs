//! Text that is written in characters nobody sees.

/// Gives every hidden byte of the text with the source offset that it came from.
pub fn hidden_text(text: &[u8], mut give: impl FnMut(u8, u64)) {
    let mut hidden = Hidden::new(0);
    hidden.push(text, &mut give);
    hidden.finish(&mut give);
}

/// The incremental form of [`hidden_text`].
#[derive(Clone)]
pub struct Hidden {
    at: u64,
}

impl Hidden {
    /// A decoder whose first byte stands at this source offset.
    pub fn new(start: u64) -> Self {
        Self { at: start }
    }

    /// Reads the next bytes of the text.
    pub fn push(&mut self, chunk: &[u8], _give: &mut impl FnMut(u8, u64)) {
        self.at += chunk.len() as u64;
    }

    /// Ends the text.
    pub fn finish(&mut self, _give: &mut impl FnMut(u8, u64)) {}
}
