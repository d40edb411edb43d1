//! The gate: the one place that decides.
//!
//! A transport hands a decoded head to [`Gate::open`] and gets it back only as a
//! [`Permit`], together with the checked addresses and the [`Exchange`] through
//! which bodies and the answer pass. It moves bytes; it never judges them.
//!
//! Invariants: bytes leave only as [`Judged`], which only this crate makes; a
//! name is resolved once and what was checked is what is dialled; secrets in URL
//! and headers are sought before any query; one exchange sees one [`Snapshot`];
//! an error inside the gate is a denial.
//!
//! Start at [`stages`], then [`Gate::open`], then [`Inspection`].

mod addresses;
mod assess;
mod budget;
mod case;
mod crossing;
mod decide;
mod exchange;
mod gate;
mod inspection;
mod json;
mod judged;
mod media;
mod note;
mod ports;
mod resolve;
pub mod stages;
mod verdict;

pub use assess::{
    Assessment, Charge, Deadline, Evidence, EvidenceKind, Limit, Subject, TextAssessment,
};
pub use budget::Budget;
pub use decide::{HookDecision, HookEvidence, HookOutcome, Payload};
pub use exchange::{Ending, Exchange, Outcome};
pub use gate::{Gate, Ingress, Malformed, Ports, Snapshot};
pub use inspection::{Direction, Inspection, Pieces, Step, Tail};
pub use judged::Judged;
pub use ports::{
    Clock, KillSwitch, Observer, Recorder, RecorderUnavailable, ResolveError, Resolver,
};
pub use verdict::{Denial, DenialBody, Opening, Passage, Permit, Route, Verdict};
