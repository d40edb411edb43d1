//! Finds addresses by form and checksum.

use super::Span;
use super::chain::{Chain, Chains};
use crate::validate::base58;
use crate::validate::bech32::{self, Variant};
use sha3::{Digest, Keccak256};

/// Shortest address: `1` and 24 more, as the specification has it.
const SHORTEST: usize = 25;
/// Longest: a bech32 text (BIP-173).
const LONGEST: usize = 90;

/// What the capitals of an address say (ERC-55).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Casing {
    /// Nothing: one case, or a chain that has its checksum elsewhere.
    Plain,
    /// The checksum in them is right.
    Right,
    /// It is wrong: misspelt or made up.
    Wrong,
}

/// An address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressHit {
    /// Its chain.
    pub chain: Chain,
    /// Where it stands.
    pub span: Span,
    /// In the one spelling of its chain.
    pub normalized: String,
    /// What its capitals say.
    pub casing: Casing,
    /// Length of what every address of its kind begins with.
    prefix: usize,
}

impl AddressHit {
    /// What is compared: the normal form without what all addresses share.
    #[must_use]
    pub fn key(&self) -> &str {
        self.normalized.get(self.prefix..).unwrap_or_default()
    }

    /// Prefix, six characters, `...`, six characters.
    #[must_use]
    pub fn short(&self) -> String {
        let key = self.key();
        let prefix = self.normalized.get(..self.prefix).unwrap_or_default();
        match (
            key.get(..6),
            key.len().checked_sub(6).and_then(|at| key.get(at..)),
        ) {
            (Some(first), Some(last)) => format!("{prefix}{first}...{last}"),
            _ => self.normalized.clone(),
        }
    }
}

/// Calls back with each address, in the order of the text.
pub(super) fn each(text: &[u8], chains: Chains, mut found: impl FnMut(AddressHit)) {
    // A run of this length covers one of so many places.
    let mut probe = SHORTEST - 1;
    let mut from = 0;
    while let Some(byte) = text.get(probe) {
        if !byte.is_ascii_alphanumeric() {
            from = probe + 1;
            probe += SHORTEST;
            continue;
        }
        let outside = |byte: &u8| !byte.is_ascii_alphanumeric();
        let start = text[from..probe]
            .iter()
            .rposition(outside)
            .map_or(from, |at| from + at + 1);
        let end = text[probe..]
            .iter()
            .position(outside)
            .map_or(text.len(), |at| probe + at);
        if (SHORTEST..=LONGEST).contains(&(end - start)) {
            let joined = text[..start].last() == Some(&b'_') || text.get(end) == Some(&b'_');
            let hit = read(&text[start..end], start)
                .filter(|hit| chains.contains(hit.chain) && !(joined && hit.chain == Chain::Eth));
            hit.into_iter().for_each(&mut found);
        }
        from = end;
        probe = end + SHORTEST;
    }
}

/// A text that is one address and nothing else.
pub(super) fn whole(text: &[u8]) -> Option<AddressHit> {
    let bounded = text.len() <= LONGEST && text.iter().all(u8::is_ascii_alphanumeric);
    bounded.then(|| read(text, 0)).flatten()
}

/// A run of letters and digits that is an address.
fn read(run: &[u8], start: usize) -> Option<AddressHit> {
    let text = std::str::from_utf8(run).ok()?;
    let form = ethereum(text)
        .or_else(|| segwit(run))
        .or_else(|| legacy(run))
        .or_else(|| solana(run))?;
    Some(AddressHit {
        chain: form.chain,
        span: start..start + run.len(),
        normalized: match form.case {
            Case::Ignored => text.to_ascii_lowercase(),
            Case::Counts => text.to_owned(),
        },
        casing: form.casing,
        prefix: form.prefix,
    })
}

#[derive(Clone, Copy)]
enum Case {
    Ignored,
    Counts,
}

struct Form {
    chain: Chain,
    case: Case,
    casing: Casing,
    prefix: usize,
}

