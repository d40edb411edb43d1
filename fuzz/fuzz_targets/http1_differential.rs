//! Whatever we accept, a common library accepts and reads alike. The other way
//! round it need not be: we are the strict one.

use pipelock_model::http::{Fields, Method, Version};
use pipelock_wire::http1::{HeadScan, Limits, Parse, request, response};

const SLOTS: usize = 256;

pub fn run(data: &[u8]) {
    requests(data);
    responses(data);
}

fn same_fields(ours: &Fields, theirs: &[httparse::Header<'_>]) {
    let theirs = theirs.iter().map(|header| (header.name, header.value));
    assert!(ours.iter().eq(theirs), "fields differ");
}

const fn minor(version: Version) -> Option<u8> {
    match version {
        Version::Http10 => Some(0),
        Version::Http11 => Some(1),
    }
}

fn requests(data: &[u8]) {
    let ours = request(data, &mut HeadScan::new(), &Limits::default());
    let Ok(Parse::Complete { value, consumed }) = ours else { return };
    let mut slots = [httparse::EMPTY_HEADER; SLOTS];
    let mut theirs = httparse::Request::new(&mut slots);
    let end = theirs.parse(data).expect("we are not the lenient one");
    assert_eq!(end, httparse::Status::Complete(consumed));
    assert_eq!(theirs.method, Some(value.head.method.as_str()));
    assert_eq!(theirs.path, Some(&*value.head.target.0));
    assert_eq!(theirs.version, minor(value.head.version));
    same_fields(&value.head.fields, theirs.headers);
}

fn responses(data: &[u8]) {
    let ours = response(data, &mut HeadScan::new(), &Limits::default(), &Method::Get);
    let Ok(Parse::Complete { value, consumed }) = ours else { return };
    let mut slots = [httparse::EMPTY_HEADER; SLOTS];
    let mut theirs = httparse::Response::new(&mut slots);
    let end = theirs.parse(data).expect("we are not the lenient one");
    assert_eq!(end, httparse::Status::Complete(consumed));
    assert_eq!(theirs.code, Some(value.head.status));
    assert_eq!(theirs.version, minor(value.head.version));
    // It shows no reason that is not ASCII.
    let ascii = value.head.reason.is_ascii();
    let reason = if ascii { &value.head.reason[..] } else { b"" };
    assert_eq!(theirs.reason.map(str::as_bytes), Some(reason));
    same_fields(&value.head.fields, theirs.headers);
}
