//! The forward proxy on the wire: real sockets on loopback, scripted origins, and
//! a client that shows every byte.
//!
//! A test drives client and origin by turns, so that reads are the only
//! synchronisation; `harness::run` bounds each with a time limit.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs
)]

mod harness;

mod bad_origins;
mod bodies;
mod events;
mod expect;
mod forwarding;
mod kill_switch;
mod limits;
mod pool;
mod refusals;
mod streams;
mod tunnels;
