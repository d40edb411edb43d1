//! The binary as a user runs it: arguments, files, signals, pipes, exit codes.
//!
//! Every proxy has a port of its own and says on standard error when it is ready;
//! what a test waits for is a line, an answer or the end of a process, with one
//! time limit in `harness` for all of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs
)]

mod harness;

mod agent;
mod checking;
mod generating;
mod health;
mod idle;
mod kill_switch;
mod logs;
mod stopping;
mod texts;
mod usage;
mod vectors;
