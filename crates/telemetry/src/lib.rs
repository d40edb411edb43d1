//! The JSON audit log and the Prometheus metrics: two folds over
//! [`pipelock_model::Event`].
//!
//! Both watch and never decide. Neither blocks traffic: a line goes into a
//! bounded buffer that a thread of its own writes out, and what does not fit is
//! dropped and counted; an observation of a metric is an atomic addition.
//!
//! Invariants: one event is at most one line of valid JSON without duplicate
//! keys; text comes from [`pipelock_model::Clean`] or from constants of ours;
//! label values from outside are bounded in number and length.
//!
//! Start reading at [`AuditLog::observe`] and [`Metrics::observe`]. A new metric
//! is one entry in `metrics/<family>.rs`, a new line one arm in `audit/line.rs`.

mod audit;
mod losses;
mod metrics;
mod writer;

pub use audit::{AuditLog, AuditOptions, render};
pub use losses::Losses;
pub use metrics::{Build, CONTENT_TYPE, Metrics, Probes};
pub use writer::{Flush, LogFile, Sink, Stream, stdout};
