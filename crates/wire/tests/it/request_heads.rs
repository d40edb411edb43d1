use crate::support::{read_request, whole_request};
use pipelock_model::http::{Method, TargetForm, Version};
use pipelock_wire::http1::{BodyLength, HeadError, HeadScan, Limits, Parse, request};

const HOST: &str = "Host: h.test\r\n";

fn with_fields(fields: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\n{HOST}{fields}\r\n").into_bytes()
}

#[test]
fn ambiguous_framing_is_refused() {
    let cases = [
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
        ("Content-Length: 5\r\ncontent-length: 5\r\n", 400),
        ("Content-Length: 5, 5\r\n", 400),
        ("Content-Length: +5\r\n", 400),
        ("Content-Length: -1\r\n", 400),
        ("Content-Length: 0x5\r\n", 400),
        ("Content-Length: 5 5\r\n", 400),
        ("Content-Length:\r\n", 400),
        ("Content-Length:\t5\r\n", 400),
        ("Content-Length: 9223372036854775808\r\n", 400),
        ("Content-Length: 99999999999999999999999\r\n", 400),
        ("Transfer-Encoding: xchunked\r\n", 400),
        ("Transfer-Encoding: Chunked\r\n", 400),
        ("Transfer-Encoding: CHUNKED\r\n", 400),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            400,
        ),
        ("Transfer-Encoding: chunked, chunked\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n", 400),
        ("Transfer-Encoding: chunked, identity\r\n", 400),
        ("Transfer-Encoding: chunked;q=1\r\n", 400),
        ("Transfer-Encoding: \"chunked\"\r\n", 400),
        ("Transfer-Encoding: ,chunked\r\n", 400),
        ("Transfer-Encoding: identity\r\n", 400),
        ("Transfer-Encoding:\tchunked\r\n", 400),
        ("Transfer-Encoding: chunked\t\r\n", 400),
        ("Transfer-Encoding:\r\n", 400),
        ("Transfer-Encoding: \x0bchunked\r\n", 400),
    ];
    for (fields, status) in cases {
        let error = read_request(&with_fields(fields)).expect_err(fields);
        assert_eq!(error.status(), status, "{fields:?}");
    }
}

#[test]
fn plain_framing_is_read() {
    let cases = [
        ("", BodyLength::Empty),
        ("Content-Length: 0\r\n", BodyLength::Length(0)),
        ("content-LENGTH:  42  \r\n", BodyLength::Length(42)),
        (
            "Content-Length: 9223372036854775807\r\n",
            BodyLength::Length(i64::MAX as u64),
        ),
        ("Transfer-Encoding: chunked\r\n", BodyLength::Chunked),
        ("transfer-encoding:chunked\r\n", BodyLength::Chunked),
        ("Transfer-Encoding-X: gzip\r\n", BodyLength::Empty),
    ];
    for (fields, body) in cases {
        assert_eq!(
            whole_request(&with_fields(fields)).unwrap().body,
            body,
            "{fields:?}"
        );
    }
}

#[test]
fn transfer_encoding_in_http_1_0_is_refused() {
    let head = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(
        whole_request(head),
        Err("transfer-encoding in HTTP/1.0".to_owned())
    );
}

