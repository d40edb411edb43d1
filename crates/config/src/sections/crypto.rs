//! `seed_phrase_detection` and `address_protection`.

use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::crypto_address::Chain;
use pipelock_detect::rule::Rule;
use pipelock_detect::seed::SeedRules;
use pipelock_model::Action;
use pipelock_policy::{AddressProtection, SeedChecksum, SeedPhrases, SeedWords};

/// The rule that searches for seed phrases.
pub(crate) fn seed_rule(seeds: &SeedPhrases) -> Rule {
    let words = seeds.min_words.count();
    pipelock_rules::seed_phrases(SeedRules {
        min_words: u8::try_from(words).unwrap_or(u8::MAX),
        verify_checksum: seeds.checksum == SeedChecksum::Verified,
    })
}

/// Reads `seed_phrase_detection`; `None` when it is off.
pub(crate) fn seeds(root: &Section<'_>, problems: &mut Problems) -> Option<SeedPhrases> {
    let section = root.section("seed_phrase_detection");
    if section.flag("enabled") == Some(false) {
        return None;
    }
    let words = section.integer("min_words").filter(|words| *words != 0);
    let min_words = match words {
        None => SeedWords::Twelve,
        Some(words) => SeedWords::of(words).unwrap_or_else(|| {
            let message = "must be 12, 15, 18, 21 or 24";
            section.error(problems, Code::OutOfRange, "min_words", message);
            SeedWords::Twelve
        }),
    };
    Some(SeedPhrases {
        min_words,
        checksum: match section.flag("verify_checksum") {
            Some(false) => SeedChecksum::Ignored,
            _ => SeedChecksum::Verified,
        },
    })
}

/// The policy hash covers what differs from the default.
pub(crate) fn describe_seeds(seeds: Option<&SeedPhrases>, out: &mut Canonical) {
    if seeds == Some(&SeedPhrases::default()) {
        return;
    }
    let mut section = out.below("seed_phrase_detection");
    section.set("enabled", seeds.is_some());
    if let Some(seeds) = seeds {
        section.set("min_words", seeds.min_words.count() as u64);
        let verified = seeds.checksum == SeedChecksum::Verified;
        section.set("verify_checksum", verified);
    }
}

/// Reads `address_protection`; `None` when it is off, and then nothing is checked.
pub(crate) fn addresses(root: &Section<'_>, problems: &mut Problems) -> Option<AddressProtection> {
    let section = root.section("address_protection");
    if section.flag("enabled") != Some(true) {
        return None;
    }
    let listed = section.section("chains");
    let on = |chain: &Chain| listed.flag(chain.as_str()).unwrap_or(*chain != Chain::Sol);
    let chains: Vec<Chain> = AddressProtection::CHAINS.into_iter().filter(on).collect();
    if chains.is_empty() {
        let message = "every chain is off: nothing is left to look at";
        section.error(problems, Code::Conflict, "chains", message);
    }
    let similarity = section.section("similarity");
    let length = |key: &str| {
        let length = similarity.integer(key).filter(|length| *length > 0);
        length.map_or(AddressProtection::SIMILAR, |length| {
            usize::try_from(length).unwrap_or(usize::MAX)
        })
    };
    let allowed = section.texts("allowed_addresses").unwrap_or_default();
    let allowed = allowed.iter().map(|item| item.text.trim().to_owned());
    Some(AddressProtection {
        lookalike: match section.text("action") {
            Some("warn") => Action::Warn,
            _ => Action::Block,
        },
        unknown: match section.text("unknown_action") {
            Some("warn") => Action::Warn,
            Some("block") => Action::Block,
            _ => Action::Allow,
        },
        allowed: allowed.filter(|text| !text.is_empty()).collect(),
        chains,
        prefix: length("prefix_length"),
        suffix: length("suffix_length"),
    })
}

pub(crate) fn describe_addresses(protection: Option<&AddressProtection>, out: &mut Canonical) {
    let Some(protection) = protection else { return };
    let mut section = out.below("address_protection");
    section.set("enabled", true);
    section.set("action", protection.lookalike.as_str());
    section.set("unknown_action", protection.unknown.as_str());
    section.set("allowed_addresses", protection.allowed.iter());
    section.set(
        "chains",
        protection.chains.iter().map(|chain| chain.as_str()),
    );
    section.set("similarity.prefix_length", protection.prefix as u64);
    section.set("similarity.suffix_length", protection.suffix as u64);
}
