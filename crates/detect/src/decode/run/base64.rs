//! Base64 and base64url (RFC 4648 §4 and §5), mixed as they come.

use super::digits::{Digits, NONE, table};
use super::{Form, Work, probe};
use crate::decode::inflate::may_be_deflated;
use pipelock_model::View;

const VALUES: [u8; 256] = table(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"-_",
);
/// Digits after which the alignments repeat.
const GROUP: usize = 4;
/// Every second group is looked at: text of eight bytes holds one of them.
const STRIDE: usize = 2 * GROUP;
/// Fewest digits of the shortest text.
const MIN_DIGITS: usize = 11;

/// What a byte may be part of.
#[derive(Clone, Copy)]
enum Class {
    Other,
    Readable,
    Zero,
    /// Begins a UTF-8 character of two bytes.
    Lead2,
    Continuation,
    /// Begins one of three bytes.
    Lead3,
}

const CLASSES: usize = 6;

const CLASS: [u8; 256] = {
    let mut classes = [Class::Other as u8; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            0x20..=0x7e | b'\t' | b'\n' | b'\r' => Class::Readable as u8,
            0 => Class::Zero as u8,
            0xc2..=0xdf => Class::Lead2 as u8,
            0x80..=0xbf => Class::Continuation as u8,
            0xe0..=0xef => Class::Lead3 as u8,
            _ => Class::Other as u8,
        };
        byte += 1;
    }
    classes
};

/// What three bytes in a row suggest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seed {
    None,
    Text,
    Utf16,
    Foreign,
}

const SEEDS: [Seed; CLASSES * CLASSES * CLASSES] = {
    use Class::{Continuation as C, Lead2 as L, Lead3 as E, Readable as R, Zero as Z};
    let mut seeds = [Seed::None; CLASSES * CLASSES * CLASSES];
    seeds[index(R as u8, R as u8, R as u8)] = Seed::Text;
    seeds[index(R as u8, Z as u8, R as u8)] = Seed::Utf16;
    seeds[index(Z as u8, R as u8, Z as u8)] = Seed::Utf16;
    seeds[index(L as u8, C as u8, L as u8)] = Seed::Foreign;
    seeds[index(C as u8, L as u8, C as u8)] = Seed::Foreign;
    seeds[index(E as u8, C as u8, C as u8)] = Seed::Foreign;
    seeds[index(C as u8, E as u8, C as u8)] = Seed::Foreign;
    seeds[index(C as u8, C as u8, E as u8)] = Seed::Foreign;
    seeds
};

const fn index(first: u8, second: u8, third: u8) -> usize {
    (first as usize * CLASSES + second as usize) * CLASSES + third as usize
}

/// Decodes what shows text in each of the segments between `=`.
pub(super) fn find(work: &mut Work<'_>) {
    let run = work.run;
    let mut from = 0;
    for end in memchr::memchr_iter(b'=', run).chain([run.len()]) {
        if end - from >= MIN_DIGITS {
            texts(work, from, &run[from..end]);
            streams(work, from, &run[from..end]);
        }
        from = end + 1;
    }
}

fn digits(origin: usize, text: &[u8]) -> Digits<'_, 6> {
    Digits {
        text,
        origin,
        values: &VALUES,
    }
}

/// Text and UTF-16 in the four alignments.
fn texts(work: &mut Work<'_>, origin: usize, text: &[u8]) {
    // Where to look on in each alignment.
    let mut from = [0; GROUP];
    for (round, place) in (0..text.len()).step_by(STRIDE).enumerate() {
        let window = text.get(place..place + 2 * GROUP - 1);
        let values: [u8; 2 * GROUP - 1] = match window {
            Some(window) => std::array::from_fn(|index| VALUES[usize::from(window[index])]),
            None => std::array::from_fn(|index| {
                text.get(place + index)
                    .map_or(NONE, |byte| VALUES[usize::from(*byte)])
            }),
        };
        for alignment in 0..GROUP {
            let seed = seed(&values[alignment..alignment + GROUP]);
            let at = round * STRIDE / GROUP * 3;
            if seed == Seed::None || at < from[alignment] {
                continue;
            }
            let digits = digits(origin + alignment, &text[alignment..]);
            let form = match seed {
                Seed::None => None,
                Seed::Text => probe::text(&digits, at),
                Seed::Utf16 => probe::utf16(&digits, at),
                Seed::Foreign => probe::foreign(&digits, at),
            };
            if let Some(form) = form {
                from[alignment] = work.decode(digits, at, View::Base64, form);
            }
        }
    }
}

#[inline]
fn seed(values: &[u8]) -> Seed {
    let [a, b, c, d] = values else {
        return Seed::None;
    };
    let class = |byte: u8| CLASS[usize::from(byte)];
    let seed = SEEDS[index(
        class(a << 2 | b >> 4),
        class(b << 4 | c >> 2),
        class(c << 6 | d),
    )];
    if (a | b | c | d) & NONE == 0 {
        seed
    } else {
        Seed::None
    }
}

/// Compressed data, told by how it begins.
fn streams(work: &mut Work<'_>, origin: usize, text: &[u8]) {
    for at in memchr::memchr_iter(b'H', text) {
        if text[at..].starts_with(b"H4sI") {
            work.decode(
                digits(origin + at, &text[at..]),
                0,
                View::Base64,
                Form::Compressed,
            );
        }
    }
    let separators = memchr::memchr3_iter(b'/', b'_', b'-', text);
    for at in separators.map(|at| at + 1).chain([0]) {
        if is_zlib(&text[at..]) {
            work.decode(
                digits(origin + at, &text[at..]),
                0,
                View::Base64,
                Form::Compressed,
            );
        }
    }
    let whole = digits(origin, text);
    if head(text).is_some_and(|head| may_be_deflated(head, whole.len())) {
        work.decode(whole, 0, View::Base64, Form::Compressed);
    }
}

/// The first twelve bytes, the first one lowest.
fn head(text: &[u8]) -> Option<u128> {
    let (mut bits, mut seen) = (0_u128, 0);
    for half in text.get(..16)?.chunks_exact(8) {
        let mut low = 0_u64;
        for byte in half {
            let digit = VALUES[usize::from(*byte)];
            seen |= digit;
            low = low << 6 | u64::from(digit);
        }
        bits = bits << 48 | u128::from(low);
    }
    (seen & NONE == 0).then(|| (bits << 32).swap_bytes())
}

/// `78` and one of the usual second bytes.
fn is_zlib(text: &[u8]) -> bool {
    matches!(
        text,
        [b'e', b'J', b'w'..=b'z', ..]
            | [b'e', b'N', b'o'..=b'r', ..]
            | [b'e', b'A', b'E'..=b'H', ..]
            | [b'e', b'F', b'4'..=b'7', ..]
    )
}
