//! What one session sends in several requests: randomness, and pieces of secrets.
//!
//! Sessions are addresses. Their number is bounded and no live one is dropped, because
//! that would reset it; those that find no room share one state.

mod entropy;
mod fragments;
mod sessions;

pub use entropy::{Charge, EntropyBudgets, Moment, Novelty};
pub use fragments::{FRAGMENT, Fragment, FragmentKind, Fragments, Lane};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