#[test]
fn malformed_fields_are_refused() {
    let cases: &[(&[u8], &str)] = &[
        (b"A: b\r\n c\r\n", "folded field line"),
        (b"A: b\r\n\tc\r\n", "folded field line"),
        (b" A: b\r\n", "folded field line"),
        (b"A : b\r\n", "white space before the colon"),
        (b"A\t: b\r\n", "white space before the colon"),
        (b": b\r\n", "empty field name"),
        (b"A\r\n", "field line without a colon"),
        (b"A(b): c\r\n", "character in a field name"),
        (b"A\xc3\xa9: c\r\n", "character in a field name"),
        (b"A: b\0c\r\n", "control character in the head"),
        (b"A: b\x01\r\n", "control character in the head"),
        (b"A: b\x1b[2J\r\n", "control character in the head"),
        (b"A: b\x7f\r\n", "control character in the head"),
        (b"A\0: b\r\n", "control character in the head"),
        (b"A: b\nC: d\r\n", "bare line feed"),
        (b"A: b\n\nC: d\r\n", "bare line feed"),
        (b"A: b\rC: d\r\n", "bare carriage return"),
        (b"A: b\r\r\n", "bare carriage return"),
    ];
    for (fields, what) in cases {
        let mut head = b"GET / HTTP/1.1\r\nHost: h.test\r\n".to_vec();
        head.extend_from_slice(fields);
        head.extend_from_slice(b"\r\n");
        assert_eq!(
            whole_request(&head),
            Err((*what).to_owned()),
            "{:?}",
            fields.escape_ascii()
        );
    }
}

#[test]
fn values_keep_their_bytes_without_the_blanks_around() {
    let head = with_fields("A:  b \t c\t \r\nEmpty:\r\nX: \r\n");
    let mut head = String::from_utf8(head).unwrap().into_bytes();
    let at = head.len() - 2;
    head.splice(at..at, b"Obs: caf\xe9\r\n".iter().copied());
    let fields = whole_request(&head).unwrap().head.fields;
    let values: Vec<_> = fields
        .iter()
        .skip(1)
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect();
    let want: [(&str, &[u8]); 4] = [
        ("A", b"b \t c"),
        ("Empty", b""),
        ("X", b""),
        ("Obs", b"caf\xe9"),
    ];
    assert_eq!(
        values,
        want.map(|(name, value)| (name.to_owned(), value.to_vec()))
    );
}

