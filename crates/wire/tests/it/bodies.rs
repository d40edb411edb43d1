use crate::support::decode;
use pipelock_model::http::Fields;
use pipelock_wire::http1::{BodyDecoder, BodyError, BodyLength, Decoded, Limits};

#[test]
fn chunks_come_out_whole_and_in_place() {
    let text = b"5\r\nhello\r\n6;ext=\"a b\"\r\n world\r\n0\r\n\r\nGET /next";
    let body = decode(BodyLength::Chunked, [&text[..]]).unwrap();
    assert_eq!(body.data, b"hello world");
    assert_eq!(body.consumed, text.len() - "GET /next".len());
    let mut decoder = BodyDecoder::new(BodyLength::Chunked, &Limits::default());
    let first = decoder.decode(text).unwrap();
    assert_eq!(
        first,
        Decoded {
            consumed: 8,
            data: Some(3..8),
            end: None
        }
    );
}

#[test]
fn chunk_sizes_are_plain_hexadecimal() {
    let good = [
        "3\r\n",
        "03\r\n",
        "0000000000000003\r\n",
        "3;a\r\n",
        "3 ;a=b\r\n",
        "3;\r\n",
        "3\t; a\r\n",
    ];
    for line in good {
        let text = format!("{line}abc\r\n0\r\n\r\n");
        let body = decode(BodyLength::Chunked, [text.as_bytes()]);
        assert_eq!(body.expect(line).data, b"abc", "{line:?}");
    }
    let bad = [
        "+3\r\n",
        "-3\r\n",
        "0x3\r\n",
        " 3\r\n",
        "\t3\r\n",
        "3 \r\n",
        "3 3\r\n",
        "\r\n",
        ";a\r\n",
        "g\r\n",
        "00000000000000003\r\n",
        "8000000000000000\r\n",
        "ffffffffffffffff\r\n",
        "3\n",
        "3;a\n",
        "3\rabc",
        "3;a\rb\r\n",
        "3;a\0\r\n",
        "3;a\x0b\r\n",
        "3,\r\n",
        "3.\r\n",
        "3_0\r\n",
        "\n3\r\n",
        "3\r\r\n",
    ];
    for line in bad {
        let text = format!("{line}abc\r\n0\r\n\r\n");
        let error = decode(BodyLength::Chunked, [text.as_bytes()]);
        assert!(
            matches!(error, Err(BodyError::Invalid(_))),
            "{line:?} {error:?}"
        );
    }
}

#[test]
fn chunk_data_ends_with_a_line_end() {
    for after in ["\n", "\r\r\n", "x", "\r0", "0\r\n"] {
        let text = format!("3\r\nabc{after}0\r\n\r\n");
        let error = decode(BodyLength::Chunked, [text.as_bytes()]);
        assert!(
            matches!(error, Err(BodyError::Invalid(_))),
            "{after:?} {error:?}"
        );
    }
}

#[test]
fn chunk_lines_are_bounded_while_they_are_open() {
    let line = |length: usize| format!("3;{}", "x".repeat(length - 2));
    let piece = line(4094);
    let text = format!("{piece}\r\nabc\r\n0\r\n\r\n");
    assert!(decode(BodyLength::Chunked, [text.as_bytes()]).is_ok());
    let error = decode(BodyLength::Chunked, [line(4097).as_bytes()]);
    assert_eq!(error, Err(BodyError::TooLarge("chunk line")));
}

#[test]
fn tiny_chunks_with_long_extensions_are_refused() {
    let chunk = format!("1;{}\r\nx\r\n", "e".repeat(1000));
    let text = chunk.repeat(20);
    let error = decode(BodyLength::Chunked, [text.as_bytes()]);
    assert_eq!(error, Err(BodyError::TooLarge("chunk extensions")));
    let plain = format!("{}0\r\n\r\n", "1\r\nx\r\n".repeat(50_000));
    assert_eq!(
        decode(BodyLength::Chunked, [plain.as_bytes()])
            .unwrap()
            .data
            .len(),
        50_000
    );
}

