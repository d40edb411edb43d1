use pipelock_wire::sniff::{First, first_bytes};

#[test]
fn the_first_bytes_tell_the_protocol() {
    let cases: &[(&[u8], First)] = &[
        (b"", First::Partial),
        (b"\x16", First::Tls),
        (b"\x16\x03", First::Tls),
        (b"\x15", First::Partial),
        (b"\x15\x04", First::Other),
        (b"\x15\x03\x01", First::Tls),
        (b"\x14\x03\x03", First::Tls),
        (b"\n\x16\x03", First::Tls),
        (b"\n\x16", First::Partial),
        (b"\x16\x04\x01", First::Tls),
        (b"G", First::Partial),
        (b"GET", First::Partial),
        (b"GET ", First::Http1),
        (b"get /", First::Http1),
        (b"X-ODD! /", First::Http1),
        (b"\r\nGET /", First::Http1),
        (b"\n\n\r\nPOST /", First::Http1),
        (b"\r\n\r\n", First::Partial),
        (b"ABCDEFGHIJKLMNOPQRST /", First::Http1),
        (b"ABCDEFGHIJKLMNOPQRST", First::Partial),
        (b"ABCDEFGHIJKLMNOPQRSTU", First::Other),
        (b"PRI", First::Partial),
        (b"PRI ", First::Partial),
        (b"PRI * HTTP/2.0\r", First::Partial),
        (b"PRI * HTTP/2.0\r\n\r\nSM", First::Http2Preface),
        (b"PRI * HTTP/1.1\r\n", First::Http1),
        (b"PRINT /", First::Http1),
        (b"SSH-2.0-OpenSSH_9.6 x", First::Other),
        (b"SSH-2.0-a b\r\n", First::Other),
        (b"SS", First::Partial),
        (b"SSEARCH /", First::Http1),
        (b" GET /", First::Other),
        (b"GET\t/", First::Other),
        (b"\x00\x00", First::Other),
        (b"*1\r\n$4\r\nPING\r\n", First::Other),
        (b"\x80\x2e\x01\x03\x01", First::Other),
    ];
    for (bytes, first) in cases {
        assert_eq!(first_bytes(bytes), *first, "{}", bytes.escape_ascii());
    }
}
