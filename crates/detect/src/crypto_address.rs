//! Wallet addresses and the ones made to be mistaken for them ("address poisoning").
//!
//! An attacker makes an address that begins and ends like a known one and waits for
//! somebody to copy it. Addresses are recognised by form and checksum, brought into
//! one spelling, and compared with the allowed ones. Views of the text (percent
//! encoding, zero-width characters) are the caller's.
//!
//! Time is linear in the text, times the allowed addresses for each address in it.

mod chain;
mod find;

pub use chain::{Chain, Chains};
pub use find::{AddressHit, Casing};

use pipelock_model::Action;
use std::ops::Range;

/// Most addresses of one text that are compared.
const HIT_LIMIT: usize = 1000;
/// One in so many characters may differ for an address to be a misspelling of
/// another, wherever they stand.
const FEW: usize = 8;

/// How addresses are judged.
#[derive(Debug, Clone)]
pub struct AddressConfig {
    /// Chains whose addresses are looked for.
    pub chains: Chains,
    /// Addresses that may be used, of any chain.
    pub allowed: Vec<String>,
    /// Characters at the start that a lookalike shares.
    pub prefix_length: usize,
    /// Characters at the end that a lookalike shares.
    pub suffix_length: usize,
    /// What becomes of a lookalike.
    pub action: Action,
    /// What becomes of any other address.
    pub unknown_action: Action,
}

impl Default for AddressConfig {
    fn default() -> Self {
        Self {
            chains: Chains::default(),
            allowed: Vec::new(),
            prefix_length: 4,
            suffix_length: 4,
            action: Action::Block,
            unknown_action: Action::Allow,
        }
    }
}

/// Why an address is not simply fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressVerdict {
    /// It was made, or misspelt, to look like an allowed one.
    Lookalike,
    /// It is not among the allowed ones.
    Unknown,
}

impl AddressVerdict {
    /// The number that reports use.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Lookalike => 0,
            Self::Unknown => 1,
        }
    }
}

/// An address that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressFinding {
    /// What was found.
    pub hit: AddressHit,
    /// What is wrong with it.
    pub verdict: AddressVerdict,
    /// What the configuration says about that.
    pub action: Action,
    /// The allowed address that it resembles most, in the short form.
    pub matched: Option<String>,
    /// One sentence for people.
    pub explanation: String,
}

/// All that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressReport {
    /// Every address, in the order of the text.
    pub hits: Vec<AddressHit>,
    /// Those that are not allowed.
    pub findings: Vec<AddressFinding>,
    /// True when the text has more addresses than are compared; that counts as a
    /// lookalike.
    pub truncated: bool,
    /// The strictest action of all.
    pub action: Action,
}

/// The allowed addresses, ready to compare.
#[derive(Debug, Clone)]
pub struct AddressBook {
    config: AddressConfig,
    allowed: Vec<AddressHit>,
    unread: Vec<usize>,
}

