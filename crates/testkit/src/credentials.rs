//! Credential formats of many vendors, each in the dress of leaks, and near misses.
//!
//! Every value is put together at run time from a `spec` and a seed,
//! so that no secret stands in the source and none was ever issued.
//!
//! The formats of a third of the names are *held out* (see [`crate::corpus`]): a
//! report counts them and does not show them.

mod checks;
mod forms;
mod near;
mod spec;

pub use near::other_first_letter;

use crate::corpus::{self, Part};

/// Where the knowledge of a format comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// A built-in pattern of the specification.
    Builtin,
    /// On the specification's list of missing formats.
    Listed,
    /// Documented by some vendor.
    Further,
}

impl Group {
    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Listed => "listed",
            Self::Further => "further",
        }
    }
}

/// What was done to the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dress {
    /// Nothing; a value that only its name gives away has the name.
    Plain,
    /// Inside a file, header, address or message.
    Wrapped,
    /// In several pieces.
    Split,
    /// In an encoding.
    Encoded,
    /// With other letters, or something between them.
    Disguised,
    /// It is no credential at all.
    NearMiss,
}

impl Dress {
    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Wrapped => "wrapped",
            Self::Split => "split",
            Self::Encoded => "encoded",
            Self::Disguised => "disguised",
            Self::NearMiss => "near miss",
        }
    }
}

/// One text with a credential, or with something that only looks like one.
#[derive(Debug, Clone)]
pub struct Case {
    /// The format's name.
    pub format: &'static str,
    /// Where the format is known from.
    pub group: Group,
    /// What was done to it.
    pub dress: Dress,
    /// How exactly.
    pub form: &'static str,
    /// Whether it may be shown.
    pub part: Part,
    /// The text.
    pub text: String,
}

/// One format. The spelling of `spec` is explained in [`spec`](mod@spec).
#[derive(Debug, Clone)]
struct Format {
    group: Group,
    tell: Tell,
    name: &'static str,
    /// The variable or member that usually holds it.
    key: &'static str,
    spec: String,
}

/// What gives a value away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tell {
    /// Its own shape.
    Shape,
    /// The name beside it.
    Name,
}

/// Number of formats in the table.
#[must_use]
pub fn count() -> usize {
    formats().len()
}

/// Every format in every dress, and the near misses.
///
/// # Panics
/// When a table is malformed.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for format in formats() {
        forms::cases(&format, &mut cases);
        near::of_format(&format, &mut cases);
    }
    near::general(&mut cases);
    cases
}

fn formats() -> Vec<Format> {
    let parse = |line: &'static str| {
        let mut cells = line.splitn(5, '\t');
        let mut next = || cells.next();
        let group = match next()? {
            "builtin" => Group::Builtin,
            "listed" => Group::Listed,
            "further" => Group::Further,
            _ => return None,
        };
        let tell = match next()? {
            "shape" => Tell::Shape,
            "name" => Tell::Name,
            _ => return None,
        };
        Some(Format {
            group,
            tell,
            name: next()?,
            key: next()?,
            spec: corpus::unescape(next()?),
        })
    };
    corpus::lines(include_str!("../corpus/credentials.tsv"))
        .map(|line| parse(line).unwrap_or_else(|| panic!("no format: {line:?}")))
        .collect()
}

#[cfg(test)]
mod tests;
