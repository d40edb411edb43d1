//! Characters that look random and are always the same.

/// `A-Z a-z 0-9`.
pub(crate) const ALPHANUMERIC: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// `A-Z 2-7`, the alphabet of AWS access key ids.
pub(crate) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Lower-case hexadecimal digits.
pub(crate) const HEX: &[u8] = b"0123456789abcdef";
/// Decimal digits.
pub(crate) const DIGITS: &[u8] = b"0123456789";

/// SplitMix64 (Steele, Lea, Flood, 2014): a sequence from a number.
pub(crate) struct Sequence(u64);

impl Sequence {
    /// Starts a sequence; equal seeds give equal sequences.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ (word >> 31)) % bound as u64) as usize
    }

    /// One of the items.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

/// `length` characters of `alphabet`.
pub(crate) fn varied(alphabet: &[u8], length: usize, seed: u64) -> String {
    let mut sequence = Sequence::new(seed);
    (0..length)
        .map(|_| char::from(alphabet[sequence.below(alphabet.len())]))
        .collect()
}
