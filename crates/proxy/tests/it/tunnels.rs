//! CONNECT: names, first bytes, plain HTTP inside, and the relay.

use crate::harness::{
    End, Origin, Proxy, Wire, client_hello, hello_in_records, hello_with_two_names, run, until,
};
use pipelock_detect::address::Cidr;
use pipelock_model::EventKind;
use pipelock_policy::Opaque;
use pipelock_testkit::{benign, injection, secrets};
use std::collections::BTreeSet;
use std::time::Duration;

const NAME: &str = "tunnel.example";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/// A fatal access_denied (RFC 8446 §6.2).
const ALERT: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 0x31];

async fn proxy() -> Proxy {
    let proxy = Proxy::start().await;
    proxy.resolver.set(NAME, &["127.0.0.2"]);
    proxy
}

/// An open tunnel to the origin, which is reached as `host`.
async fn tunnel(proxy: &Proxy, origin: &Origin, host: &str) -> (Wire, Wire) {
    let authority = format!("{host}:{}", origin.port());
    let request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    let mut client = proxy.ask(request).await;
    assert_eq!(
        client.head().await,
        "HTTP/1.1 200 Connection Established\r\n\r\n"
    );
    (client, origin.accept().await)
}

#[test]
fn a_hello_for_the_host_of_the_tunnel_passes_however_it_is_cut() {
    let whole = client_hello(Some(NAME));
    let cases = [
        ("whole", whole.clone(), whole.len()),
        ("capitals", client_hello(Some("TUNNEL.Example")), 1000),
        ("bytes", whole, 1),
        ("records of 1", hello_in_records(NAME, 1), 1000),
        ("records of 5 in pieces of 7", hello_in_records(NAME, 5), 7),
        ("no name", client_hello(None), 1000),
    ];
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        for (why, hello, size) in cases {
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            for piece in hello.chunks(size) {
                client.send(piece).await;
                tokio::task::yield_now().await;
            }
            assert_eq!(server.exactly(hello.len()).await, hello, "{why}");
            server.send("server bytes").await;
            assert_eq!(client.exactly(12).await, b"server bytes", "{why}");
        }
    });
}

#[test]
fn hellos_that_name_another_or_make_no_sense_end_with_an_alert() {
    let mut late_alert = vec![0x15, 3, 1, 0, 2, 1, 0];
    late_alert.extend(client_hello(Some(NAME)));
    let mut stray = vec![0x14, 3, 1, 0, 1, 1];
    stray.extend(client_hello(Some(NAME)));
    let mut broken = client_hello(Some(NAME));
    broken[9] = 0xff;
    let cases = [
        ("another name", NAME, client_hello(Some("other.example"))),
        (
            "a subdomain",
            NAME,
            client_hello(Some("www.tunnel.example")),
        ),
        ("the parent", NAME, client_hello(Some("example"))),
        (
            "a name for an address",
            "127.0.0.2",
            client_hello(Some(NAME)),
        ),
        ("two names", NAME, hello_with_two_names(NAME, NAME)),
        (
            "two names, one other",
            NAME,
            hello_with_two_names(NAME, "other.example"),
        ),
        ("an alert first", NAME, late_alert),
        ("a change of cipher first", NAME, stray),
        ("lengths that lie", NAME, broken),
        (
            "another name over records",
            NAME,
            hello_in_records("other.example", 3),
        ),
    ];
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        for (why, host, hello) in cases {
            let (mut client, mut server) = tunnel(&proxy, &origin, host).await;
            client.offer(&hello).await;
            client.half_close();
            let (seen, _) = client.rest().await;
            assert_eq!(seen, ALERT, "{why}");
            server.ends_silently().await;
        }
        let names = proxy.recorded.names();
        assert_eq!(
            names
                .iter()
                .filter(|name| *name == "Blocked sni_mismatch")
                .count(),
            10,
            "{names:?}"
        );
        assert!(!names.iter().any(|name| name == "TunnelOpen"), "{names:?}");
    });
}

