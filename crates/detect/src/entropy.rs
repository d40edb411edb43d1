//! How random a piece of a URL is.

mod words;

pub(crate) use words::{is_word, opaque_bytes};

/// Shorter path segments, query keys and values are not judged, in bytes.
pub(crate) const LENGTH_MIN: usize = 20;

/// A segment whose random-looking parts have no more bytes than this could not
/// exceed the default threshold if they stood alone (2^4.5 is 22.6).
const OPAQUE_LIMIT: usize = 22;

/// Shannon entropy in bits a character, over Unicode characters.
#[must_use]
pub fn shannon(text: &str) -> f64 {
    if text.is_ascii() {
        let mut counts = [0u32; 128];
        for byte in text.bytes() {
            counts[usize::from(byte & 0x7f)] += 1;
        }
        return of_counts(counts.into_iter().filter(|count| *count > 0), text.len());
    }
    let mut chars: Vec<char> = text.chars().collect();
    chars.sort_unstable();
    let runs = chars
        .chunk_by(|a, b| a == b)
        .map(|run| u32::try_from(run.len()).unwrap_or(u32::MAX));
    of_counts(runs, chars.len())
}

/// H = log2 n − (Σ c·log2 c)/n, which is −Σ p·log2 p and exact for powers of two.
fn of_counts(counts: impl Iterator<Item = u32>, total: usize) -> f64 {
    if total == 0 {
        return 0.0;
    }
    let total = total as f64;
    let sum: f64 = counts
        .map(f64::from)
        .map(|count| count * count.log2())
        .sum();
    total.log2() - sum / total
}

/// The entropy of a text, if it is greater than the threshold. The number of
/// different characters bounds it, so that ordinary text costs no logarithm.
pub(crate) fn above(text: &str, threshold: f64) -> Option<f64> {
    if text.is_ascii() {
        let seen = text
            .bytes()
            .fold(0u128, |seen, byte| seen | 1 << (byte & 0x7f));
        if f64::from(seen.count_ones()) <= threshold.exp2() {
            return None;
        }
    }
    Some(shannon(text)).filter(|bits| *bits > threshold)
}

/// True for identifiers and slugs that honest URLs are full of: UUIDs, ULIDs,
/// digests in hexadecimal, words with hyphens, a build hash between words.
#[must_use]
pub fn is_low_risk(text: &str) -> bool {
    is_ulid(text) || opaque_bytes(text) <= OPAQUE_LIMIT
}

/// 26 characters of Crockford's base32 in one case, whose time lies between 2006
/// and 2112.
fn is_ulid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let crockford = |b: &u8| {
        b.is_ascii_alphanumeric() && !matches!(b.to_ascii_uppercase(), b'I' | b'L' | b'O' | b'U')
    };
    let one_case =
        !(bytes.iter().any(u8::is_ascii_lowercase) && bytes.iter().any(u8::is_ascii_uppercase));
    bytes.len() == 26
        && matches!(bytes, [b'0', b'1'..=b'3', ..])
        && one_case
        && bytes.iter().all(crockford)
}

/// An encoding by its alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// Base 16.
    Hex,
    /// Base 32 (RFC 4648 §6), either case.
    Base32,
}

impl Alphabet {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base32 => "base32",
        }
    }
}

/// Recognises encoded data in a host label by its alphabet. With 16 symbols no
/// text has more than 4.0 bits a character, so a threshold of 4.0 never sees it.
pub(crate) fn encoded(label: &str) -> Option<Alphabet> {
    let bytes = label.as_bytes();
    let digits = bytes.iter().any(u8::is_ascii_digit);
    let letters = bytes.iter().any(u8::is_ascii_alphabetic);
    // An alphabet in order carries nothing.
    let ordered = bytes.windows(2).all(|pair| pair[0] < pair[1]);
    if bytes.len() < 16 || !digits || !letters || ordered {
        return None;
    }
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        return Some(Alphabet::Hex);
    }
    let base32 = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'2'..=b'7');
    let wordy = label.split(|c: char| c.is_ascii_digit()).all(is_word);
    (bytes.iter().all(base32) && !wordy).then_some(Alphabet::Base32)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
