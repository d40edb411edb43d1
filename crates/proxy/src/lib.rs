//! The forward proxy: absolute-URI HTTP and CONNECT.
//!
//! It decodes, asks the gate, and moves what the gate gave back. It cannot judge:
//! it knows no detector, and `net` writes judged bytes only.
//!
//! Start at [`ForwardProxy`], then `exchange`, then `tunnel`.

mod download;
mod exchange;
mod forward;
mod tunnel;
mod upload;

pub use forward::ForwardProxy;