#[test]
fn half_a_hello_and_then_nothing_reaches_nobody() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        let hello = client_hello(Some(NAME));
        client.send(&hello[..hello.len() / 2]).await;
        client.half_close();
        client.rest().await;
        server.ends_silently().await;
    });
}

#[test]
fn a_client_that_says_nothing_is_let_go() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        client.rest().await;
        server.ends_silently().await;
    });
}

#[test]
fn other_protocols_are_refused_and_nothing_of_them_leaves() {
    let cases: [&[u8]; 7] = [
        b"SSH-2.0-client\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
        b"*1\r\n$4\r\nPING\r\n",
        b"\x16",
        b"\x05\x01\x00",
        b"EHLO-without-blank-and-longer-than-any-method\r\n",
    ];
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        for first in cases {
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            client.send(first).await;
            client.half_close();
            client.rest().await;
            server.ends_silently().await;
        }
    });
}

#[test]
fn a_server_that_speaks_first_is_not_heard_unless_the_operator_allows_it() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        server.send("220 mail\r\n").await;
        client.send("SSH-2.0-x\r\n").await;
        client.ends_silently().await;

        let port = origin.port();
        let name = Opaque::Refuse {
            hosts: BTreeSet::from([(NAME.into(), port)]),
            networks: vec![],
        };
        let network = Opaque::Refuse {
            hosts: BTreeSet::new(),
            networks: vec![(Cidr::parse("127.0.0.0/8").unwrap(), port)],
        };
        for opaque in [Opaque::Allow, name, network] {
            let why = format!("{opaque:?}");
            let proxy =
                Proxy::with(|policy| policy.forward.as_mut().unwrap().opaque = opaque).await;
            proxy.resolver.set(NAME, &["127.0.0.2"]);
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            server.send("220 mail\r\n").await;
            assert_eq!(client.exactly(10).await, b"220 mail\r\n", "{why}");
            client.send("HELO a\r\n").await;
            assert_eq!(server.exactly(8).await, b"HELO a\r\n", "{why}");
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            client.send("SSH-2.0-x\r\n").await;
            assert_eq!(server.exactly(11).await, b"SSH-2.0-x\r\n", "{why}");
            let names = proxy.recorded.names();
            assert!(
                names.iter().any(|name| name == "Unscanned opaque"),
                "{why}: {names:?}"
            );
        }
    });
}

#[test]
fn an_opaque_tunnel_still_checks_names_and_still_reads_http() {
    run(async {
        let origin = Origin::start();
        let proxy =
            Proxy::with(|policy| policy.forward.as_mut().unwrap().opaque = Opaque::Allow).await;
        proxy.resolver.set(NAME, &["127.0.0.2"]);
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        client.send(client_hello(Some("other.example"))).await;
        assert_eq!(client.rest().await.0, ALERT);
        server.ends_silently().await;
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        client
            .send(http_request(
                &origin,
                "/",
                &format!("X-Api-Key: {}\r\n", secrets::aws_access_key()),
            ))
            .await;
        assert_eq!(client.answer().await.status, 403);
        drop(client);
        server.ends_silently().await;
    });
}

