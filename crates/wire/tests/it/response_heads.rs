use crate::support::whole_response;
use pipelock_model::http::{Method, Version};
use pipelock_wire::http1::BodyLength;

fn get(head: &[u8]) -> Result<pipelock_wire::http1::Response, String> {
    whole_response(head, &Method::Get)
}

#[test]
fn malformed_or_ambiguous_responses_are_refused() {
    let cases: &[&[u8]] = &[
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        b"HTTP/1.1 200 OK\nA: b\n\n",
        b"HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n",
        b"HTTP/1.1 200 O\x01K\r\n\r\n",
        b"HTTP/1.1 099 Low\r\n\r\n",
        b"HTTP/1.1 600 High\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 +20 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    ];
    for head in cases {
        let read = get(head);
        assert!(
            read.as_ref().is_err_and(|what| what != "partial"),
            "{} {read:?}",
            head.escape_ascii()
        );
    }
}

#[test]
fn what_is_no_http_is_refused_before_a_line_ends() {
    for begin in ["SSH-2.0", "220 mail", "<html>", "\u{1}", "HTTQ"] {
        assert_ne!(
            get(begin.as_bytes()),
            Err("partial".to_owned()),
            "{begin:?}"
        );
    }
    assert_eq!(get(b"HTT"), Err("partial".to_owned()));
}

#[test]
fn the_end_of_the_body_follows_status_method_and_fields() {
    const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
    const FIVE: &str = "Content-Length: 5\r\n";
    let cases = [
        ("200", Method::Get, FIVE, BodyLength::Length(5)),
        ("200", Method::Get, CHUNKED, BodyLength::Chunked),
        ("200", Method::Get, "", BodyLength::UntilClose),
        ("200", Method::Head, FIVE, BodyLength::Empty),
        ("200", Method::Head, CHUNKED, BodyLength::Empty),
        ("404", Method::Head, "", BodyLength::Empty),
        ("204", Method::Get, "", BodyLength::Empty),
        (
            "204",
            Method::Get,
            "Content-Length: 0\r\n",
            BodyLength::Empty,
        ),
        ("304", Method::Get, FIVE, BodyLength::Empty),
        ("304", Method::Get, CHUNKED, BodyLength::Empty),
        ("100", Method::Post, "", BodyLength::Empty),
        ("101", Method::Get, "", BodyLength::Empty),
        ("103", Method::Get, "", BodyLength::Empty),
        ("205", Method::Get, FIVE, BodyLength::Length(5)),
        ("200", Method::Connect, "", BodyLength::Empty),
        ("407", Method::Connect, FIVE, BodyLength::Length(5)),
        ("599", Method::Get, FIVE, BodyLength::Length(5)),
    ];
    for (status, method, fields, body) in cases {
        let head = format!("HTTP/1.1 {status} x\r\n{fields}\r\n");
        let read = whole_response(head.as_bytes(), &method).expect(status);
        assert_eq!(read.body, body, "{status} {method:?} {fields:?}");
        assert_eq!(read.is_interim(), status.starts_with('1'), "{status}");
    }
}

#[test]
fn any_reason_phrase_is_kept() {
    let cases: [(&[u8], &[u8]); 5] = [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"OK"),
        (b"HTTP/1.1 200 \r\n\r\n", b""),
        (b"HTTP/1.1 200\r\n\r\n", b""),
        (b"HTTP/1.1 404 Not  Found\t.\r\n\r\n", b"Not  Found\t."),
        (b"HTTP/1.0 200 caf\xe9\r\n\r\n", b"caf\xe9"),
    ];
    for (head, reason) in cases {
        assert_eq!(
            get(head).unwrap().head.reason,
            reason,
            "{}",
            head.escape_ascii()
        );
    }
    assert_eq!(get(cases[4].0).unwrap().head.version, Version::Http10);
}

#[test]
fn an_origin_may_spell_chunked_in_capitals() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n";
    let read = whole_response(head, &Method::Get).unwrap();
    assert_eq!(read.body, BodyLength::Chunked);
}
