//! What we accept, a common library accepts and reads alike.

use crate::support::{whole_request, whole_response};
use pipelock_model::http::{Fields, Method, Version};

/// Heads of common clients and servers, and edges that both must read alike.
pub(crate) const REQUESTS: &[&[u8]] = &[
    b"GET http://h.test/ HTTP/1.1\r\nHost: h.test\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nProxy-Connection: Keep-Alive\r\n\r\n",
    b"CONNECT h.test:443 HTTP/1.0\r\n\r\n",
    b"POST /v1?q=%20 HTTP/1.1\r\nhost:h.test\r\nContent-Length: 2\r\nA:\r\nA: \t b \t \r\n\r\n{}",
    b"OPTIONS * HTTP/1.1\r\nHost: h.test\r\nX-Obs: caf\xe9\r\n\r\n",
    b"\r\nM-SEARCH / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
];

fn same_fields(fields: &Fields, theirs: &[httparse::Header<'_>]) {
    let theirs: Vec<_> = theirs
        .iter()
        .map(|header| (header.name, header.value))
        .collect();
    assert_eq!(fields.iter().collect::<Vec<_>>(), theirs);
}

const fn minor(version: Version) -> u8 {
    match version {
        Version::Http10 => 0,
        Version::Http11 => 1,
    }
}

#[test]
fn requests_are_read_like_a_common_library_reads_them() {
    for head in REQUESTS {
        let ours = whole_request(head)
            .expect("a head that every client sends")
            .head;
        let mut slots = [httparse::EMPTY_HEADER; 64];
        let mut theirs = httparse::Request::new(&mut slots);
        assert!(theirs.parse(head).unwrap().is_complete());
        assert_eq!(theirs.method, Some(ours.method.as_str()));
        assert_eq!(theirs.path, Some(&*ours.target.0));
        assert_eq!(theirs.version, Some(minor(ours.version)));
        same_fields(&ours.fields, theirs.headers);
    }
}

#[test]
fn responses_are_read_like_a_common_library_reads_them() {
    let heads: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        b"HTTP/1.0 404\r\n\r\n",
        b"HTTP/1.1 302 \r\nLocation: /\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n",
    ];
    for head in heads {
        let ours = whole_response(head, &Method::Get).unwrap().head;
        let mut slots = [httparse::EMPTY_HEADER; 64];
        let mut theirs = httparse::Response::new(&mut slots);
        assert!(theirs.parse(head).unwrap().is_complete());
        assert_eq!(theirs.code, Some(ours.status));
        assert_eq!(theirs.version, Some(minor(ours.version)));
        assert_eq!(theirs.reason.map(str::as_bytes), Some(&ours.reason[..]));
        same_fields(&ours.fields, theirs.headers);
    }
}
