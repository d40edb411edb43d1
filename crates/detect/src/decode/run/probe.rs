//! Whether text stands at some byte of an alignment, told from its neighbours.

use super::Form;
use super::digits::Digits;
use crate::decode::plausible::{MIN_TEXT, MIN_WHOLE, is_readable, starts_foreign, stretches};

/// Readable neighbours without which a place is not worth a closer look.
const SOLID: usize = 8;
/// How far to each side a closer look goes.
const REACH: usize = 24;

/// What stands at the byte, whatever it is.
pub(super) fn any<const BITS: usize>(digits: &Digits<'_, BITS>, at: usize) -> Option<Form> {
    match digits.byte(at)? {
        0 => utf16(digits, at),
        byte if is_readable(byte) && digits.byte(at + 1) == Some(0) => utf16(digits, at),
        byte if is_readable(byte) => text(digits, at),
        0xc2..=0xef => foreign(digits, at),
        _ => None,
    }
}

/// Text around a readable byte.
pub(super) fn text<const BITS: usize>(digits: &Digits<'_, BITS>, at: usize) -> Option<Form> {
    let readable = |index: usize| digits.byte(index).is_some_and(is_readable);
    let right = (at..at + REACH)
        .take_while(|index| readable(*index))
        .count();
    let low = at.saturating_sub(REACH);
    let left = (low..at).rev().take_while(|index| readable(*index)).count();
    let ends = left == at && at + right == digits.len();
    let found = match left + right {
        MIN_TEXT.. => true,
        MIN_WHOLE.. if ends => true,
        SOLID.. => closer(digits, low, at + REACH),
        _ => false,
    };
    found.then_some(Form::Text)
}

/// Solid pieces with unreadable bytes between them.
fn closer<const BITS: usize>(digits: &Digits<'_, BITS>, from: usize, to: usize) -> bool {
    let mut window = [0; 2 * REACH + 1];
    for (slot, index) in window.iter_mut().zip(from..to) {
        *slot = digits.byte(index).unwrap_or_default();
    }
    let mut found = false;
    // The last byte of the window is zero, so that no stretch is the whole of it.
    stretches(&window, |_| found = true);
    found
}

/// Text of another script from a byte on.
pub(super) fn foreign<const BITS: usize>(digits: &Digits<'_, BITS>, at: usize) -> Option<Form> {
    starts_foreign(|index| digits.byte(at + index)).then_some(Form::Text)
}

/// Readable bytes and zeros in turn around a byte.
pub(super) fn utf16<const BITS: usize>(digits: &Digits<'_, BITS>, at: usize) -> Option<Form> {
    const LOOK: usize = 16;
    let zero = digits.byte(at)? == 0;
    let fits = |index: usize| {
        digits.byte(index).is_some_and(|byte| {
            if (index % 2 == at % 2) == zero {
                byte == 0
            } else {
                is_readable(byte)
            }
        })
    };
    let right = (at..at + LOOK).take_while(|index| fits(*index)).count();
    let low = at.saturating_sub(LOOK);
    let left = (low..at).rev().take_while(|index| fits(*index)).count();
    (left + right >= LOOK).then_some(Form::Utf16)
}
