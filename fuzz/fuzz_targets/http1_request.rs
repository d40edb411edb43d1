//! Requests: packet boundaries change nothing, what was read is in order, and what
//! is written of it is read as the same.

use crate::cut;
use pipelock_model::http::Version;
use pipelock_wire::http1::{
    BodyLength, Framing, HeadError, HeadScan, Limits, Parse, Request, request, write_request,
};
use pipelock_wire::sniff::{First, first_bytes};

/// Reads what came in pieces of growing length.
fn read(data: &[u8], ends: impl Iterator<Item = usize>) -> Result<Parse<Request>, HeadError> {
    let mut scan = HeadScan::new();
    for end in ends {
        match request(&data[..end], &mut scan, &Limits::default())? {
            Parse::Partial => {}
            complete => return Ok(complete),
        }
    }
    Ok(Parse::Partial)
}

pub fn run(data: &[u8]) {
    let whole = read(data, [data.len()].into_iter());
    let (begin, _) = cut(data);
    let halves = read(data, [begin.len(), data.len()].into_iter());
    let bytewise = read(data, 0..=data.len().min(2048));
    assert!(whole == halves || whole.is_err() && halves.is_err(), "a cut changes the head");
    if data.len() <= 2048 {
        assert!(whole == bytewise || whole.is_err() && bytewise.is_err(), "pieces change the head");
    }
    if let Ok(Parse::Complete { value, consumed }) = whole {
        assert!(consumed <= data.len());
        in_order(&value);
        written(&value);
        let method = value.head.method.as_str();
        assert!(method.len() > 20 || first_bytes(data) == First::Http1, "the sniffer disagrees");
    }
}

fn in_order(read: &Request) {
    let fields = &read.head.fields;
    assert!(read.head.target.0.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'));
    assert!(fields.values("host").count() <= 1);
    assert!(read.head.version == Version::Http10 || read.host().is_some());
    assert!(fields.values("content-length").count() + fields.values("transfer-encoding").count() <= 1);
    for (name, value) in fields.iter() {
        assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':'));
        assert!(value.iter().all(|byte| *byte >= b' ' && *byte != 0x7f || *byte == b'\t'));
    }
}

fn written(read: &Request) {
    if read.host().is_none() {
        // We speak HTTP/1.1 upstream, and the gate adds the Host that 1.0 may lack.
        return;
    }
    let framing = match read.body {
        BodyLength::Empty | BodyLength::UntilClose => Framing::None,
        BodyLength::Length(length) => Framing::Length(length),
        BodyLength::Chunked => Framing::Chunked,
    };
    let mut out = Vec::new();
    write_request(&read.head, &read.head.target.0, framing, &mut out);
    // Blanks that were left out in the original may take it over the limit.
    let limits = Limits { head_bytes: out.len() + 1, ..Limits::default() };
    let again = request(&out, &mut HeadScan::new(), &limits);
    let Ok(Parse::Complete { value, consumed }) = again else { panic!("{again:?}") };
    assert_eq!(consumed, out.len());
    assert_eq!(value.body, read.body);
    let without_framing = |read: &Request| {
        let mut head = read.head.clone();
        head.fields.remove("content-length");
        head.fields.remove("transfer-encoding");
        head.version = Version::Http11;
        head
    };
    assert_eq!(without_framing(&value), without_framing(read));
}