#[test]
fn both_directions_arrive_byte_for_byte_and_are_counted() {
    let (up, down) = (benign::english(700_000), benign::json(900_000));
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        let hello = client_hello(Some(NAME));
        client.send(&hello).await;
        server.exactly(hello.len()).await;
        let sending = async {
            client.send(&up).await;
            client.half_close();
            client.rest().await
        };
        let serving = async {
            let seen = server.exactly(up.len()).await;
            assert!(seen == up.as_bytes());
            server.ends_silently().await;
            server.send(&down).await;
            server.half_close();
        };
        let ((seen, end), ()) = tokio::join!(sending, serving);
        assert!(seen == down.as_bytes(), "a half-closed tunnel goes on");
        assert_eq!(end, End::Closed);
        proxy.recorded.wait_for("TunnelClose").await;
        let kinds = proxy.recorded.kinds();
        let Some(EventKind::TunnelClose {
            totals,
            unreported,
            cut: None,
        }) = kinds.last()
        else {
            panic!("{kinds:?}")
        };
        let moved = (totals.bytes_up, totals.bytes_down);
        assert_eq!(moved, ((hello.len() + up.len()) as u64, down.len() as u64));
        let told: u64 = kinds
            .iter()
            .map(|kind| match kind {
                EventKind::TunnelProgress { bytes } => *bytes,
                _ => 0,
            })
            .sum();
        assert_eq!(told + unreported, moved.0 + moved.1);
        let names = proxy.recorded.names();
        assert_eq!(
            names[..3],
            ["Sni", "TunnelOpen", "Unscanned tls"],
            "{names:?}"
        );
    });
}

#[test]
fn a_tunnel_ends_after_its_idle_time_and_after_its_life() {
    run(async {
        let origin = Origin::start();
        for (idle, life) in [(50, None), (60_000, Some(50))] {
            let proxy = Proxy::with(|policy| {
                let forward = policy.forward.as_mut().unwrap();
                forward.idle = Duration::from_millis(idle);
                forward.max_tunnel = life.map(Duration::from_millis);
            })
            .await;
            proxy.resolver.set(NAME, &["127.0.0.2"]);
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            let hello = client_hello(Some(NAME));
            client.send(&hello).await;
            server.exactly(hello.len()).await;
            client.ends_silently().await;
            server.ends_silently().await;
            until(|| proxy.registry.is_empty()).await;
        }
    });
}

#[test]
fn a_reset_of_one_side_releases_the_other() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        for client_resets in [true, false] {
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            let hello = client_hello(Some(NAME));
            client.send(&hello).await;
            server.exactly(hello.len()).await;
            if client_resets {
                client.reset();
                server.ends_silently().await;
            } else {
                server.reset();
                client.ends_silently().await;
            }
            until(|| proxy.registry.is_empty()).await;
        }
    });
}

#[test]
fn a_data_budget_stops_a_running_tunnel_and_the_next() {
    run(async {
        let origin = Origin::start();
        let proxy =
            Proxy::with(|policy| policy.data_budget = std::num::NonZeroU64::new(1000)).await;
        proxy.resolver.set(NAME, &["127.0.0.2"]);
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        let hello = client_hello(Some(NAME));
        client.send(&hello).await;
        server.exactly(hello.len()).await;
        // Counts are told once a second while bytes move.
        loop {
            server.offer([0; 500]).await;
            tokio::select! {
                biased;
                more = client.fill() => if !more { break },
                () = tokio::task::yield_now() => {}
            }
        }
        let authority = format!("{NAME}:{}", origin.port());
        let request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        proxy
            .ask(request)
            .await
            .answer()
            .await
            .assert_refused(403, "databudget", "the next");
    });
}

// --- HTTP inside ---------------------------------------------------------------

fn http_request(origin: &Origin, path: &str, fields: &str) -> String {
    let port = origin.port();
    format!("GET {path} HTTP/1.1\r\nHost: {NAME}:{port}\r\n{fields}\r\n")
}

