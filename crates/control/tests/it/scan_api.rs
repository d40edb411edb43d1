//! `POST /api/v1/scan` on the wire.

mod batch;
mod errors;
mod findings;
mod harness;
mod limits;
