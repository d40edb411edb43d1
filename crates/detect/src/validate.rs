//! What confirms a pattern's match, or refutes it.

pub(crate) mod base58;
mod base64;
pub(crate) mod bech32;
mod card;
mod checksum;
mod iban;
mod length;
pub(crate) mod pem;
mod random;
mod wif;

pub use checksum::{Checksum, Verdict};
pub use length::Lengths;
pub use random::looks_random;

/// A test that a match must pass to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validator {
    /// Payment cards: issuer, length and ISO/IEC 7812-1 check digit.
    Luhn,
    /// IBAN: country, its length and ISO 7064 mod 97.
    Mod97,
    /// ABA routing numbers.
    Aba,
    /// Bitcoin WIF private keys, base58check.
    Wif,
    /// The value looks like a key that a machine drew ([`looks_random`]). For built-in
    /// rules; configuration files do not name it.
    Random,
}

impl Validator {
    /// Longest text that a validator that chooses the end of a match accepts, in bytes.
    pub(crate) const LIMIT: usize = 96;

    /// Reads the word of a rule or configuration file.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "luhn" => Some(Self::Luhn),
            "mod97" => Some(Self::Mod97),
            "aba" => Some(Self::Aba),
            "wif" => Some(Self::Wif),
            "random" => Some(Self::Random),
            _ => None,
        }
    }

    /// The word that [`Validator::parse`] reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Luhn => "luhn",
            Self::Mod97 => "mod97",
            Self::Aba => "aba",
            Self::Wif => "wif",
            Self::Random => "random",
        }
    }

    /// True when of all ends that a pattern allows the last one that passes is taken;
    /// else the pattern chooses the end, and the whole match is judged.
    pub(crate) const fn chooses_end(self) -> bool {
        !matches!(self, Self::Random)
    }

    /// True when passing leaves no doubt.
    pub(crate) const fn proves(self) -> bool {
        !matches!(self, Self::Random)
    }

    /// What a check costs, in bytes of a text that could be read meanwhile.
    pub(crate) fn cost(self, text: &[u8]) -> u64 {
        match self {
            Self::Wif if wif::is_candidate(text) => 1024,
            Self::Random => 256,
            _ => 8,
        }
    }

    /// True when the matched text passes.
    #[must_use]
    pub fn check(self, text: &[u8]) -> bool {
        if self.chooses_end() && text.len() > Self::LIMIT {
            return false;
        }
        match self {
            Self::Luhn => card::check(text),
            Self::Mod97 => iban::check(text),
            Self::Aba => aba(text),
            Self::Wif => wif::check(text),
            Self::Random => random::check(text),
        }
    }
}

/// Digits of a text, at most `N`.
fn digits<const N: usize>(text: &[u8]) -> Option<([u8; N], usize)> {
    let (mut all, mut length) = ([0; N], 0);
    for byte in text.iter().filter(|byte| byte.is_ascii_digit()) {
        *all.get_mut(length)? = byte - b'0';
        length += 1;
    }
    Some((all, length))
}

/// Nine digits, a Federal Reserve district, weights 3-7-1.
fn aba(text: &[u8]) -> bool {
    if text.len() != 9 {
        return false;
    }
    let Some((digits, 9)) = digits::<9>(text) else {
        return false;
    };
    let district = u32::from(digits[0]) * 10 + u32::from(digits[1]);
    let sum: u32 = digits
        .iter()
        .zip([3, 7, 1].iter().cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    matches!(district, 0..=12 | 21..=32 | 61..=72 | 80) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests;
