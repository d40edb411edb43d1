//! The nouns that every other crate speaks: heads, labels, actions, findings,
//! events, identifiers.
//!
//! It is data with no behaviour beyond its own invariants: no I/O, no clock, no
//! dependency but `std`. It decides nothing; the gate does.
//!
//! Invariants: text in an [`Event`] is [`Clean`], which only a [`Redactor`]
//! makes; a [`Secret`] never prints; a [`Finding`] carries a span, never the
//! matched bytes. Start reading at [`http`], then [`Label`], then [`event`].

pub mod action;
pub mod caller;
pub mod clean;
pub mod event;
pub mod finding;
pub mod http;
pub mod label;
pub mod secret;

pub use action::{Action, Confidence, Severity};
pub use caller::{Caller, RequestId, Transport};
pub use clean::{Clean, OwnWords, Redactor};
pub use event::{Event, EventKind};
pub use finding::{Finding, RuleIndex, View};
pub use label::{Label, Reason};
pub use secret::Secret;
