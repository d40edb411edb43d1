//! Lists of domains and networks.

use crate::problem::{Code, Problems};
use crate::section::{Item, Section};
use pipelock_detect::address::Cidr;
use pipelock_detect::domain::{DomainPatternError, DomainSet, validate_pattern};

/// What a domain list does, and so how strictly it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Hosts that escape a check: a wildcard over a public suffix opens it to
    /// anybody who registers a name there.
    Exempt,
    /// Hosts that are reached or refused as such: a wide wildcard is meant.
    Destination,
}

/// Reads a domain list by rule V1. `None` when absent.
pub(crate) fn domains(
    section: &Section<'_>,
    key: &str,
    purpose: Purpose,
    problems: &mut Problems,
) -> Option<DomainSet> {
    let items = section.texts(key)?;
    let patterns: Vec<String> = items
        .iter()
        .filter_map(|item| domain(item, purpose, problems))
        .collect();
    Some(DomainSet::new(patterns.iter().map(String::as_str)))
}

fn domain(item: &Item<'_>, purpose: Purpose, problems: &mut Problems) -> Option<String> {
    match validate_pattern(item.text) {
        Ok(pattern) => Some(pattern),
        Err(DomainPatternError::PublicSuffix) if purpose == Purpose::Destination => {
            Some(item.text.to_owned())
        }
        Err(error) => {
            let shown = crate::problem::printable(item.text, 80);
            let message = format!("domain pattern \"{shown}\" {error}");
            problems.error(Code::BadDomain, item.place, &item.key, message);
            None
        }
    }
}

/// How strictly a list of networks is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostBits {
    /// `10.0.0.5/8` is `10.0.0.0/8`.
    Dropped,
    /// `10.0.0.5/8` is an error: what it opens must be what it says.
    Refused,
}

/// Reads a list of networks. `None` when absent.
pub(crate) fn networks(
    section: &Section<'_>,
    key: &str,
    bits: HostBits,
    problems: &mut Problems,
) -> Option<Vec<Cidr>> {
    let items = section.texts(key)?;
    let network = |item: &Item<'_>| {
        let read = match bits {
            HostBits::Dropped => Cidr::parse(item.text.trim()),
            HostBits::Refused => Cidr::parse_strict(item.text.trim()),
        };
        read.map_err(|error| {
            let shown = crate::problem::printable(item.text, 60);
            let message = format!("network \"{shown}\" {error}");
            problems.error(Code::BadNetwork, item.place, &item.key, message);
        })
        .ok()
    };
    Some(items.iter().filter_map(network).collect())
}