impl AddressBook {
    /// Reads the allowed addresses, of disabled chains as well.
    #[must_use]
    pub fn new(config: AddressConfig) -> Self {
        let (mut allowed, mut unread) = (Vec::new(), Vec::new());
        for (index, address) in config.allowed.iter().enumerate() {
            match find::whole(address.trim().as_bytes()) {
                Some(hit) => allowed.push(hit),
                None => unread.push(index),
            }
        }
        Self {
            config,
            allowed,
            unread,
        }
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &AddressConfig {
        &self.config
    }

    /// Which of the allowed addresses are none, by their place in the list: they allow
    /// nothing, and an operator should hear of it.
    #[must_use]
    pub fn unread(&self) -> &[usize] {
        &self.unread
    }

    /// Finds and judges every address of a text. Without an allowed address of its
    /// chain an address is a hit and no finding.
    #[must_use]
    pub fn check(&self, text: &[u8]) -> AddressReport {
        let mut report = AddressReport {
            hits: Vec::new(),
            findings: Vec::new(),
            truncated: false,
            action: Action::Allow,
        };
        find::each(text, self.config.chains, |hit| {
            if report.hits.len() >= HIT_LIMIT {
                report.truncated |= !self.allowed.is_empty();
                return;
            }
            if let Some(finding) = self.judge(&hit) {
                report.action = report.action.max(finding.action);
                report.findings.push(finding);
            }
            report.hits.push(hit);
        });
        if report.truncated {
            report.action = report.action.max(self.config.action);
        }
        report
    }

    fn judge(&self, hit: &AddressHit) -> Option<AddressFinding> {
        let mut known = self
            .allowed
            .iter()
            .filter(|known| known.chain == hit.chain)
            .peekable();
        known.peek()?;
        let mut nearest: Option<(Resemblance, &AddressHit)> = None;
        for known in known {
            if known.key() == hit.key() {
                return None;
            }
            let resemblance = Resemblance::of(hit.key(), known.key());
            if nearest.is_none_or(|(most, _)| resemblance.rank(self) > most.rank(self)) {
                nearest = Some((resemblance, known));
            }
        }
        nearest.map(|(resemblance, known)| self.finding(hit, resemblance, known))
    }

    fn finding(&self, hit: &AddressHit, seen: Resemblance, known: &AddressHit) -> AddressFinding {
        let short = known.short();
        let (verdict, action, matched) = if seen.deceives(self) {
            let matched = Some(short.clone());
            (AddressVerdict::Lookalike, self.config.action, matched)
        } else {
            let matched = seen.is_notable().then(|| short.clone());
            (AddressVerdict::Unknown, self.config.unknown_action, matched)
        };
        let mut explanation = match (verdict, &matched) {
            (AddressVerdict::Lookalike, _) => format!(
                "{} resembles the allowed address {short}: the first {} and the last {} characters are the same, {} differ",
                hit.short(),
                seen.prefix,
                seen.suffix,
                seen.different,
            ),
            (AddressVerdict::Unknown, Some(_)) => format!(
                "{} is not allowed; it shares the first {} and the last {} characters of {short}",
                hit.short(),
                seen.prefix,
                seen.suffix,
            ),
            (AddressVerdict::Unknown, None) => format!("{} is not allowed", hit.short()),
        };
        if hit.casing == Casing::Wrong {
            explanation.push_str("; the checksum in its capitals is wrong");
        }
        AddressFinding {
            hit: hit.clone(),
            verdict,
            action,
            matched,
            explanation,
        }
    }
}

/// How alike two compare keys are.
#[derive(Debug, Clone, Copy)]
struct Resemblance {
    same_length: bool,
    length: usize,
    /// Equal characters at the start and at the end.
    prefix: usize,
    suffix: usize,
    /// Places that differ.
    different: usize,
}

impl Resemblance {
    fn of(one: &str, other: &str) -> Self {
        let (one, other) = (one.as_bytes(), other.as_bytes());
        let same = |(a, b): &(&u8, &u8)| a == b;
        Self {
            same_length: one.len() == other.len(),
            length: one.len(),
            prefix: one.iter().zip(other).take_while(same).count(),
            suffix: one
                .iter()
                .rev()
                .zip(other.iter().rev())
                .take_while(same)
                .count(),
            different: one.iter().zip(other).filter(|pair| !same(pair)).count(),
        }
    }

    /// Both ends are those of the known address, or hardly anything differs at all.
    fn deceives(&self, book: &AddressBook) -> bool {
        let AddressConfig {
            prefix_length: prefix,
            suffix_length: suffix,
            ..
        } = book.config;
        let ends = prefix.saturating_add(suffix) < self.length
            && self.prefix >= prefix
            && self.suffix >= suffix;
        self.same_length && (ends || self.different * FEW <= self.length)
    }

    /// Enough to be no chance: three characters at either end.
    fn is_notable(&self) -> bool {
        self.prefix >= 3 && self.suffix >= 3
    }

    fn rank(&self, book: &AddressBook) -> (bool, usize) {
        (self.deceives(book), self.prefix + self.suffix)
    }
}

/// A span of a text.
type Span = Range<usize>;

#[cfg(test)]
mod tests;
