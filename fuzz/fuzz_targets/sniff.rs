//! The sniffer: a decision on some of the bytes holds for all of them, and few
//! bytes are enough.

use crate::cut;
use pipelock_wire::sniff::{First, first_bytes};
use pipelock_wire::tls::{Hello, client_hello};

/// Line ends that are skipped and the longest method.
const ENOUGH: usize = 64;

pub fn run(data: &[u8]) {
    let whole = first_bytes(data);
    let (begin, _) = cut(data);
    let early = first_bytes(begin);
    assert!(early == First::Partial || early == whole, "{early:?} became {whole:?}");
    assert!(whole != First::Partial || data.len() < ENOUGH, "undecided after {} bytes", data.len());
    let not_tls = client_hello(data) == Hello::NotTls;
    assert!(whole != First::Tls || !not_tls, "the ClientHello reader disagrees");
}
