//! What passes, passes as it was sent.

use crate::harness::{End, Origin, Proxy, run};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn both_connections_carry_the_next_request() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/one")).await;
        let (head, mut server) = origin.serve(OK).await;
        assert!(head.starts_with("GET /one HTTP/1.1\r\n"), "{head}");
        assert_eq!(client.answer().await.text(), "ok");
        client.send(origin.get("/two")).await;
        assert!(server.head().await.starts_with("GET /two HTTP/1.1\r\n"));
        server.send(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
        assert!(origin.untouched(), "one connection carries both");
    });
}

#[test]
fn fields_keep_their_order_case_and_duplicates() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let host = origin.authority();
        let mut client = proxy
            .ask(format!(
                "GET {} HTTP/1.1\r\nx-ONE: 1\r\nHost: {host}\r\nX-Two: a\r\n\
                 Accept-Encoding: identity\r\nx-one: 2\r\nX-two: b, c\r\n\r\n",
                origin.url("/a%20b?q=1&q=2&z")
            ))
            .await;
        let (head, _server) = origin
            .serve("HTTP/1.1 200 Fine\r\nset-Cookie: a=1\r\nX-B: 1\r\nSet-Cookie: b=2\r\nContent-length: 0\r\nx-b:  2 \r\n\r\n")
            .await;
        assert_eq!(
            head,
            format!(
                "GET /a%20b?q=1&q=2&z HTTP/1.1\r\nx-ONE: 1\r\nHost: {host}\r\nX-Two: a\r\n\
                 Accept-Encoding: identity\r\nx-one: 2\r\nX-two: b, c\r\n\r\n"
            )
        );
        assert_eq!(
            client.answer().await.head,
            "HTTP/1.1 200 Fine\r\nset-Cookie: a=1\r\nX-B: 1\r\nSet-Cookie: b=2\r\n\
             Content-Length: 0\r\nx-b: 2\r\n\r\n"
        );
    });
}

#[test]
fn fields_of_the_hop_and_of_identity_are_dropped_and_others_are_not() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let dropped = "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
             Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n\
             Upgrade: h2c\r\nX-Pipelock-Agent: harbour\r\nPipelock-Mediation: v=1\r\n\
             X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\nX-Forwarded-Host: a\r\n\
             X-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\nForwarded: for=a\r\nVia: 1.1 a\r\n\
             Signature: pipelock1=:AAAA:\r\n";
        let kept = "TE: trailers\r\nSignature: sig1=:AAAA:\r\nX-End: 2\r\n";
        let mut client = proxy
            .ask(origin.request("GET", "/", &[dropped, kept].concat()))
            .await;
        let answer = "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
             Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n";
        let (head, _server) = origin.serve(answer).await;
        let host = origin.authority();
        let want = format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\n{kept}Accept-Encoding: identity\r\nConnection: TE\r\n\r\n"
        );
        assert_eq!(head, want);
        let head = client.answer().await.head;
        assert_eq!(
            head,
            "HTTP/1.1 200 OK\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n"
        );
    });
}

#[test]
fn only_codings_that_can_be_read_are_asked_for() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let fields = "Accept-Encoding: gzip, br\r\nAccept-Encoding: zstd\r\n";
        let _client = proxy.ask(origin.request("GET", "/", fields)).await;
        let (head, _server) = origin.serve(OK).await;
        assert_eq!(
            head.matches("Accept-Encoding: identity\r\n").count(),
            1,
            "{head}"
        );
        assert!(!head.contains("gzip") && !head.contains("zstd"), "{head}");
    });
}

#[test]
fn answers_without_a_body_keep_their_fields_and_the_connection() {
    let cases = [
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nETag: \"a\"\r\n\r\n",
        ),
        ("GET", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: \"a\"\r\n\r\n",
        ),
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ];
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.client().await;
        let mut server = None;
        for (method, answer) in cases {
            client.send(origin.request(method, "/", "")).await;
            let wire = match &mut server {
                Some(wire) => wire,
                none => none.insert(origin.accept().await),
            };
            wire.head().await;
            wire.send(answer).await;
            assert_eq!(client.answer_to(method).await.head, answer, "{method}");
        }
    });
}

