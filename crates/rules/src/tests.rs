#![allow(clippy::unwrap_used)]

mod examples;
mod merging;
mod order;
