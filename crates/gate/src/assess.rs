//! Judging without acting: no record, no enforcement, and no charge unless asked.
//!
//! `check`, `test`, the scan API and IDE hooks end here. The judgement is that of
//! the stages that act: the same engine, the same resolution of actions.

mod target;
mod text;

pub use target::{Assessment, Charge};
pub use text::{Deadline, Evidence, EvidenceKind, Limit, Subject, TextAssessment};