#[test]
fn chunks_and_trailers_pass() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy
            .ask(origin.request("GET", "/", "TE: trailers\r\n"))
            .await;
        let (_, mut server) = origin
            .serve(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
                 5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n",
            )
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.text(), "hello world");
        assert_eq!(answer.field("Trailer"), Some("X-Sum"));
        assert_eq!(
            (answer.trailers.as_str(), answer.whole),
            ("X-Sum: 11\r\n", true)
        );
        client.send(origin.get("/two")).await;
        assert!(
            server.head().await.starts_with("GET /two"),
            "the connection goes on"
        );
    });
}

#[test]
fn a_body_until_close_is_framed_as_the_client_can_read_it() {
    let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it";
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        drop(origin.serve(answer).await);
        let seen = client.answer().await;
        assert_eq!(
            seen.field("Transfer-Encoding"),
            Some("chunked"),
            "a cut would show"
        );
        assert_eq!((seen.text().as_str(), seen.whole), ("all of it", true));
        client.send(origin.get("/next")).await;
        drop(origin.serve(OK).await);
        assert_eq!(
            client.answer().await.text(),
            "ok",
            "the client's connection goes on"
        );

        let mut old = proxy
            .ask(format!("GET {} HTTP/1.0\r\n\r\n", origin.url("/")))
            .await;
        drop(origin.serve(answer).await);
        let seen = old.answer().await;
        assert_eq!(seen.field("Transfer-Encoding"), None);
        assert_eq!(seen.field("Connection"), Some("close"));
        assert_eq!((seen.text().as_str(), seen.whole), ("all of it", true));
    });
}

#[test]
fn chunks_reach_an_http_1_0_client_as_a_plain_body() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let request = format!(
            "GET {} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            origin.url("/")
        );
        let mut client = proxy.ask(request).await;
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
        let (_, _server) = origin.serve(chunked).await;
        let answer = client.answer().await;
        assert_eq!(answer.field("Transfer-Encoding"), None, "{}", answer.head);
        assert_eq!((answer.text().as_str(), answer.whole), ("ab", true));
    });
}

#[test]
fn an_http_1_0_client_may_keep_its_connection() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let request = format!(
            "GET {} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            origin.url("/")
        );
        let mut client = proxy.ask(&request).await;
        let (head, mut server) = origin.serve(OK).await;
        assert!(
            head.contains(&format!("\r\nHost: {}\r\n", origin.authority())),
            "{head}"
        );
        let answer = client.answer().await;
        assert_eq!(answer.field("Connection"), Some("keep-alive"));
        assert_eq!(answer.text(), "ok");
        client.send(&request).await;
        server.head().await;
        server.send(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn messages_are_sent_in_our_own_version() {
    // RFC 9110 §2.5: an intermediary sends its own version.
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        drop(
            origin
                .serve("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
                .await,
        );
        let answer = client.answer().await;
        assert!(
            answer.head.starts_with("HTTP/1.1 200 OK\r\n"),
            "{}",
            answer.head
        );

        let _old = proxy
            .ask(format!("GET {} HTTP/1.0\r\n\r\n", origin.url("/")))
            .await;
        let (head, _server) = origin.serve(OK).await;
        assert!(head.starts_with("GET / HTTP/1.1\r\n"), "{head}");
    });
}

#[test]
fn interim_answers_are_relayed_in_order() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let (_, mut server) = origin
            .serve("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
            .await;
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
        assert_eq!(client.head().await, hints, "at once");
        server.send("HTTP/1.1 102 Processing\r\n\r\n").await;
        assert_eq!(client.head().await, "HTTP/1.1 102 Processing\r\n\r\n");
        server.send(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn an_http_1_0_client_gets_no_interim_answer() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy
            .ask(format!("GET {} HTTP/1.0\r\n\r\n", origin.url("/")))
            .await;
        let answer = ["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK].concat();
        let (_, _server) = origin.serve(answer).await;
        assert!(client.head().await.contains(" 200 OK\r\n"));
    });
}