#[test]
fn malformed_request_lines_are_refused() {
    let cases: &[(&[u8], u16)] = &[
        (b"GET /", 400), // HTTP/0.9
        (b"GET", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET / HTTP/1.1 ", 400),
        (b"GET / x HTTP/1.1", 400),
        (b" GET / HTTP/1.1", 400),
        (b"GET\t/ HTTP/1.1", 400),
        (b"G@T / HTTP/1.1", 400),
        (b"G\xc3\x89T / HTTP/1.1", 400),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1", 400),
        (b"GET / http/1.1", 400),
        (b"GET / HTTP/1", 400),
        (b"GET / HTTP/1.1x", 400),
        (b"GET / HTTP/2.0", 505),
        (b"GET / HTTP/1.2", 505),
        (b"PRI * HTTP/2.0", 505),
        (b"GET /caf\xc3\xa9 HTTP/1.1", 400),
        (b"GET /a\tb HTTP/1.1", 400),
        (b"GET /a\x7fb HTTP/1.1", 400),
        (b"GET /a#b HTTP/1.1", 400),
        (b"GET http://h.test/#b HTTP/1.1", 400),
        (b"GET * HTTP/1.1", 400),
        (b"GET h.test HTTP/1.1", 400),
        (b"GET h.test:80 HTTP/1.1", 400),
        (b"GET ?q HTTP/1.1", 400),
        (b"GET http:/h.test/ HTTP/1.1", 400),
        (b"GET http:h.test HTTP/1.1", 400),
        (b"GET 1http://h.test/ HTTP/1.1", 400),
        (b"GET http:///path HTTP/1.1", 400),
        (b"GET http://h.test:/ HTTP/1.1", 400),
        (b"GET http://h.test:65536/ HTTP/1.1", 400),
        (b"GET http://h.test:0/ HTTP/1.1", 400),
        (b"GET http://h.test:+80/ HTTP/1.1", 400),
        (b"GET http://user@h.test/ HTTP/1.1", 400),
        (b"GET http://user:pw@h.test/ HTTP/1.1", 400),
        (b"GET http://h.test\\@evil.test/ HTTP/1.1", 400),
        (b"GET http://[::1%25eth0]/ HTTP/1.1", 400),
        (b"GET http://[::1/ HTTP/1.1", 400),
        (b"CONNECT / HTTP/1.1", 400),
        (b"CONNECT /fetch HTTP/1.1", 400),
        (b"CONNECT h.test/path HTTP/1.1", 400),
        (b"CONNECT h.test:443/path HTTP/1.1", 400),
        (b"CONNECT http://h.test:443 HTTP/1.1", 400),
        (b"CONNECT user@h.test:443 HTTP/1.1", 400),
        (b"CONNECT h.test:443?q HTTP/1.1", 400),
        (b"CONNECT * HTTP/1.1", 400),
        (b"CONNECT :443 HTTP/1.1", 400),
        (b"CONNECT ::1:443 HTTP/1.1", 400),
        (b"CONNECT h.test: HTTP/1.1", 400),
    ];
    for (line, status) in cases {
        let mut head = line.to_vec();
        head.extend_from_slice(b"\r\nHost: h.test\r\n\r\n");
        let error = read_request(&head).expect_err(&line.escape_ascii().to_string());
        assert_eq!(error.status(), *status, "{}", line.escape_ascii());
        // The line alone is enough: nobody waits for the rest.
        let error =
            read_request(&head[..line.len() + 2]).expect_err(&line.escape_ascii().to_string());
        assert_eq!(error.status(), *status, "early: {}", line.escape_ascii());
    }
}

#[test]
fn every_form_of_target_is_read() {
    let cases = [
        ("GET / HTTP/1.1", "h.test", TargetForm::Origin),
        ("GET //h.test/a?b=@c HTTP/1.1", "h.test", TargetForm::Origin),
        ("OPTIONS * HTTP/1.1", "h.test", TargetForm::Asterisk),
        ("GET http://h.test HTTP/1.1", "h.test", TargetForm::Absolute),
        (
            "GET HTTP://H.Test:80/a HTTP/1.1",
            "h.tEST",
            TargetForm::Absolute,
        ),
        (
            "GET http://h.test?q=user@x HTTP/1.1",
            "h.test:80",
            TargetForm::Absolute,
        ),
        (
            "GET https://h.test:443/ HTTP/1.1",
            "h.test",
            TargetForm::Absolute,
        ),
        ("GET ftp://h.test/ HTTP/1.1", "h.test", TargetForm::Absolute),
        (
            "GET http://[::1]:8080/ HTTP/1.1",
            "[::1]:8080",
            TargetForm::Absolute,
        ),
        (
            "CONNECT h.test:443 HTTP/1.1",
            "h.test:443",
            TargetForm::Authority,
        ),
        (
            "CONNECT h.test:443 HTTP/1.1",
            "h.test",
            TargetForm::Authority,
        ),
        (
            "CONNECT h.test HTTP/1.1",
            "h.test:443",
            TargetForm::Authority,
        ),
        (
            "CONNECT [2001:db8::1]:443 HTTP/1.1",
            "[2001:db8::1]:443",
            TargetForm::Authority,
        ),
        ("M-SEARCH / HTTP/1.1", "h.test", TargetForm::Origin),
    ];
    for (line, host, form) in cases {
        let read = whole_request(format!("{line}\r\nHost: {host}\r\n\r\n").as_bytes()).expect(line);
        assert_eq!(read.head.form, form, "{line}");
        assert_eq!(read.host(), Some(host), "{line}");
        assert_eq!(Some(&*read.head.target.0), line.split(' ').nth(1), "{line}");
        assert_eq!(
            read.head.method.as_str(),
            line.split(' ').next().unwrap(),
            "{line}"
        );
    }
}

#[test]
fn host_must_be_one_and_the_same() {
    let cases = [
        ("GET / HTTP/1.1", ""),
        ("GET / HTTP/1.1", "Host: h.test\r\nHost: h.test\r\n"),
        ("GET / HTTP/1.0", "Host: h.test\r\nhost: h.test\r\n"),
        ("GET / HTTP/1.1", "Host:\r\n"),
        ("GET / HTTP/1.1", "Host: user@h.test\r\n"),
        ("GET / HTTP/1.1", "Host: h.test/path\r\n"),
        ("GET / HTTP/1.1", "Host: http://h.test\r\n"),
        ("GET / HTTP/1.1", "Host: h.test, other.test\r\n"),
        ("GET / HTTP/1.1", "Host: h.test other.test\r\n"),
        ("GET / HTTP/1.1", "Host: h.test:x\r\n"),
        ("GET / HTTP/1.1", "Host: h.test:\r\n"),
        ("GET / HTTP/1.1", "Host: h.test:70000\r\n"),
        ("GET / HTTP/1.1", "Host: h.test:80:80\r\n"),
        ("GET / HTTP/1.1", "Host: ::1\r\n"),
        ("GET / HTTP/1.1", "Host: [::1]x\r\n"),
        ("GET / HTTP/1.1", "Host: b\u{fc}cher.test\r\n"),
        ("GET http://h.test/ HTTP/1.1", "Host: other.test\r\n"),
        ("GET http://h.test/ HTTP/1.1", "Host: h.test:8080\r\n"),
        ("GET http://h.test/ HTTP/1.1", "Host: h.test:443\r\n"),
        ("GET https://h.test/ HTTP/1.1", "Host: h.test:80\r\n"),
        ("GET http://h.test:8080/ HTTP/1.1", "Host: h.test\r\n"),
        ("GET http://h.test/ HTTP/1.0", "Host: other.test\r\n"),
        ("CONNECT h.test:443 HTTP/1.1", "Host: other.test:443\r\n"),
        ("CONNECT h.test:443 HTTP/1.1", "Host: h.test:80\r\n"),
        ("CONNECT h.test:8443 HTTP/1.1", "Host: h.test\r\n"),
    ];
    for (line, fields) in cases {
        let error = read_request(format!("{line}\r\n{fields}\r\n").as_bytes());
        assert_eq!(
            error.map_err(HeadError::status),
            Err(400),
            "{line} {fields:?}"
        );
    }
}

#[test]
fn http_1_0_may_lack_host() {
    for line in [
        "GET / HTTP/1.0",
        "CONNECT h.test:443 HTTP/1.0",
        "GET http://h.test/ HTTP/1.0",
    ] {
        let read = whole_request(format!("{line}\r\n\r\n").as_bytes()).expect(line);
        assert_eq!(
            (read.host(), read.head.version),
            (None, Version::Http10),
            "{line}"
        );
    }
}

#[test]
fn connect_has_no_body() {
    let head =
        |field: &str| format!("CONNECT h.test:443 HTTP/1.1\r\nHost: h.test:443\r\n{field}\r\n\r\n");
    assert!(whole_request(head("Content-Length: 5").as_bytes()).is_err());
    assert!(whole_request(head("Transfer-Encoding: chunked").as_bytes()).is_err());
    assert!(whole_request(head("Content-Length: 0").as_bytes()).is_ok());
}

#[test]
fn one_empty_line_may_come_first() {
    let head = "GET / HTTP/1.1\r\nHost: h.test\r\n\r\n";
    assert!(whole_request(format!("\r\n{head}").as_bytes()).is_ok());
    for begin in ["\r\n\r\n", "\n", "\r\n\n", "\r", " "] {
        assert!(
            read_request(format!("{begin}{head}").as_bytes()).is_err(),
            "{begin:?}"
        );
    }
    assert!(
        read_request(b"\r\n\r\n").is_err(),
        "two empty lines are refused at once"
    );
}

#[test]
fn a_head_is_consumed_to_its_end_and_no_further() {
    let head = "\r\nPOST / HTTP/1.1\r\nHost: h.test\r\nContent-Length: 3\r\n\r\n";
    let text = format!("{head}a\n\0GET /second HTTP/1.1\r\n");
    let read = request(text.as_bytes(), &mut HeadScan::new(), &Limits::default()).unwrap();
    let Parse::Complete { value, consumed } = read else {
        panic!("partial")
    };
    assert_eq!((consumed, value.head.method), (head.len(), Method::Post));
}

#[test]
fn limits_hold_exactly() {
    let limits = Limits {
        head_bytes: 100,
        fields: 3,
        ..Limits::default()
    };
    let read = |head: &str| request(head.as_bytes(), &mut HeadScan::new(), &limits);
    let base = "GET / HTTP/1.1\r\nHost: h.test\r\nA: ";
    let fill = |total: usize| format!("{base}{}\r\n\r\n", "x".repeat(total - base.len() - 4));
    assert!(matches!(
        read(&fill(100)),
        Ok(Parse::Complete { consumed: 100, .. })
    ));
    assert_eq!(read(&fill(101)), Err(HeadError::TooLarge));
    assert_eq!(
        read(&fill(400)[..100]),
        Err(HeadError::TooLarge),
        "without waiting for the end"
    );
    assert_eq!(read(&fill(400)[..99]), Ok(Parse::Partial));
    let fields = |count: usize| {
        format!(
            "GET / HTTP/1.1\r\nHost: h\r\n{}",
            "A: b\r\n".repeat(count - 1)
        )
    };
    assert!(matches!(
        read(&format!("{}\r\n", fields(3))),
        Ok(Parse::Complete { .. })
    ));
    assert_eq!(
        read(&fields(4)),
        Err(HeadError::TooManyFields),
        "without waiting for the end"
    );
    assert_eq!(HeadError::TooLarge.status(), 431);
    assert_eq!(HeadError::TooManyFields.status(), 431);
}

#[test]
fn bad_bytes_are_refused_before_the_head_ends() {
    let cases: &[&[u8]] = &[
        b"\x16\x03\x01",
        b"\0",
        b"G@",
        b" ",
        b"GET / HTTP/1.1\n",
        b"GET / HTTP/1.1\rX",
        b"GET /\x01",
        b"GET / HTTP/1.1\r\nA: b\0",
        b"GET / HTTP/1.1\r\n ",
        b"GET / HTTP/1.1\r\n:",
        b"GET / HTTP/1.1\r\nA b\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n\t",
        b"abcdefghijklmnopqrstuvwxyzabcdefg",
    ];
    for head in cases {
        assert!(read_request(head).is_err(), "{}", head.escape_ascii());
    }
}

#[test]
fn an_error_shows_nothing_of_the_input() {
    let error = read_request(b"GET / HTTP/1.1\r\nX-Token: hunter2\x01\r\n\r\n").unwrap_err();
    assert!(!format!("{error} {error:?} {}", error.what()).contains("hunter2"));
}

#[test]
fn bytes_that_were_looked_at_are_not_looked_at_again() {
    // So a sender of single bytes costs linear time. Spoiling what was seen shows it.
    let mut head = b"GET / HTTP/1.1\r\nHost: h.test\r\nA: b\r\n".to_vec();
    let (mut scan, limits) = (HeadScan::new(), Limits::default());
    for end in 0..=head.len() {
        assert_eq!(
            request(&head[..end], &mut scan, &limits),
            Ok(Parse::Partial)
        );
    }
    head.fill(b'\n');
    head.extend_from_slice(b"C: d");
    assert_eq!(request(&head, &mut scan, &limits), Ok(Parse::Partial));
    head.push(b'\n');
    assert_eq!(
        request(&head, &mut scan, &limits),
        Err(HeadError::Invalid("bare line feed"))
    );
}

#[test]
fn another_head_in_a_shorter_buffer_starts_anew() {
    let (mut scan, limits) = (HeadScan::new(), Limits::default());
    let begin = b"GET / HTTP/1.1\r\nHost: h.test\r\nA: ";
    assert_eq!(request(begin, &mut scan, &limits), Ok(Parse::Partial));
    assert_eq!(request(&begin[..5], &mut scan, &limits), Ok(Parse::Partial));
    assert_eq!(
        request(b"G@", &mut scan, &limits),
        Err(HeadError::Invalid("method"))
    );
}
