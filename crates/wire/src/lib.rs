//! Codecs without I/O: bytes in, parsed messages out, and back.
//!
//! It reads and writes [`http1`] for both roles, reads the ClientHello of
//! [`tls`], and [`sniff`]s what a tunnel carries. It opens no socket, keeps no
//! clock and judges nothing; transports feed it and the gate decides.
//!
//! Invariants: what two readers could understand differently is an error, never
//! repaired; every limit holds while the input is still incomplete; work is
//! linear in the input however it is split; body data is never copied; an error
//! carries none of the input.

pub mod http1;
pub mod sniff;
pub mod tls;
