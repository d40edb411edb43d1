//! Patterns that have no trigger.

use crate::pattern::{Part, parser};
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use std::ops::Range;
use std::sync::OnceLock;

/// A part that is searched for at every byte.
#[derive(Debug)]
pub(super) struct SlowPart {
    pub(super) part: u16,
    pub(super) kind: u8,
    tolerant: OnceLock<Option<Regex>>,
    exact: OnceLock<Option<Regex>>,
}

impl SlowPart {
    pub(super) fn new(part: u16, kind: u8) -> Self {
        Self {
            part,
            kind,
            tolerant: OnceLock::new(),
            exact: OnceLock::new(),
        }
    }

    /// First match in a range of a text. What does not compile, which analysis
    /// excludes, matches everything.
    pub(super) fn find(
        &self,
        part: &Part,
        text: &[u8],
        mut range: Range<usize>,
    ) -> Option<Range<usize>> {
        loop {
            let Some(regex) = self.tolerant.get_or_init(|| compile(&part.body)) else {
                return Some(range);
            };
            let found = regex.find(Input::new(text).range(range.clone()))?.range();
            let matched = &text[found.clone()];
            if part.exact.is_empty() || matched.is_ascii() || std::str::from_utf8(matched).is_err()
            {
                return Some(found);
            }
            let Some(regex) = self.exact.get_or_init(|| compile(&part.exact)) else {
                return Some(found);
            };
            let input = Input::new(text)
                .range(found.start..range.end)
                .anchored(Anchored::Yes);
            if let Some(exact) = regex.find(input) {
                return Some(exact.range());
            }
            range.start = found.start + 1;
        }
    }
}

fn compile(source: &str) -> Option<Regex> {
    let hir = parser().parse(source).ok()?;
    let config = Regex::config().utf8_empty(false);
    Regex::builder().configure(config).build_from_hir(&hir).ok()
}
