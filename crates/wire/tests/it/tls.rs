use pipelock_wire::tls::{ClientHello, Hello, client_hello};

fn vector(width: usize, content: &[u8]) -> Vec<u8> {
    let mut out = content.len().to_be_bytes()[8 - width..].to_vec();
    out.extend_from_slice(content);
    out
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector(2, data)].concat()
}

fn name_entry(name: &[u8]) -> Vec<u8> {
    [&[0][..], &vector(2, name)].concat()
}

fn sni(name: &[u8]) -> Vec<u8> {
    extension(0, &vector(2, &name_entry(name)))
}

fn alpn(names: &[&[u8]]) -> Vec<u8> {
    let list: Vec<u8> = names.iter().flat_map(|name| vector(1, name)).collect();
    extension(16, &vector(2, &list))
}

fn body(extensions: Option<&[u8]>) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend_from_slice(&[7; 32]);
    body.extend(vector(1, &[9; 32]));
    body.extend(vector(2, &[0x13, 0x01, 0x13, 0x02]));
    body.extend(vector(1, &[0]));
    body.extend(
        extensions
            .map(|extensions| vector(2, extensions))
            .unwrap_or_default(),
    );
    body
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &vector(3, body)].concat()
}

fn record(payload: &[u8]) -> Vec<u8> {
    [&[22, 3, 1][..], &vector(2, payload)].concat()
}

fn hello_with(extensions: &[u8]) -> Vec<u8> {
    record(&message(1, &body(Some(extensions))))
}

fn read(bytes: &[u8]) -> ClientHello {
    match client_hello(bytes) {
        Hello::Hello(hello) => hello,
        other => panic!("{other:?}"),
    }
}

fn is_malformed(bytes: &[u8]) -> bool {
    matches!(client_hello(bytes), Hello::Malformed(_))
}

#[test]
fn names_protocols_and_ech_are_read() {
    let extensions = [
        extension(0x2a2a, &[]),
        sni(b"WWW.Example.TEST."),
        alpn(&[b"h2", b"http/1.1"]),
    ]
    .concat();
    let bytes = hello_with(&extensions);
    let want = ClientHello {
        server_name: Some("www.example.test".to_owned()),
        ech: false,
        alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        consumed: bytes.len(),
    };
    assert_eq!(read(&bytes), want);
    assert!(
        read(&hello_with(
            &[sni(b"a.test"), extension(0xfe0d, &[0; 40])].concat()
        ))
        .ech
    );
    assert_eq!(read(&hello_with(&[])).server_name, None);
    assert_eq!(
        read(&record(&message(1, &body(None)))).server_name,
        None,
        "no extension block"
    );
}

#[test]
fn records_and_packets_may_split_it_anywhere() {
    let extensions = [sni(b"a.test"), extension(21, &[0; 300])].concat();
    let whole = message(1, &body(Some(&extensions)));
    for size in [1, 2, 3, 5, 64, 200, whole.len()] {
        if whole.len() / size > 250 {
            continue;
        }
        let bytes: Vec<u8> = whole.chunks(size).flat_map(record).collect();
        for end in 0..bytes.len() {
            assert_eq!(
                client_hello(&bytes[..end]),
                Hello::Partial,
                "records of {size}, {end} bytes"
            );
        }
        assert_eq!(
            read(&bytes).server_name.as_deref(),
            Some("a.test"),
            "records of {size}"
        );
        let early_data = [&bytes[..], &[20, 3, 3, 0, 1, 1, 23, 3, 3]].concat();
        assert_eq!(
            read(&early_data).consumed,
            bytes.len(),
            "what follows is left alone"
        );
    }
}

#[test]
fn a_hello_of_nearly_the_limit_is_read_and_one_beyond_is_not() {
    let of = |padding: usize| {
        let first = [sni(b"a.test"), extension(21, &vec![0; padding])].concat();
        let whole = message(1, &body(Some(&first)));
        whole.chunks(1 << 14).flat_map(record).collect::<Vec<u8>>()
    };
    assert_eq!(read(&of(65_300)).server_name.as_deref(), Some("a.test"));
    let big = [&[1, 1, 0, 0][..], &[0; 1000]].concat();
    assert!(is_malformed(&record(&big)), "65540 bytes are announced");
}

