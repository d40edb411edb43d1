//! The gate from outside: bodies in pieces, memory, and the order of judgement.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod assessing;
mod bodies;
mod crossing;
mod flow;
mod harness;
mod memory;
mod opening;
mod parts;
