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

/// Decodes the stretches of digits that show text. Says whether the run is one.
pub(super) fn find(work: &mut Work<'_>) -> bool {
    let (run, mut whole) = (work.run, false);
    super::stretches_of(run, &VALUES, MIN_RUN, |range| {
        whole |= range.len() == run.len();
        for skip in 0..2 {
            look(
                work,
                Digits {
                    text: &run[range.start + skip..range.end],
                    origin: range.start + skip,
                    values: &VALUES,
                },
            );
        }
    });
    whole
}

fn look(work: &mut Work<'_>, digits: Digits<'_, 4>) {
    if looks_compressed(&digits) {
        work.decode(digits, 0, View::Hex, Form::Compressed);
        return;
    }
    let foreign = digits.byte(0).filter(|byte| *byte >= 0xc2);
    let mut at = match foreign.and_then(|_| probe::foreign(&digits, 0)) {
        Some(form) => work.decode(digits, 0, View::Hex, form),
        // Half a stride from the start: the shortest whole text is one stride.
        None => STRIDE / 2,
    };
    while at < digits.len() {
        at = match probe::any(&digits, at) {
            Some(form) => work.decode(digits, at, View::Hex, form).max(at + 1),
            None => at + STRIDE,
        };
    }
}

fn looks_compressed(digits: &Digits<'_, 4>) -> bool {
    if !matches!(digits.byte(0), Some(0x1f | 0x78)) {
        return false;
    }
    let head: [u8; 10] = std::array::from_fn(|index| digits.byte(index).unwrap_or(NONE));
    is_compressed(&head)
}
