//! The chains.

/// A chain, or a family of chains with one form of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chain {
    /// Ethereum and all that use its addresses.
    Eth,
    /// Bitcoin.
    Btc,
    /// BNB Beacon Chain.
    Bnb,
    /// Solana.
    Sol,
    /// Tron.
    Tron,
    /// Litecoin.
    Ltc,
    /// Dogecoin.
    Doge,
    /// Cosmos Hub and Osmosis.
    Cosmos,
}

impl Chain {
    /// Every chain.
    pub const ALL: [Self; 8] = [
        Self::Eth,
        Self::Btc,
        Self::Bnb,
        Self::Sol,
        Self::Tron,
        Self::Ltc,
        Self::Doge,
        Self::Cosmos,
    ];

    /// The word that configuration files and reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eth => "eth",
            Self::Btc => "btc",
            Self::Bnb => "bnb",
            Self::Sol => "sol",
            Self::Tron => "tron",
            Self::Ltc => "ltc",
            Self::Doge => "doge",
            Self::Cosmos => "cosmos",
        }
    }
}

/// A set of chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chains(u16);

impl Default for Chains {
    /// Every chain but Solana, whose addresses have no checksum.
    fn default() -> Self {
        Self::of(&Chain::ALL).without(Chain::Sol)
    }
}

impl Chains {
    /// No chain.
    pub const NONE: Self = Self(0);

    /// These chains.
    #[must_use]
    pub fn of(chains: &[Chain]) -> Self {
        Self(chains.iter().fold(0, |set, chain| set | 1 << *chain as u16))
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, chain: Chain) -> Self {
        Self(self.0 | 1 << chain as u16)
    }

    /// With one less.
    #[must_use]
    pub const fn without(self, chain: Chain) -> Self {
        Self(self.0 & !(1 << chain as u16))
    }

    /// True when the chain is among them.
    #[must_use]
    pub const fn contains(self, chain: Chain) -> bool {
        self.0 & 1 << chain as u16 != 0
    }

    /// True without chains.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