/// `0x` and 40 hexadecimal digits.
fn ethereum(text: &str) -> Option<Form> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    let right = digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    right.then(|| Form {
        chain: Chain::Eth,
        case: Case::Ignored,
        casing: casing(digits),
        prefix: 2,
    })
}

/// ERC-55: a letter is a capital where the Keccak-256 of the digits in small letters
/// has a hexadecimal digit of 8 or more.
fn casing(digits: &str) -> Casing {
    let small = digits.bytes().any(|digit| digit.is_ascii_lowercase());
    let capital = digits.bytes().any(|digit| digit.is_ascii_uppercase());
    if !(small && capital) {
        return Casing::Plain;
    }
    let hash = Keccak256::digest(digits.to_ascii_lowercase().as_bytes());
    let right = digits.bytes().enumerate().all(|(at, digit)| {
        let byte = hash.get(at / 2).copied().unwrap_or(0);
        let half = if at % 2 == 0 { byte >> 4 } else { byte & 15 };
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (half >= 8)
    });
    if right { Casing::Right } else { Casing::Wrong }
}

/// Addresses in bech32 and bech32m.
fn segwit(run: &[u8]) -> Option<Form> {
    let decoded = bech32::decode(run)?;
    let is = |hrp: &[u8]| decoded.hrp.eq_ignore_ascii_case(hrp);
    let plain = decoded.variant == Variant::Bech32;
    let account = || matches!(bytes(decoded.data), Some(20 | 32));
    let chain = if is(b"bc") && is_witness(&decoded) {
        Chain::Btc
    } else if is(b"ltc") && is_witness(&decoded) {
        Chain::Ltc
    } else if is(b"bnb") && account() {
        Chain::Bnb
    } else if (is(b"cosmos") || is(b"osmo")) && plain && account() {
        Chain::Cosmos
    } else {
        return None;
    };
    Some(Form {
        chain,
        case: Case::Ignored,
        casing: Casing::Plain,
        prefix: decoded.hrp.len() + 1,
    })
}

/// A version and a program of the length that it may have (BIP-141, BIP-350).
fn is_witness(decoded: &bech32::Decoded<'_>) -> bool {
    let Some((version, program)) = decoded.data.split_first() else {
        return false;
    };
    match (bech32::value(*version), bytes(program), decoded.variant) {
        (Some(0), Some(20 | 32), Variant::Bech32) => true,
        (Some(1), Some(length), Variant::Bech32m) => length == 32,
        (Some(2..=16), Some(2..=40), Variant::Bech32m) => true,
        _ => false,
    }
}

/// How many bytes symbols of five bits hold; `None` when the spare bits are not zero.
fn bytes(symbols: &[u8]) -> Option<usize> {
    let spare = symbols.len() * 5 % 8;
    let last = symbols
        .last()
        .map_or(Some(0), |symbol| bech32::value(*symbol))?;
    (spare < 5 && last & ((1 << spare) - 1) == 0).then_some(symbols.len() * 5 / 8)
}

/// Version byte, 20 bytes, checksum, in base58.
fn legacy(run: &[u8]) -> Option<Form> {
    if run.len() > 35 {
        return None;
    }
    let (bytes, length) = base58::decode::<25>(run)?;
    let [version, hash @ ..] = base58::checked(bytes.get(..length)?)? else {
        return None;
    };
    let chain = match version {
        0x00 | 0x05 => Chain::Btc,
        0x30 | 0x32 => Chain::Ltc,
        0x1e | 0x16 => Chain::Doge,
        0x41 => Chain::Tron,
        _ => return None,
    };
    (hash.len() == 20).then_some(Form {
        chain,
        case: Case::Counts,
        casing: Casing::Plain,
        prefix: 0,
    })
}

/// 32 bytes in base58, without a checksum.
fn solana(run: &[u8]) -> Option<Form> {
    let (_, length) = (32..=44)
        .contains(&run.len())
        .then(|| base58::decode::<32>(run))??;
    (length == 32).then_some(Form {
        chain: Chain::Sol,
        case: Case::Counts,
        casing: Casing::Plain,
        prefix: 0,
    })
}