#[test]
fn what_is_no_tls_is_told_from_what_is_broken() {
    let hello = hello_with(&sni(b"a.test"));
    for begin in ["GET / HTTP/1.1", "SSH-2.0", "\r\n\r\n"] {
        assert_eq!(client_hello(begin.as_bytes()), Hello::NotTls, "{begin:?}");
    }
    let before: [&[u8]; 5] = [
        &[21, 3, 1, 0, 2, 1, 0],
        &[20, 3, 3, 0, 1, 1],
        &[23, 3, 3, 0, 1, 0],
        b"\n",
        b"\0",
    ];
    for stray in before {
        assert!(
            is_malformed(&[stray, &hello].concat()),
            "{stray:?} before the ClientHello"
        );
    }
}

#[test]
fn broken_hellos_are_malformed() {
    let name = |name: &[u8]| hello_with(&sni(name));
    let two_names = [name_entry(b"a.test"), name_entry(b"b.test")].concat();
    let other_type = [&[1][..], &vector(2, b"a.test")].concat();
    let good = body(Some(&sni(b"a.test")));
    let longer = [&good[..], &[0]].concat();
    let mut odd_suites = good.clone();
    odd_suites[68] = 3;
    let mut old_version = good.clone();
    old_version[0] = 2;
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "two server_name extensions",
            hello_with(&[sni(b"a.test"), sni(b"a.test")].concat()),
        ),
        (
            "two names",
            hello_with(&extension(0, &vector(2, &two_names))),
        ),
        (
            "name of another type",
            hello_with(&extension(0, &vector(2, &other_type))),
        ),
        ("empty list", hello_with(&extension(0, &vector(2, &[])))),
        ("empty server_name", hello_with(&extension(0, &[]))),
        (
            "bytes after the list",
            hello_with(&extension(
                0,
                &[vector(2, &name_entry(b"a")), vec![0]].concat(),
            )),
        ),
        ("empty name", name(b"")),
        ("only a dot", name(b".")),
        ("two trailing dots", name(b"a.test..")),
        ("empty label", name(b"a..test")),
        ("long label", name(&[b'a'; 64])),
        ("long name", name("a.".repeat(128).as_bytes())),
        ("NUL in the name", name(b"a.test\0b.test")),
        ("blank in the name", name(b"a test")),
        ("raw UTF-8", name("b\u{fc}cher.test".as_bytes())),
        ("colon", name(b"a.test:443")),
        (
            "two ALPN extensions",
            hello_with(&[alpn(&[b"h2"]), alpn(&[b"h2"])].concat()),
        ),
        ("empty protocol name", hello_with(&alpn(&[b""]))),
        ("empty ALPN", hello_with(&alpn(&[]))),
        (
            "extension longer than the block",
            hello_with(&[0, 0, 0, 9, 1]),
        ),
        ("bytes after the extensions", record(&message(1, &longer))),
        (
            "bytes after the message",
            record(&[message(1, &good), vec![0]].concat()),
        ),
        ("truncated inside", record(&message(1, &good[..60]))),
        ("empty body", record(&message(1, &[]))),
        ("odd cipher suites", record(&message(1, &odd_suites))),
        ("SSL 2", record(&message(1, &old_version))),
        ("another message", record(&message(2, &good))),
        ("empty record", record(&[])),
        (
            "empty record between",
            [record(&message(1, &good)[..9]), record(&[])].concat(),
        ),
        (
            "another record between",
            [record(&message(1, &good)[..9]), vec![21, 3, 1, 0, 2, 1, 0]].concat(),
        ),
        ("major version of the record", vec![22, 4]),
        ("record version", vec![22, 3, 1, 0, 1, 1, 22, 2]),
        ("record too large", vec![22, 3, 1, 0x40, 0x01]),
        (
            "too many records",
            record(&[1])
                .into_iter()
                .chain((0..256).flat_map(|_| record(&[0, 0xff][..1])))
                .collect(),
        ),
    ];
    for (what, bytes) in cases {
        assert!(is_malformed(&bytes), "{what}: {:?}", client_hello(&bytes));
    }
}
