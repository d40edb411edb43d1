//! Own routes and the kill switch's sources, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
#![allow(clippy::disallowed_methods, reason = "clients dial")]

mod routes;
mod scan_api;
mod sentinel;
