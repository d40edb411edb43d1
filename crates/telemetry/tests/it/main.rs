//! Tests of the public API.
#![allow(clippy::unwrap_used)]

mod events;
mod exposition;
mod golden;
mod lines;
mod outputs;
