//! The codecs from outside: what is refused, what is read, and that neither
//! packet boundaries nor a round trip change it.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bodies;
mod differential;
mod hops;
mod properties;
mod request_heads;
mod response_heads;
mod sniffing;
mod support;
mod tls;
mod writing;
