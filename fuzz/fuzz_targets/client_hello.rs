//! ClientHellos: an answer on some of the bytes holds for all of them, and records
//! may be cut anywhere.

use crate::cut;
use pipelock_wire::tls::{Hello, client_hello};

const RECORD_HEADER: usize = 5;

pub fn run(data: &[u8]) {
    let whole = client_hello(data);
    let (begin, _) = cut(data);
    match (client_hello(begin), &whole) {
        (Hello::Partial, _) | (Hello::Malformed(_), Hello::Malformed(_)) => {}
        (early, whole) => assert_eq!(early, *whole, "more bytes change the answer"),
    }
    if let Hello::Hello(hello) = whole {
        assert!(hello.consumed <= data.len());
        let name = hello.server_name.as_deref().unwrap_or("a");
        assert!(!name.is_empty() && !name.ends_with('.') && name.len() <= 253);
        assert_eq!(name, name.to_ascii_lowercase());
        let message = payload(&data[..hello.consumed]);
        let size = message.len().div_ceil(200).max(1 + begin.len() % 100);
        let Hello::Hello(again) = client_hello(&records(&message, size)) else {
            panic!("other records change the answer")
        };
        assert_eq!((again.server_name, again.ech, again.alpn), (hello.server_name, hello.ech, hello.alpn));
    }
}

fn payload(mut data: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    while let [_, _, _, high, low, rest @ ..] = data {
        let (record, next) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        message.extend_from_slice(record);
        data = next;
    }
    message
}

fn records(message: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + RECORD_HEADER);
    for piece in message.chunks(size) {
        out.extend_from_slice(&[22, 3, 1]);
        out.extend_from_slice(&(piece.len() as u16).to_be_bytes());
        out.extend_from_slice(piece);
    }
    out
}
