//! Hexadecimal digits in a run.

use super::digits::{Digits, NONE};
use super::{Form, MIN_RUN, Work, probe};
use crate::decode::inflate::is_compressed;
use pipelock_model::View;

const VALUES: [u8; 256] = {
    let mut values = super::digits::table(b"0123456789abcdef", b"");
    let mut letter = 0;
    while letter < 6 {
        values[(b'A' + letter) as usize] = 10 + letter;
        letter += 1;
    }
    values
};

/// A text of this many bytes holds one of the places looked at.
const STRIDE: usize = 8;

/// Decodes the stretches of digits that show text.
pub(super) fn find(work: &mut Work<'_>) {
    let run = work.run;
    super::stretches_of(run, &VALUES, MIN_RUN, |range| {
        for skip in 0..2 {
            let digits = Digits::<4> {
                text: &run[range.start + skip..range.end],
                origin: range.start + skip,
                values: &VALUES,
            };
            if let Some(form) = form(&digits) {
                work.decode(digits, View::Hex, form);
            }
        }
    });
}

fn form(digits: &Digits<'_, 4>) -> Option<Form> {
    if looks_compressed(digits) {
        return Some(Form::Compressed);
    }
    // Half a stride from the start: the shortest whole text is one stride.
    let places = (STRIDE / 2..digits.len()).step_by(STRIDE);
    let found = places.into_iter().find_map(|at| probe::any(digits, at));
    found.or_else(|| {
        digits
            .byte(0)
            .filter(|byte| *byte >= 0xc2)
            .and_then(|_| probe::foreign(digits, 0))
    })
}

fn looks_compressed(digits: &Digits<'_, 4>) -> bool {
    if !matches!(digits.byte(0), Some(0x1f | 0x78)) {
        return false;
    }
    let head: [u8; 10] = std::array::from_fn(|index| digits.byte(index).unwrap_or(NONE));
    is_compressed(&head)
}