#[test]
fn trailers_are_kept_but_for_those_that_steer() {
    let text = b"0\r\nGrpc-Status: 0\r\nContent-Length: 5\r\nhost: evil.test\r\n\
        Transfer-Encoding: chunked\r\nSet-Cookie: a\r\nX: \r\n\r\n";
    let trailers = decode(BodyLength::Chunked, [&text[..]])
        .unwrap()
        .trailers
        .unwrap();
    let names: Vec<_> = trailers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Grpc-Status", "X"]);
    assert_eq!(trailers.get("grpc-status"), Some(&b"0"[..]));
}

#[test]
fn malformed_trailers_are_refused() {
    let cases = [
        "A : b\r\n\r\n",
        "A: b\n\r\n",
        "A: b\n\n",
        "\n",
        " A: b\r\n\r\n",
        "A: b\r\n c\r\n\r\n",
        "A: \0\r\n\r\n",
        "A: b\rc\r\n\r\n",
        "A: b\r\r\n\r\n",
        ": b\r\n\r\n",
        "A\r\n\r\n",
        "\rA: b\r\n\r\n",
    ];
    for section in cases {
        let text = format!("0\r\n{section}");
        let whole = decode(BodyLength::Chunked, [text.as_bytes()]);
        assert!(
            matches!(whole, Err(BodyError::Invalid(_))),
            "{section:?} {whole:?}"
        );
        let split = decode(BodyLength::Chunked, text.as_bytes().chunks(1));
        assert!(
            matches!(split, Err(BodyError::Invalid(_))),
            "bytewise {section:?} {split:?}"
        );
    }
}

#[test]
fn trailers_are_bounded() {
    let long = format!("0\r\nA: {}", "x".repeat(17 * 1024));
    let error = decode(BodyLength::Chunked, [long.as_bytes()]);
    assert_eq!(error, Err(BodyError::TooLarge("trailer section")));
    let many = format!("0\r\n{}", "A: b\r\n".repeat(201));
    let error = decode(BodyLength::Chunked, [many.as_bytes()]);
    assert_eq!(error, Err(BodyError::TooLarge("trailer section")));
}

#[test]
fn an_early_end_of_the_connection_is_truncation() {
    let cases: [(BodyLength, &[u8], bool); 9] = [
        (BodyLength::Length(5), b"hell", false),
        (BodyLength::Length(5), b"hello", true),
        (BodyLength::Chunked, b"", false),
        (BodyLength::Chunked, b"5\r\nhello\r\n", false),
        (BodyLength::Chunked, b"5\r\nhello\r\n0\r\n", false),
        (BodyLength::Chunked, b"5\r\nhello\r\n0\r\n\r\n", true),
        (BodyLength::UntilClose, b"hello", true),
        (BodyLength::UntilClose, b"", true),
        (BodyLength::Empty, b"", true),
    ];
    for (length, text, whole) in cases {
        let result = decode(length, [text]);
        assert_eq!(result.is_ok(), whole, "{length:?} {}", text.escape_ascii());
        if !whole {
            assert_eq!(result, Err(BodyError::Truncated));
        }
    }
}

#[test]
fn a_body_of_known_length_leaves_the_next_message_alone() {
    let body = decode(BodyLength::Length(5), [&b"helloGET /"[..]]).unwrap();
    assert_eq!((&body.data[..], body.consumed), (&b"hello"[..], 5));
    for length in [BodyLength::Empty, BodyLength::Length(0)] {
        let mut decoder = BodyDecoder::new(length, &Limits::default());
        let ended = Decoded {
            consumed: 0,
            data: None,
            end: Some(Fields::new()),
        };
        assert_eq!(decoder.decode(b"GET /"), Ok(ended.clone()));
        assert_eq!(decoder.decode(b""), Ok(ended), "and it stays ended");
    }
}

#[test]
fn a_body_that_failed_stays_failed() {
    let mut decoder = BodyDecoder::new(BodyLength::Chunked, &Limits::default());
    let error = decoder.decode(b"x").unwrap_err();
    for _ in 0..300 {
        assert_eq!(decoder.decode(b"5\r\n"), Err(error));
    }
    assert_eq!(decoder.finish(), Err(error));
}
