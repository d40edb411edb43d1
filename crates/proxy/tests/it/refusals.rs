//! What is refused before anything is dialled.

use crate::harness::{Origin, Proxy, run};
use pipelock_testkit::secrets;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Heads that two servers could read in two ways, or none as written. `HOST`
/// stands for the origin's authority.
fn malformed() -> Vec<(&'static str, u16, String)> {
    let post = |fields: &str| format!("POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\n{fields}\r\n");
    let mut cases: Vec<(&str, u16, String)> = [
        (
            "length beside coding",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        ),
        (
            "coding beside length",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        ),
        ("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        ("a list of lengths", "Content-Length: 5, 6\r\n"),
        ("signed length", "Content-Length: +5\r\n"),
        ("negative length", "Content-Length: -5\r\n"),
        ("hexadecimal length", "Content-Length: 0x5\r\n"),
        ("empty length", "Content-Length: \r\n"),
        ("endless length", "Content-Length: 99999999999999999999\r\n"),
        ("folded field", "X-A: 1\r\n Transfer-Encoding: chunked\r\n"),
        ("bare LF", "X-A: 1\nTransfer-Encoding: chunked\r\n"),
        ("bare CR", "X-A: 1\rTransfer-Encoding: chunked\r\n"),
        ("blank before the colon", "Transfer-Encoding : chunked\r\n"),
        ("tab before the colon", "Content-Length\t: 5\r\n"),
        ("unknown coding", "Transfer-Encoding: xchunked\r\n"),
        (
            "coding twice",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        ),
        (
            "coding twice in a list",
            "Transfer-Encoding: chunked, chunked\r\n",
        ),
        ("coding after a tab", "Transfer-Encoding:\tchunked\r\n"),
        (
            "coding with a form feed",
            "Transfer-Encoding: \x0cchunked\r\n",
        ),
        (
            "coding with a parameter",
            "Transfer-Encoding: chunked;a=b\r\n",
        ),
        (
            "another coding first",
            "Transfer-Encoding: gzip, chunked\r\n",
        ),
        (
            "another coding last",
            "Transfer-Encoding: chunked, identity\r\n",
        ),
        ("identity", "Transfer-Encoding: identity\r\n"),
        ("empty coding", "Transfer-Encoding: \r\n"),
        ("NUL in a value", "X-A: a\0b\r\n"),
        ("DEL in a value", "X-A: a\x7fb\r\n"),
        ("no colon", "X-A\r\n"),
        ("empty name", ": 1\r\n"),
        ("blank in a name", "X A: 1\r\n"),
        ("second Host", "Host: HOST\r\n"),
    ]
    .into_iter()
    .map(|(why, fields)| (why, 400, post(fields)))
    .collect();
    let heads = [
        (
            "coding in HTTP/1.0",
            400,
            "POST http://HOST/ HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        ("no Host", 400, "GET http://HOST/ HTTP/1.1\r\n\r\n"),
        (
            "empty Host",
            400,
            "GET http://HOST/ HTTP/1.1\r\nHost: \r\n\r\n",
        ),
        (
            "another Host",
            400,
            "GET http://HOST/ HTTP/1.1\r\nHost: other.example\r\n\r\n",
        ),
        (
            "another port in Host",
            400,
            "GET http://HOST/ HTTP/1.1\r\nHost: 127.0.0.2:1\r\n\r\n",
        ),
        (
            "folded first field",
            400,
            "GET http://HOST/ HTTP/1.1\r\n X-A: 1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "bare LF after the request line",
            400,
            "GET http://HOST/ HTTP/1.1\nHost: HOST\r\n\r\n",
        ),
        (
            "bare LF at the end of the head",
            400,
            "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\n",
        ),
        ("no version", 400, "GET http://HOST/\r\nHost: HOST\r\n\r\n"),
        (
            "two blanks",
            400,
            "GET  http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a blank in the target",
            400,
            "GET http://HOST/a b HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a tab for a blank",
            400,
            "GET\thttp://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a method that is no token",
            400,
            "G@T http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a small version",
            400,
            "GET http://HOST/ http/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "HTTP/2",
            505,
            "GET http://HOST/ HTTP/2.0\r\nHost: HOST\r\n\r\n",
        ),
        (
            "userinfo",
            400,
            "GET http://user:word@HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "empty userinfo",
            400,
            "GET http://@HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a fragment",
            400,
            "GET http://HOST/#top HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "no host",
            400,
            "GET http:///a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a backslash",
            400,
            "GET http://HOST\\a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "a port beyond the last",
            400,
            "GET http://127.0.0.2:70000/ HTTP/1.1\r\nHost: 127.0.0.2:70000\r\n\r\n",
        ),
        (
            "a zone id",
            400,
            "GET http://[fe80::1%25lo]/ HTTP/1.1\r\nHost: [fe80::1%25lo]\r\n\r\n",
        ),
        (
            "CONNECT with a path",
            400,
            "CONNECT HOST/path HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "CONNECT of a route",
            400,
            "CONNECT /fetch HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "CONNECT in absolute form",
            400,
            "CONNECT http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "CONNECT with userinfo",
            400,
            "CONNECT user@HOST HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        (
            "CONNECT to nowhere",
            400,
            "CONNECT :443 HTTP/1.1\r\nHost: :443\r\n\r\n",
        ),
        (
            "CONNECT with another Host",
            400,
            "CONNECT HOST HTTP/1.1\r\nHost: other.example\r\n\r\n",
        ),
    ];
    cases.extend(heads.map(|(why, status, head)| (why, status, head.to_owned())));
    cases
}

fn at(origin: &Origin, head: &str) -> String {
    head.replace("HOST", &origin.authority())
}

#[test]
fn ambiguous_heads_end_the_connection_and_nothing_behind_them_is_a_request() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for (why, status, head) in malformed() {
            let head = at(&origin, &head);
            let behind = ["0\r\n\r\n", &origin.get("/smuggled")].concat();
            let mut client = proxy.ask([&head[..], &behind].concat()).await;
            client.half_close();
            let answer = client.answer().await;
            assert_eq!(
                (answer.status, answer.whole),
                (status, true),
                "{why}: {}",
                answer.text()
            );
            let (rest, _) = client.rest().await;
            assert_eq!(String::from_utf8_lossy(&rest), "", "{why}");
            assert!(origin.untouched(), "{why}");
        }
    });
}

