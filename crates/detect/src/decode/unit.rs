//! Transducers for encodings of a whole text.

/// Undoes quoted-printable (RFC 2045 §6.7).
#[derive(Debug, Clone)]
pub struct QuotedPrintable {
    read: u64,
}

impl QuotedPrintable {
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

/// Undoes UTF-7 (RFC 2152).
#[derive(Debug, Clone)]
pub struct Utf7 {
    read: u64,
}

impl Utf7 {
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

/// Drops ISO-2022 escape sequences and reads full-width letters.
#[derive(Debug, Clone)]
pub struct Iso2022 {
    read: u64,
}

impl Iso2022 {
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

/// Narrows UTF-16 and UTF-32 to UTF-8.
#[derive(Debug, Clone)]
pub struct Wide {
    read: u64,
}

impl Wide {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(form: WideForm, start: u64) -> Self {
        let _ = form;
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

/// A form of Unicode text with units of more than a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WideForm {
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// UTF-32, little end first.
    Utf32Le,
    /// UTF-32, big end first.
    Utf32Be,
}

/// The form of a text without a mark, told by its zero bytes.
#[must_use]
pub fn wide_form(_text: &[u8]) -> Option<WideForm> {
    None
}

/// Where quoted-printable begins, if the chunk has evidence of it: two `=HH` or one
/// soft line break.
#[must_use]
pub fn first_quoted(_chunk: &[u8]) -> Option<usize> {
    None
}

/// Where the first UTF-7 run of letters begins.
#[must_use]
pub fn first_utf7(_chunk: &[u8]) -> Option<usize> {
    None
}

/// Where the first ISO-2022 escape sequence begins.
#[must_use]
pub fn first_iso_2022(_chunk: &[u8]) -> Option<usize> {
    None
}
