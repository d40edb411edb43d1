//! What operators reach: the kill switch's sources, health, probes, metrics.
//!
//! It serves no traffic and decides nothing about it. Start at [`Switchboard`]
//! and [`Routes`].

mod kill_switch;
mod routes;

pub use kill_switch::{Switchboard, sentinel_is_set};
pub use routes::{Readiness, Routes, RoutesOf};
