//! What could be read as text.

use std::ops::Range;

/// Fewest readable bytes of a text inside something else.
pub(super) const MIN_TEXT: usize = 12;
/// Fewest readable bytes, when they are all there is.
pub(super) const MIN_WHOLE: usize = 8;
/// What an unreadable byte costs: 4 readable ones, which makes 80 %.
const COST: usize = 4;
/// So much readable text is enough to bridge the longest gap.
pub(super) const CREDIT: usize = 24;

/// Whether the byte is a printable ASCII character or an ordinary blank.
#[inline]
pub(super) const fn is_readable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e | b'\t' | b'\n' | b'\r')
}

/// Length of the readable UTF-8 character that the text begins with, or 0.
#[inline]
pub(super) fn character(text: &[u8]) -> usize {
    let continues = |index: usize| text.get(index).is_some_and(|byte| byte & 0xc0 == 0x80);
    match text {
        [] => 0,
        [byte, ..] if byte.is_ascii() => usize::from(is_readable(*byte)),
        // Not the C1 control characters.
        [0xc2, 0x80..=0x9f, ..] => 0,
        [0xc2..=0xdf, ..] if continues(1) => 2,
        [0xe0, 0x80..=0x9f, ..] | [0xed, 0xa0..=0xbf, ..] => 0,
        [0xe0..=0xef, ..] if continues(1) && continues(2) => 3,
        [0xf0, 0x80..=0x8f, ..] | [0xf4, 0x90..=0xbf, ..] => 0,
        [0xf0..=0xf4, ..] if continues(1) && continues(2) && continues(3) => 4,
        _ => 0,
    }
}

/// Calls back with each stretch of which at least 80 % can be read, also near each
/// place in it.
pub(super) fn stretches(bytes: &[u8], mut on: impl FnMut(Range<usize>)) {
    let (mut at, mut start, mut end, mut good, mut credit) = (0, 0, 0, 0, 0_usize);
    while at < bytes.len() {
        let len = match bytes[at] {
            byte if is_readable(byte) => 1,
            0xc2..=0xf4 => character(&bytes[at..]),
            _ => 0,
        };
        if len > 0 {
            if credit == 0 {
                (start, good) = (at, 0);
            }
            good += len;
            credit = (credit + len).min(CREDIT);
            at += len;
            end = at;
            continue;
        }
        at += 1;
        if credit > 0 {
            credit = credit.saturating_sub(COST);
            if credit == 0 && is_text(good, start..end, bytes.len()) {
                on(start..end);
            }
        }
    }
    if credit > 0 && is_text(good, start..end, bytes.len()) {
        on(start..end);
    }
}

fn is_text(good: usize, range: Range<usize>, all: usize) -> bool {
    let whole = range.len() == all && good >= MIN_WHOLE;
    (whole || good >= MIN_TEXT) && good * 5 >= range.len() * 4
}

/// Whether the bytes begin with readable UTF-8 outside of ASCII: a text in another
/// script. A character that was cut off at the start is left out.
pub(super) fn starts_foreign(byte_at: impl Fn(usize) -> Option<u8>) -> bool {
    let mut window = [0; 16];
    let mut len = 0;
    let mut at = 0;
    while at < 3 && byte_at(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
        at += 1;
    }
    let (mut read, mut foreign) = (0, 0);
    while read < MIN_TEXT {
        while len < read + 4 {
            let Some(byte) = byte_at(at + len) else { break };
            window[len] = byte;
            len += 1;
        }
        match character(&window[read.min(len)..len]) {
            0 => break,
            1 => read += 1,
            more => {
                read += more;
                foreign += more;
            }
        }
    }
    read >= MIN_TEXT && foreign >= MIN_WHOLE
}
