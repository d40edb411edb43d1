//! Base32 (RFC 4648 §6) in one letter case.

use super::digits::{Digits, table};
use super::{MIN_RUN, Work, probe};
use crate::decode::plausible::is_readable;
use pipelock_model::View;

const UPPER: [u8; 256] = table(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"");
const LOWER: [u8; 256] = table(b"abcdefghijklmnopqrstuvwxyz234567", b"");
/// Digits after which the alignments repeat.
const GROUP: usize = 8;

/// Decodes the stretches of digits that show text.
pub(super) fn find(work: &mut Work<'_>) {
    for values in [&UPPER, &LOWER] {
        let run = work.run;
        super::stretches_of(run, values, MIN_RUN, |range| {
            let text = &run[range.clone()];
            for alignment in 0..GROUP {
                let digits = Digits::<5> {
                    text: &text[alignment..],
                    origin: range.start + alignment,
                    values,
                };
                look(work, digits);
            }
        });
    }
}

/// One group of five bytes after the other; in text one of them is all readable.
fn look(work: &mut Work<'_>, digits: Digits<'_, 5>) {
    let mut from = 0;
    for (group, text) in digits.text.chunks_exact(GROUP).enumerate() {
        let value = |index: usize| digits.values[usize::from(text[index])];
        let first = value(0) << 3 | value(1) >> 2;
        let second = value(1) << 6 | value(2) << 1 | value(3) >> 4;
        let at = group * 5;
        if at < from || !may_be_text(first, second) {
            continue;
        }
        if let Some(form) = probe::any(&digits, at) {
            from = work.decode(digits, at, View::Base32, form);
        }
    }
}

/// Two bytes of text, of UTF-16, or of a character in another script.
fn may_be_text(first: u8, second: u8) -> bool {
    match first {
        0 => is_readable(second),
        0xc2..=0xef => second & 0xc0 == 0x80,
        _ => is_readable(first) && (is_readable(second) || second == 0),
    }
}