#[test]
fn a_redirect_is_the_clients_to_follow() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/old")).await;
        let (_, _server) = origin
            .serve("HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n")
            .await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status, answer.field("Location")),
            (302, Some("/new"))
        );
        assert!(origin.untouched());
    });
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy
            .ask([origin.get("/1"), origin.get("/2"), origin.get("/3")].concat())
            .await;
        let mut server = origin.accept().await;
        for number in 1..=3 {
            let head = server.head().await;
            assert!(head.starts_with(&format!("GET /{number} ")), "{head}");
            server
                .send(format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}"
                ))
                .await;
            assert_eq!(client.answer().await.text(), number.to_string());
        }
    });
}

#[test]
fn a_client_that_closed_its_half_still_gets_its_answer() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.post("/", "", "body")).await;
        client.half_close();
        let mut server = origin.accept().await;
        server.head().await;
        assert_eq!(server.exactly(4).await, b"body");
        server.send(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
        assert_eq!(client.ends_silently().await, End::Closed);
    });
}

#[test]
fn an_absolute_target_is_traffic_whatever_its_path() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for path in [
            "/health",
            "/metrics",
            "/livez",
            "/readyz",
            "/api/v1/killswitch",
        ] {
            let mut client = proxy.ask(origin.get(path)).await;
            let (head, _) = origin
                .serve("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                .await;
            assert!(head.starts_with(&format!("GET {path} ")), "{head}");
            assert_eq!(client.answer().await.text(), "ok");
        }
    });
}

#[test]
fn own_routes_answer_and_other_paths_do_not_exist() {
    run(async {
        let proxy = Proxy::start().await;
        let mut client = proxy.client().await;
        for (path, status) in [
            ("/health", 200),
            ("/livez", 200),
            ("/readyz", 503),
            ("/other", 404),
        ] {
            client
                .send(format!("GET {path} HTTP/1.1\r\nHost: proxy\r\n\r\n"))
                .await;
            assert_eq!(client.answer().await.status, status, "{path}");
        }
    });
}

#[test]
fn request_bodies_arrive_byte_for_byte() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy
            .ask(origin.post("/", "Content-Type: text/plain\r\n", "plain body"))
            .await;
        let mut server = origin.accept().await;
        let head = server.head().await;
        assert!(head.contains("\r\nContent-Length: 10\r\n"), "{head}");
        assert_eq!(server.exactly(10).await, b"plain body");
        server.send(OK).await;
        client.answer().await;

        let chunked = origin.request("POST", "/", "Transfer-Encoding: chunked\r\n");
        client
            .send(chunked + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n")
            .await;
        let head = server.head().await;
        // Held whole, so its length is known.
        assert!(head.contains("\r\nContent-Length: 7\r\n"), "{head}");
        assert!(!head.contains("Transfer-Encoding"), "one framing: {head}");
        assert_eq!(server.exactly(7).await, b"abcdefg");
        server.send(OK).await;
        client.answer().await;

        let trailers = origin.request(
            "POST",
            "/",
            "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n",
        );
        client
            .send(trailers + "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n")
            .await;
        let head = server.head().await;
        assert!(
            head.contains("\r\nTransfer-Encoding: chunked\r\n"),
            "{head}"
        );
        assert!(!head.contains("Content-Length"), "one framing: {head}");
        assert_eq!(
            server.through("\r\n\r\n").await,
            "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n"
        );
    });
}

#[test]
fn a_websocket_upgrade_gets_501_and_never_hangs() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        let mut client = proxy.ask(origin.request("GET", "/", fields)).await;
        client
            .answer()
            .await
            .assert_refused(501, "ws_protocol", "upgrade");
        assert!(origin.untouched());
    });
}
