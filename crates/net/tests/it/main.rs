//! The ports of `net` that need no proxy around them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod listening;
mod resolving;
