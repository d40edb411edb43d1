//! Integration tests of the engine: every rule here is written for the test.
#![allow(clippy::unwrap_used)]

mod allocation;
mod detection;
mod dialect;
mod normalise_table;
mod rules;
mod streaming;
mod url;
mod validators;
mod views;