#[test]
fn an_ambiguous_head_behind_a_good_request_ends_the_connection_too() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for (why, status, head) in malformed() {
            let pipeline = [
                origin.get("/good"),
                at(&origin, &head),
                "0\r\n\r\n".into(),
                origin.get("/smuggled"),
            ];
            let mut client = proxy.ask(pipeline.concat()).await;
            client.half_close();
            let (good, server) = origin
                .serve("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                .await;
            assert!(good.starts_with("GET /good "), "{why}: {good}");
            drop(server);
            assert_eq!(client.answer().await.text(), "ok", "{why}");
            assert_eq!(client.answer().await.status, status, "{why}");
            let (rest, _) = client.rest().await;
            assert_eq!(String::from_utf8_lossy(&rest), "", "{why}");
            assert!(origin.untouched(), "{why}");
        }
    });
}

#[test]
fn broken_chunks_are_refused_and_nothing_behind_them_is_a_request() {
    let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(5000));
    let cases = [
        ("no size", "\r\na\r\n0\r\n\r\n"),
        ("size that is no number", "g\r\na\r\n0\r\n\r\n"),
        ("signed size", "+1\r\na\r\n0\r\n\r\n"),
        ("size with 0x", "0x1\r\na\r\n0\r\n\r\n"),
        ("endless size", "fffffffffffffffff\r\na\r\n0\r\n\r\n"),
        ("bare LF after the size", "1\na\r\n0\r\n\r\n"),
        ("data longer than its size", "1\r\nab\r\n0\r\n\r\n"),
        ("blank before the size", " 1\r\na\r\n0\r\n\r\n"),
        ("long extension", &long),
        ("folded trailer", "0\r\nX-A: 1\r\n b\r\n\r\n"),
        ("blank before a trailer's colon", "0\r\nX-A : 1\r\n\r\n"),
    ];
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for (why, body) in cases {
            let head = origin.request("POST", "/", "Transfer-Encoding: chunked\r\n");
            let mut client = proxy
                .ask([&head, body, &origin.get("/smuggled")].concat())
                .await;
            client.half_close();
            let answer = client.answer().await;
            assert_eq!(answer.status, 400, "{why}: {}", answer.text());
            let (rest, _) = client.rest().await;
            assert_eq!(String::from_utf8_lossy(&rest), "", "{why}");
            assert!(origin.untouched(), "{why}");
        }
    });
}

