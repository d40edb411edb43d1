//! Pure detectors: the one-pass anchor engine for secrets and injections, and
//! the text layers of the URL pipeline.
//!
//! It is not a policy: a finding says what was seen, where and how surely; the
//! gate decides what becomes of it. No I/O, clock, randomness or async.
//!
//! Invariants: the same bytes always give the same findings, streamed or whole;
//! time is linear in the text; clean text allocates nothing; a finding carries
//! a span, never the matched bytes. Start reading at [`engine`], then
//! [`pattern`]; [`url`] judges targets and [`address`] addresses.

pub mod address;
pub mod crypto_address;
pub mod decode;
pub mod domain;
pub mod engine;
pub mod entropy;
pub mod intent;
pub mod normalise;
pub mod pattern;
pub mod redact;
pub mod rule;
pub mod seed;
pub mod url;
pub mod validate;
