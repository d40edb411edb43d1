//! Patterns that have no trigger.

use crate::pattern::{Part, parser};
use regex_automata::Input;
use regex_automata::meta::Regex;
use std::ops::Range;
use std::sync::OnceLock;

/// A part that is searched for at every byte.
#[derive(Debug)]
pub(super) struct SlowPart {
    pub(super) part: u16,
    pub(super) kind: u8,
    regex: OnceLock<Option<Regex>>,
}

impl SlowPart {
    pub(super) fn new(part: u16, kind: u8) -> Self {
        Self { part, kind, regex: OnceLock::new() }
    }

    /// First match in a range of a text. What does not compile, which analysis
    /// excludes, matches everything.
    pub(super) fn find(&self, part: &Part, text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
        let regex = self.regex.get_or_init(|| {
            let hir = parser().parse(&part.body).ok()?;
            let config = Regex::config().utf8_empty(false);
            Regex::builder().configure(config).build_from_hir(&hir).ok()
        });
        let Some(regex) = regex else { return Some(range) };
        regex.find(Input::new(text).range(range)).map(|found| found.range())
    }
}