#[test]
fn a_transfer_coding_in_capitals_is_refused() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let head = origin.request("POST", "/", "Transfer-Encoding: CHUNKED\r\n");
        let mut client = proxy.ask(head + "0\r\n\r\n").await;
        assert_eq!(client.answer().await.status, 400);
    });
}

#[test]
fn internal_addresses_are_refused_in_every_spelling() {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "017700000001",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[::ffff:a00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::a00:1]",
        "[2002:a00:1::]",
        "[2002:7f00:1::1]",
        "[2001:0:4136:e378:8000:63bf:f5ff:fffe]",
        "[2001:db8::5efe:10.0.0.1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "localhost.localdomain.",
    ];
    run(async {
        let proxy = Proxy::start().await;
        for host in hosts {
            let request = format!("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let answer = proxy.ask(request).await.answer().await;
            assert!(
                matches!(answer.status, 400 | 403),
                "{host}: {}",
                answer.head
            );
            let layer = answer
                .field("X-Pipelock-Block-Layer")
                .unwrap_or_default()
                .to_owned();
            assert!(matches!(&layer[..], "ssrf" | "parser"), "{host}: {layer}");
            let request = format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n");
            let answer = proxy.ask(request).await.answer().await;
            assert!(
                matches!(answer.status, 400 | 403),
                "CONNECT {host}: {}",
                answer.head
            );
        }
        assert_eq!(
            proxy.resolver.questions(),
            2,
            "only the one name was asked for"
        );
    });
}

