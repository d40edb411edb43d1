//! UTF-16 and UTF-32.

use super::{Held, Units, give_char};

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

impl WideForm {
    pub(super) const fn width(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }
}

/// Narrows UTF-16 and UTF-32 to UTF-8. What is no character is U+FFFD.
#[derive(Debug, Clone)]
pub struct Wide {
    form: WideForm,
    held: Held<4>,
    units: Units,
    read: u64,
}

impl Wide {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(form: WideForm, start: u64) -> Self {
        Self {
            form,
            held: Held::NEW,
            units: Units::default(),
            read: start,
        }
    }

    /// Decodes one byte, giving out what nothing later can change.
    pub fn push(&mut self, byte: u8, give: &mut impl FnMut(u8, u64)) {
        self.held.hold(byte, self.read);
        self.read += 1;
        if self.held.len < self.form.width() {
            return;
        }
        let [a, b, c, d] = self.held.bytes.map(|(byte, _)| byte);
        let source = self.held.source().unwrap_or(self.read);
        self.held.clear();
        match self.form {
            WideForm::Utf16Le => self.units.push(u16::from_le_bytes([a, b]), source, give),
            WideForm::Utf16Be => self.units.push(u16::from_be_bytes([a, b]), source, give),
            WideForm::Utf32Le => {
                give_char(
                    char::from_u32(u32::from_le_bytes([a, b, c, d])),
                    source,
                    give,
                );
            }
            WideForm::Utf32Be => {
                give_char(
                    char::from_u32(u32::from_be_bytes([a, b, c, d])),
                    source,
                    give,
                );
            }
        }
    }

    /// Gives out what still waits: a unit that was cut off, as it is.
    pub fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        self.units.flush(give);
        self.held.give(give);
    }

    /// Source offset of the first byte that was not given out.
    #[must_use]
    pub fn given(&self) -> u64 {
        let held = self.units.source().or(self.held.source());
        held.unwrap_or(self.read)
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.held.len == 0 && self.units.high.is_none()
    }
}

/// Bytes by which the form is told, and fewest that tell it.
const LOOK: usize = 256;
const LEAST: usize = 16;

/// The form of a text without a mark, told by its zero bytes: nearly every unit of a
/// text in Latin letters has them at the same places.
#[must_use]
pub fn wide_form(text: &[u8]) -> Option<WideForm> {
    let look = &text[..text.len().min(LOOK)];
    let look = &look[..look.len() & !3];
    if look.len() < LEAST {
        return None;
    }
    let mut zeros = [0; 4];
    for group in look.chunks_exact(4) {
        for (zeros, byte) in zeros.iter_mut().zip(group) {
            *zeros += usize::from(*byte == 0);
        }
    }
    let groups = look.len() / 4;
    let nearly = |at: usize| zeros[at] * 10 >= groups * 8;
    let hardly = |at: usize| zeros[at] * 10 <= groups;
    match (hardly(0), hardly(1), hardly(2), hardly(3)) {
        (true, false, false, false) if nearly(1) && nearly(2) && nearly(3) => {
            Some(WideForm::Utf32Le)
        }
        (false, false, false, true) if nearly(0) && nearly(1) && nearly(2) => {
            Some(WideForm::Utf32Be)
        }
        (true, false, true, false) if nearly(1) && nearly(3) => Some(WideForm::Utf16Le),
        (false, true, false, true) if nearly(0) && nearly(2) => Some(WideForm::Utf16Be),
        _ => None,
    }
}
