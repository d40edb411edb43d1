//! One character over and over in the place of a secret.

use crate::validate::looks_random;

/// True when nothing of the value but constant parts of its format is left.
pub(super) fn is_masked(value: &[u8]) -> bool {
    is_repeated(value)
        || is_mask(value)
        || is_mostly_mask(value)
        || ends_in_mask(value)
        || is_masked_jwt(value)
        || is_masked_key(value)
}

/// Ends in one character repeated at least eight times; what precedes it is too
/// short to be worth hiding (`api03-`).
fn is_repeated(value: &[u8]) -> bool {
    let Some(last) = value.last() else {
        return true;
    };
    let run = value
        .iter()
        .rev()
        .take_while(|byte| byte.eq_ignore_ascii_case(last))
        .count();
    run == value.len() || (run >= 8 && value.len() - run <= 6)
}

/// Long runs of one character, and between them no more than the constant part of a
/// format: `xxxxxxxxxxxxxxxx.atlasv1.xxxxxxxxxxxxxxxx`.
fn is_mostly_mask(value: &[u8]) -> bool {
    let mut mask = Mask::default();
    let mut rest = value;
    while let Some((at, constant)) = first_constant(rest) {
        if !mask.add(&rest[..at]) {
            return false;
        }
        rest = &rest[at + constant..];
    }
    mask.add(rest) && mask.hides()
}

/// Where the first constant part of a format is, and how long.
fn first_constant(value: &[u8]) -> Option<(usize, usize)> {
    CONSTANT
        .iter()
        .filter_map(|constant| {
            let at = memchr::memmem::find(value, constant)?;
            Some((at, constant.len()))
        })
        .min()
}

/// What is masked, and what is left.
#[derive(Default)]
struct Mask {
    masked: usize,
    left: usize,
    rest: [u8; REST],
}

impl Mask {
    /// False when too much is left.
    fn add(&mut self, text: &[u8]) -> bool {
        for run in text.chunk_by(|first, second| first == second) {
            if run.len() >= 6 {
                self.masked += run.len();
                continue;
            }
            for byte in run.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
                match self.rest.get_mut(self.left) {
                    Some(slot) => *slot = *byte,
                    None => return false,
                }
                self.left += 1;
            }
        }
        true
    }

    fn hides(&self) -> bool {
        let most = self.left * 4 <= self.masked;
        let known = self.left <= 9 || is_words(&self.rest[..self.left]);
        most && known && self.masked >= 16 || self.masked >= 8 && self.left <= 2
    }
}

/// A JSON web token whose payload and signature are masked; its header says nothing.
fn is_masked_jwt(value: &[u8]) -> bool {
    let mut parts = value.rsplitn(3, |byte| *byte == b'.');
    let (Some(signature), Some(payload), Some(_)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let end = payload.len().saturating_sub(8);
    signature.len() >= 8
        && is_one_character(signature)
        && payload.starts_with(b"ey")
        && payload.len() >= 16
        && is_one_character(&payload[end..])
        && !looks_random(&payload[..end])
}

/// Most letters and digits between the masked parts of a format.
const REST: usize = 32;

/// What stands in every token of a kind: session tokens of AWS, macaroons of the
/// Python package indexes, keys of OpenSSH, OpenAI and New Relic, tokens of TeamCity.
const CONSTANT: [&[u8]; 7] = [
    b"IQoJb3JpZ2lu",
    b"AgEIcHlwaS5vcmc",
    b"AgENdGVzdC5weXBpLm9yZw",
    b"b3BlbnNzaC1rZXktdjEA",
    b"T3BlbkFJ",
    b"AiVENWMiJ9",
    b"NRAL",
];

/// No key: letters of one case that are pronounced.
fn is_words(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits <= 1 && !looks_random(text)
}

/// The last part of an address or a list is one character repeated, and nothing
/// before it is a key.
fn ends_in_mask(value: &[u8]) -> bool {
    let part = |at: &usize| match value[*at] {
        b'/' | b'=' | b'|' | b':' | b'$' | b'\n' => true,
        // An escaped line feed.
        b'n' => value[..*at].ends_with(b"\\"),
        _ => false,
    };
    (0..value.len()).rev().find(part).is_some_and(|at| {
        let last = &value[at + 1..];
        last.len() >= 16 && is_one_character(last) && !looks_random(&value[..at])
    })
}

fn is_one_character(text: &[u8]) -> bool {
    text.windows(2).all(|pair| pair[0] == pair[1])
}

/// A private key as PEM or DER in base64, whose end is one character repeated: all of
/// them begin alike.
fn is_masked_key(value: &[u8]) -> bool {
    const HEADER: &[u8] = b"KEY-----";
    let body = match memchr::memmem::rfind(value, HEADER) {
        Some(at) => &value[at + HEADER.len()..],
        None if value.starts_with(b"MII") => value,
        None => return false,
    };
    body.len() >= 16 && is_one_character(&body[body.len() - 16..])
}

fn is_mask(value: &[u8]) -> bool {
    let value = value.strip_suffix("…".as_bytes()).unwrap_or(value);
    let mut letters = value.iter().filter(|byte| !b"-_.:".contains(byte));
    let first = letters.next();
    // `00000000-0000-0000`: one character in groups.
    let one = value.len() >= 16 && first.is_some_and(u8::is_ascii_alphanumeric);
    one && letters.all(|byte| Some(byte) == first)
        || value
            .iter()
            .all(|byte| matches!(byte, b'x' | b'X' | b'*' | b'.' | b'-' | b'_' | b'#'))
}
