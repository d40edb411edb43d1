use crate::support::{whole_request, whole_response};
use pipelock_model::http::{Fields, Method};
use pipelock_wire::http1::{
    BodyLength, CHUNK_END, Framing, write_chunk_head, write_last_chunk, write_request,
    write_response,
};

fn request_with(fields: &str, framing: Framing) -> String {
    let head = format!("POST http://h.test/a HTTP/1.1\r\nHost: h.test\r\n{fields}\r\n");
    let read = whole_request(head.as_bytes()).unwrap();
    let mut out = Vec::new();
    write_request(&read.head, "/a", framing, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_request_leaves_with_exactly_one_framing_field() {
    let begin = "POST /a HTTP/1.1\r\nHost: h.test\r\n";
    let cases = [
        (
            "Content-Length: 5\r\nA: b\r\n",
            Framing::Length(7),
            "Content-Length: 7\r\nA: b\r\n",
        ),
        (
            "Content-Length: 5\r\nA: b\r\n",
            Framing::Chunked,
            "Transfer-Encoding: chunked\r\nA: b\r\n",
        ),
        (
            "Transfer-Encoding: chunked\r\n",
            Framing::Length(3),
            "Content-Length: 3\r\n",
        ),
        (
            "A: b\r\n",
            Framing::Chunked,
            "A: b\r\nTransfer-Encoding: chunked\r\n",
        ),
        ("Content-Length: 5\r\n", Framing::None, ""),
        (
            "content-length: 5\r\n",
            Framing::KeepLength,
            "content-length: 5\r\n",
        ),
        ("Transfer-Encoding: chunked\r\n", Framing::KeepLength, ""),
        ("Content-Length: 5\r\n", Framing::UntilClose, ""),
    ];
    for (fields, framing, want) in cases {
        assert_eq!(
            request_with(fields, framing),
            format!("{begin}{want}\r\n"),
            "{fields:?} {framing:?}"
        );
    }
}

#[test]
fn a_response_keeps_reason_order_case_and_duplicates() {
    let head = b"HTTP/1.1 200 Fine\r\nset-cookie: a\r\nDate: x\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\n";
    let read = whole_response(head, &Method::Head).unwrap();
    let mut out = Vec::new();
    write_response(&read.head, Framing::KeepLength, &mut out);
    assert_eq!(out, head);
}

#[test]
fn what_was_put_in_since_cannot_split_a_message() {
    let mut read = whole_request(b"GET / HTTP/1.1\r\nHost: h.test\r\n\r\n").unwrap();
    read.head.fields.push("A", b"b\r\nEvil: 1\0");
    read.head.fields.push("Bad\r\nName", b"c");
    let mut out = Vec::new();
    write_request(&read.head, "/a b\r\n\u{fc}", Framing::None, &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "GET /a%20b%0D%0A%C3%BC HTTP/1.1\r\nHost: h.test\r\nA: b  Evil: 1 \r\n\r\n"
    );
    let mut read = whole_response(b"HTTP/1.1 200 OK\r\n\r\n", &Method::Get).unwrap();
    read.head.reason = b"O\r\nK".to_vec();
    let mut out = Vec::new();
    write_response(&read.head, Framing::Length(0), &mut out);
    assert_eq!(out, b"HTTP/1.1 200 O  K\r\nContent-Length: 0\r\n\r\n");
}

#[test]
fn the_version_is_ours_whatever_the_peer_spoke() {
    let read = whole_response(b"HTTP/1.0 200 OK\r\n\r\n", &Method::Get).unwrap();
    for framing in [Framing::UntilClose, Framing::Chunked, Framing::Length(0)] {
        let mut out = Vec::new();
        write_response(&read.head, framing, &mut out);
        assert!(out.starts_with(b"HTTP/1.1 "), "{framing:?}");
    }
}

#[test]
fn chunks_that_are_written_are_read_again() {
    let mut out = Vec::new();
    for data in [&b"hello"[..], &[0; 300]] {
        write_chunk_head(data.len(), &mut out);
        out.extend_from_slice(data);
        out.extend_from_slice(CHUNK_END);
    }
    let mut trailers = Fields::new();
    trailers.push("Grpc-Status", b"0");
    trailers.push("Content-Length", b"9");
    write_last_chunk(&trailers, &mut out);
    assert!(out.starts_with(b"5\r\nhello\r\n12c\r\n"));
    assert!(
        out.ends_with(b"\r\n0\r\nGrpc-Status: 0\r\n\r\n"),
        "a framing field is no trailer"
    );
    let body = crate::support::decode(BodyLength::Chunked, [&out[..]]).unwrap();
    assert_eq!((body.data.len(), body.trailers.unwrap().len()), (305, 1));
}
