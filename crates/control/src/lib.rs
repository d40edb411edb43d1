//! What operators reach: the kill switch's sources, health, probes, metrics, and
//! the scan API.
//!
//! It serves no traffic and decides nothing about it: what the scan API answers, the
//! gate has judged. Start at [`Switchboard`], [`Routes`] and [`ScanApi`].

mod kill_switch;
mod routes;
mod scan_api;

pub use kill_switch::{Switchboard, sentinel_is_set};
pub use routes::{Readiness, Routes, RoutesOf};
pub use scan_api::ScanApi;
