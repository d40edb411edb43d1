#![allow(clippy::unwrap_used)]

mod examples;
mod intents;
mod merging;
mod near;
mod order;
