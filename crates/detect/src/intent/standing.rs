//! How much a match of a pattern weighs where it stands.

use pipelock_model::Confidence;
use std::ops::Range;

/// Judges a match of an injection pattern by what stands around it: `text` is the
/// match with up to 512 bytes on either side, `span` the match in it, `whole` says
/// that there is no more text than this.
#[must_use]
pub fn standing(_rule_id: &str, _text: &[u8], _span: Range<usize>, _whole: bool) -> Confidence {
    Confidence::Medium
}
