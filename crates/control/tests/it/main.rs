//! Own routes and the kill switch's sources, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod routes;
mod sentinel;