#[test]
fn a_name_is_refused_when_any_of_its_addresses_is_internal() {
    let cases: [&[&str]; 7] = [
        &["127.0.0.1"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["127.0.0.2", "192.168.0.1"],
        &["::1"],
        &["::ffff:10.0.0.1"],
        &["64:ff9b::a00:1"],
    ];
    run(async {
        let proxy = Proxy::start().await;
        for addrs in cases {
            proxy.resolver.set("name.example", addrs);
            let request = "GET http://name.example/ HTTP/1.1\r\nHost: name.example\r\n\r\n";
            proxy.ask(request).await.answer().await.assert_refused(
                403,
                "ssrf",
                &format!("{addrs:?}"),
            );
        }
    });
}

#[test]
fn names_without_an_address_are_refused() {
    run(async {
        let proxy = Proxy::start().await;
        proxy.resolver.set("empty.example", &[]);
        for name in ["absent.example", "empty.example"] {
            let request = format!("GET http://{name}/ HTTP/1.1\r\nHost: {name}\r\n\r\n");
            proxy
                .ask(request)
                .await
                .answer()
                .await
                .assert_refused(403, "ssrf", name);
        }
    });
}

#[test]
fn a_resolver_that_hangs_for_one_name_stops_nobody_else() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        proxy.resolver.hang("slow.example");
        let _slow = proxy
            .ask("GET http://slow.example/ HTTP/1.1\r\nHost: slow.example\r\n\r\n")
            .await;
        let mut client = proxy.ask(origin.get("/")).await;
        let (_, _server) = origin.serve(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn metadata_names_are_refused_without_a_question() {
    run(async {
        let proxy = Proxy::start().await;
        for name in [
            "metadata.google.internal",
            "METADATA.google.internal.",
            "metadata.goog",
        ] {
            let request = format!("GET http://{name}/ HTTP/1.1\r\nHost: {name}\r\n\r\n");
            proxy
                .ask(request)
                .await
                .answer()
                .await
                .assert_refused(403, "ssrf", name);
        }
        assert_eq!(proxy.resolver.questions(), 0);
    });
}

#[test]
fn secrets_in_url_and_head_are_found_before_any_question() {
    let key = secrets::aws_access_key();
    let token = secrets::github_token();
    let encoded: String = key.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let name = "name.example";
    let cases = [
        ("path", format!("/{key}"), String::new()),
        ("query", format!("/?q={key}"), String::new()),
        ("encoded", format!("/?q={encoded}"), String::new()),
        ("token", format!("/?q={token}"), String::new()),
        (
            "Authorization",
            "/".into(),
            format!("Authorization: Bearer {token}\r\n"),
        ),
        ("Cookie", "/".into(), format!("Cookie: a=b; c={key}\r\n")),
        (
            "Proxy-Authorization",
            "/".into(),
            format!("X-Api-Key: {key}\r\n"),
        ),
    ];
    run(async {
        let proxy = Proxy::start().await;
        proxy.resolver.set(name, &["127.0.0.2"]);
        for (why, path, fields) in cases {
            let request =
                format!("GET http://{name}{path} HTTP/1.1\r\nHost: {name}\r\n{fields}\r\n");
            let answer = proxy.ask(request).await.answer().await;
            assert_eq!(answer.status, 403, "{why}: {}", answer.text());
            assert!(
                !answer.text().contains(&key) && !answer.text().contains(&token),
                "{why}"
            );
        }
        let host = format!("{}.name.example", key.to_lowercase());
        for request in [
            format!("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n"),
            format!(
                "CONNECT {name}:443 HTTP/1.1\r\nHost: {name}:443\r\nAuthorization: Bearer {token}\r\n\r\n"
            ),
        ] {
            assert_eq!(proxy.ask(request).await.answer().await.status, 403);
        }
        assert_eq!(proxy.resolver.questions(), 0);
    });
}

#[test]
fn a_refusal_is_in_the_words_that_the_client_asked_for() {
    run(async {
        let proxy = Proxy::start().await;
        let target = "GET http://10.0.0.1/ HTTP/1.1\r\nHost: 10.0.0.1\r\n";
        let answer = proxy.ask(format!("{target}\r\n")).await.answer().await;
        assert_eq!(
            answer.field("Content-Type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(answer.field("X-Content-Type-Options"), Some("nosniff"));
        assert!(
            answer.text().starts_with("blocked: SSRF blocked:"),
            "{}",
            answer.text()
        );
        assert_eq!(answer.field("X-Pipelock-Blocked"), Some("1"));
        assert_eq!(answer.field("X-Pipelock-Request-Id"), Some("req-1"));
        let answer = proxy
            .ask(format!("{target}Accept: application/json\r\n\r\n"))
            .await
            .answer()
            .await;
        assert_eq!(answer.field("Content-Type"), Some("application/json"));
        assert!(
            answer.text().contains(r#""blocked":true"#),
            "{}",
            answer.text()
        );
        let connect = "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: 10.0.0.1:443\r\n\r\n";
        let answer = proxy.ask(connect).await.answer().await;
        assert!(
            answer.text().starts_with("CONNECT blocked: SSRF blocked:"),
            "{}",
            answer.text()
        );
    });
}

#[test]
fn a_refused_request_leaves_the_connection_for_the_next() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy
            .ask("GET http://10.0.0.1/ HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n")
            .await;
        assert_eq!(client.answer().await.status, 403);
        client.send(origin.get("/")).await;
        let (_, _server) = origin.serve(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn a_forward_proxy_that_is_off_forwards_nothing() {
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.forward = None).await;
        let answer = proxy.ask(origin.get("/")).await.answer().await;
        assert_eq!(
            (answer.status, &*answer.text()),
            (405, "forward proxy not enabled\n")
        );
        let host = origin.authority();
        let connect = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = proxy.ask(connect).await.answer().await;
        assert_eq!(
            (answer.status, &*answer.text()),
            (405, "CONNECT not supported\n")
        );
        assert!(origin.untouched());
    });
}
