//! `seed_phrase_detection` and `address_protection`.

use pipelock_detect::crypto_address::Chain;
use pipelock_model::Action;

/// Seed phrases (BIP-39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedPhrases {
    /// Shortest phrase.
    pub min_words: SeedWords,
    /// What a phrase must pass.
    pub checksum: SeedChecksum,
}

/// Lengths that a phrase may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeedWords {
    /// 128 bits.
    Twelve,
    /// 160 bits.
    Fifteen,
    /// 192 bits.
    Eighteen,
    /// 224 bits.
    TwentyOne,
    /// 256 bits.
    TwentyFour,
}

impl SeedWords {
    /// Every length.
    pub const ALL: [Self; 5] = [
        Self::Twelve,
        Self::Fifteen,
        Self::Eighteen,
        Self::TwentyOne,
        Self::TwentyFour,
    ];

    /// The number of words.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Twelve => 12,
            Self::Fifteen => 15,
            Self::Eighteen => 18,
            Self::TwentyOne => 21,
            Self::TwentyFour => 24,
        }
    }

    /// The length with this number of words.
    #[must_use]
    pub fn of(count: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|words| i64::try_from(words.count()) == Ok(count))
    }
}

/// `seed_phrase_detection.verify_checksum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedChecksum {
    /// Only phrases whose checksum is right.
    Verified,
    /// Any run of list words.
    Ignored,
}

impl Default for SeedPhrases {
    fn default() -> Self {
        Self {
            min_words: SeedWords::Twelve,
            checksum: SeedChecksum::Verified,
        }
    }
}

/// Poisoned payment addresses.
#[derive(Debug, Clone)]
pub struct AddressProtection {
    /// For an address that looks like a known one.
    pub lookalike: Action,
    /// For an address that nobody knows.
    pub unknown: Action,
    /// Known-good destinations, as written.
    pub allowed: Vec<String>,
    /// Chains that are looked at, in order and without repeats.
    pub chains: Vec<Chain>,
    /// First characters that make a lookalike.
    pub prefix: usize,
    /// Last characters that make a lookalike.
    pub suffix: usize,
}

impl AddressProtection {
    /// Chains that have a switch.
    pub const CHAINS: [Chain; 4] = [Chain::Eth, Chain::Btc, Chain::Bnb, Chain::Sol];
    /// First and last characters of a lookalike where nobody sets them.
    pub const SIMILAR: usize = 4;
}