#[test]
fn plain_http_inside_a_tunnel_is_judged_and_passes_on_the_same_socket() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        let forms = [
            http_request(&origin, "/one", "Via: 1.1 a\r\nAccept-Encoding: gzip\r\n"),
            http_request(&origin, "/health", ""),
            format!("GET /bare HTTP/1.1\r\nHost: {NAME}\r\n\r\n"),
            format!(
                "GET http://{NAME}:{0}/absolute HTTP/1.1\r\nHost: {NAME}:{0}\r\n\r\n",
                origin.port()
            ),
        ];
        for (form, path) in forms.iter().zip(["/one", "/health", "/bare", "/absolute"]) {
            client.send(form).await;
            let head = server.head().await;
            assert!(
                head.starts_with(&format!("GET {path} HTTP/1.1\r\nHost: {NAME}")),
                "{head}"
            );
            assert!(
                head.contains("\r\nAccept-Encoding: identity\r\n") && !head.contains("Via"),
                "{head}"
            );
            server.send(OK).await;
            assert_eq!(client.answer().await.text(), "ok", "{path}");
        }
        assert!(origin.untouched(), "one socket carries all");
        assert_eq!(
            proxy.resolver.questions(),
            1,
            "and the name is asked for once"
        );
    });
}

#[test]
fn a_request_inside_a_tunnel_that_comes_in_pieces_is_http_all_the_same() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        let request = http_request(&origin, &format!("/?q={}", secrets::aws_access_key()), "");
        for byte in request.as_bytes() {
            client.send([*byte]).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(client.answer().await.status, 403);
        drop(client);
        server.ends_silently().await;
    });
}

#[test]
fn what_is_refused_outside_is_refused_inside() {
    let (key, token) = (secrets::aws_access_key(), secrets::github_token());
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let port = origin.port();
        let host = format!("Host: {NAME}:{port}\r\n");
        let cases = [
            (
                "secret in the path",
                403,
                http_request(&origin, &format!("/{key}"), ""),
            ),
            (
                "secret in a field",
                403,
                http_request(&origin, "/", &format!("Authorization: Bearer {token}\r\n")),
            ),
            (
                "secret in the body",
                403,
                format!(
                    "POST / HTTP/1.1\r\n{host}Content-Length: {}\r\n\r\n{key}",
                    key.len()
                ),
            ),
            (
                "another Host",
                403,
                "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n".into(),
            ),
            (
                "another port",
                403,
                format!("GET / HTTP/1.1\r\nHost: {NAME}:1\r\n\r\n"),
            ),
            (
                "another target",
                403,
                "GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n".into(),
            ),
            (
                "an inner CONNECT",
                400,
                format!("CONNECT {NAME}:{port} HTTP/1.1\r\n{host}\r\n"),
            ),
            ("no Host", 400, "GET / HTTP/1.1\r\n\r\n".into()),
            (
                "two framings",
                400,
                format!(
                    "POST / HTTP/1.1\r\n{host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                ),
            ),
        ];
        for (why, status, request) in cases {
            let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
            client.send(request).await;
            let answer = client.answer().await;
            assert_eq!(
                answer.status,
                status,
                "{why}: {} {}",
                answer.head,
                answer.text()
            );
            drop(client);
            server.ends_silently().await;
        }
        let (mut client, mut server) = tunnel(&proxy, &origin, NAME).await;
        client.send(http_request(&origin, "/", "")).await;
        server.head().await;
        let attack = injection::override_en();
        server
            .send(format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{attack}",
                attack.len()
            ))
            .await;
        client
            .answer()
            .await
            .assert_refused(403, "response_scan", "answer");
    });
}

#[test]
fn bytes_behind_the_connect_are_the_tunnels_first() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let authority = format!("{NAME}:{}", origin.port());
        let hello = client_hello(Some(NAME));
        let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        let mut client = proxy.ask([head.as_bytes(), &hello].concat()).await;
        client.head().await;
        assert_eq!(origin.accept().await.exactly(hello.len()).await, hello);
    });
}

#[test]
fn a_connect_that_announces_a_body_is_refused() {
    run(async {
        let (proxy, origin) = (proxy().await, Origin::start());
        let authority = format!("{NAME}:{}", origin.port());
        for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
            let head =
                format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{framing}\r\n\r\n");
            let mut client = proxy.ask(head).await;
            assert_eq!(client.answer().await.status, 400, "{framing}");
            assert!(origin.untouched());
        }
    });
}
