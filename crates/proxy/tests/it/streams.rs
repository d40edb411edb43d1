//! Bodies that are delivered while they come.

use crate::harness::{End, Origin, Proxy, Wire, run};
use pipelock_model::Action;
use pipelock_testkit::{benign, injection, secrets};

/// An answer whose head is with the client; both sides go on.
async fn begun(proxy: &Proxy, origin: &Origin, head: &str) -> (Wire, Wire) {
    let mut client = proxy.ask(origin.get("/")).await;
    let (_, server) = origin
        .serve(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n"))
        .await;
    let seen = client.head().await;
    assert!(seen.starts_with("HTTP/1.1 200 OK\r\n"), "{seen}");
    (client, server)
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

#[test]
fn a_large_page_streams_before_the_origin_ends_it() {
    const SIZE: usize = 2 << 20;
    let page = benign::html(SIZE);
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let mut server = origin.accept().await;
        server.head().await;
        let (most, last) = page.as_bytes().split_at(page.len() - 1);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", page.len());
        let sending = async {
            server.send(head).await;
            server.send(most).await;
        };
        let reading = async {
            client.head().await;
            client.exactly(1 << 20).await
        };
        let ((), mut seen) = tokio::join!(sending, reading);
        server.send(last).await;
        seen.extend(client.exactly(page.len() - seen.len()).await);
        assert!(seen == page.as_bytes(), "byte for byte");
        client.send(origin.get("/next")).await;
        assert!(
            server.head().await.starts_with("GET /next "),
            "both connections go on"
        );
    });
}

#[test]
fn a_body_that_pauses_is_released() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let (_, mut server) = origin
            .serve("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nGood start")
            .await;
        let head = client.head().await;
        assert!(head.contains("\r\nContent-Length: 20\r\n"), "{head}");
        assert_eq!(
            client.exactly(5).await,
            b"Good ",
            "what cannot become a finding"
        );
        server.send(", bad end.").await;
        assert_eq!(client.exactly(15).await, b"start, bad end.");
    });
}

#[test]
fn a_paused_body_keeps_what_may_become_a_finding() {
    let attack = injection::override_en();
    let (early, late) = attack.split_at(20);
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let length = 6 + attack.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nHello {early}");
        let (_, mut server) = origin.serve(answer).await;
        client.head().await;
        assert_eq!(client.exactly(5).await, b"Hello");
        server.send(late).await;
        let (rest, _) = client.rest().await;
        assert!(rest.is_empty() || rest == b" ", "{rest:?}");
        server.ends_silently().await;
    });
}

#[test]
fn a_late_finding_ends_every_framing_abnormally_and_none_of_it_leaves() {
    let clean = benign::english(20_000);
    let attack = injection::override_en();
    let rest = format!("\n{attack}\n{}", benign::english(20_000));
    let body = [&clean[..], &rest].concat();
    let length = format!("Content-Length: {}", body.len());
    let cases = [
        ("HTTP/1.1", &length[..]),
        ("HTTP/1.1", "Transfer-Encoding: chunked"),
        ("HTTP/1.1", "Connection: close"),
        ("HTTP/1.0", "Transfer-Encoding: chunked"),
        ("HTTP/1.0", "Connection: close"),
    ];
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.response.hold = 4096).await;
        for (version, framing) in cases {
            let host = origin.authority();
            let request = format!("GET {} {version}\r\nHost: {host}\r\n\r\n", origin.url("/"));
            let mut client = proxy.ask(request).await;
            let chunked = framing.contains("chunked");
            let framed = |part: &str| {
                if chunked {
                    chunk(part)
                } else {
                    part.to_owned()
                }
            };
            let head = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
            let (_, mut server) = origin.serve(head + &framed(&clean)).await;
            while client.buffered() < 10_000 {
                assert!(
                    client.fill().await,
                    "{version} {framing}: the clean part streams"
                );
            }
            server.offer(framed(&rest)).await;
            server.offer(if chunked { "0\r\n\r\n" } else { "" }).await;
            let why = format!("{version} {framing}");
            let seen = client.answer().await;
            assert!(!seen.whole, "{why}");
            assert!(
                body.as_bytes().starts_with(&seen.body),
                "{why}: the clean part is exact"
            );
            assert!(
                seen.body.len() <= clean.len() + 1,
                "{why}: no byte at or after its start"
            );
            server.rest().await;
        }
        assert_eq!(proxy.gate.budget().used(), 0);
    });
}

#[test]
fn events_pass_at_once_and_a_bad_one_ends_the_stream_with_an_error_event() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for framing in ["Transfer-Encoding: chunked", "Connection: close"] {
            let head = format!("Content-Type: text/event-stream; charset=utf-8\r\n{framing}");
            let (mut client, mut server) = begun(&proxy, &origin, &head).await;
            let chunked = framing.contains("chunked");
            let framed = |event: &str| {
                if chunked {
                    chunk(event)
                } else {
                    event.to_owned()
                }
            };
            for number in 1..=3 {
                let event = format!("id: {number}\ndata: {{\"text\": \"part {number}\"}}\n\n");
                server.send(framed(&event)).await;
                assert_eq!(client.chunk().await, event.as_bytes());
            }
            server.send(framed(":\n\n")).await;
            assert_eq!(
                client.chunk().await,
                b":\n\n",
                "comments keep the line alive"
            );
            let bad = format!("data: {}\n\ndata: never\n\n", injection::override_en());
            server.send(framed(&bad)).await;
            let event = String::from_utf8(client.chunk().await).unwrap();
            assert!(
                event.starts_with("event: error\ndata: {\"error\":"),
                "{event}"
            );
            assert!(
                event.contains("pipelock_blocked") && event.ends_with("\n\n"),
                "{event}"
            );
            client.ends_silently().await;
            server.ends_silently().await;
        }
        proxy.recorded.wait_for("Blocked sse_stream").await;
    });
}

#[test]
fn half_an_event_waits_for_its_end() {
    let attack = injection::override_en();
    let (early, late) = attack.split_at(12);
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let head = "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked";
        let (mut client, mut server) = begun(&proxy, &origin, head).await;
        server
            .send(chunk(&format!("data: one\n\ndata: {early}")))
            .await;
        assert_eq!(client.chunk().await, b"data: one\n\n");
        // The sentence ends with the event.
        server.send(chunk(&format!("{late}\n\n"))).await;
        let event = String::from_utf8(client.chunk().await).unwrap();
        assert!(event.starts_with("event: error\n"), "{event}");
        client.ends_silently().await;
    });
}

#[test]
fn an_event_over_its_limit_ends_the_stream() {
    run(async {
        let origin = Origin::start();
        let proxy =
            Proxy::with(|policy| policy.response.sse.as_mut().unwrap().max_event = 1000).await;
        let head = "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked";
        let (mut client, mut server) = begun(&proxy, &origin, head).await;
        server
            .send(chunk(&format!(
                "data: {}",
                benign::english(2000).replace('\n', " ")
            )))
            .await;
        assert!(client.chunk().await.starts_with(b"event: error\n"));
        client.ends_silently().await;
    });
}

#[test]
fn an_event_stream_that_ends_well_ends_well() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let body = "data: one\r\n\r\ndata: two\r\r: three\n\ndata: no end";
        let (_, _server) = origin
            .serve(format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk(body)))
            .await;
        let seen = client.answer().await;
        assert_eq!((seen.text().as_str(), seen.whole), (body, true));
    });
}

#[test]
fn lines_pass_at_once_and_a_bad_one_ends_the_stream() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for kind in ["application/x-ndjson", "application/jsonl; charset=utf-8"] {
            let head = format!("Content-Type: {kind}\r\nTransfer-Encoding: chunked");
            let (mut client, mut server) = begun(&proxy, &origin, &head).await;
            for line in ["{\"text\": \"one\"}\n", "{\"text\": \"two\"}\n"] {
                server.send(chunk(line)).await;
                assert_eq!(client.chunk().await, line.as_bytes(), "{kind}");
            }
            server.send(chunk("{\"text\": \"thr")).await;
            server.send(chunk("ee\"}\n{\"te")).await;
            assert_eq!(client.chunk().await, b"{\"text\": \"three\"}\n", "{kind}");
            server
                .send(chunk(&format!(
                    "xt\": \"{}\"}}\n",
                    injection::override_en()
                )))
                .await;
            client.ends_silently().await;
        }
    });
}

#[test]
fn lines_of_an_upload_pass_at_once_and_a_secret_cuts_it() {
    let key = secrets::aws_access_key();
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let fields = "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n";
        let mut client = proxy.ask(origin.request("POST", "/", fields)).await;
        let mut server = origin.accept().await;
        server.head().await;
        client.send(chunk("{\"n\": 1}\n")).await;
        assert_eq!(server.chunk().await, b"{\"n\": 1}\n");
        client
            .send(chunk(&format!("{{\"key\": \"{key}\"}}\n")))
            .await;
        client
            .answer()
            .await
            .assert_refused(403, "body_dlp", "line");
        server.ends_silently().await;
    });
}

#[test]
fn a_stream_that_only_warns_is_delivered_whole() {
    let attack = injection::override_en();
    run(async {
        let origin = Origin::start();
        let proxy =
            Proxy::with(|policy| policy.response.sse.as_mut().unwrap().action = Action::Warn).await;
        let head = "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked";
        let (mut client, mut server) = begun(&proxy, &origin, head).await;
        let event = format!("data: {attack}\n\n");
        server.send(chunk(&event)).await;
        assert_eq!(client.chunk().await, event.as_bytes());
        server.send("0\r\n\r\n").await;
        assert_eq!(client.exactly(5).await, b"0\r\n\r\n");
        proxy.recorded.wait_for("ResponseScan").await;
    });
}

#[test]
fn a_client_that_leaves_ends_the_upstream() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let head = "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked";
        let (client, mut server) = begun(&proxy, &origin, head).await;
        client.reset();
        while !proxy.registry.is_empty() {
            server.offer(chunk("data: more\n\n")).await;
            tokio::task::yield_now().await;
        }
        assert!(matches!(server.rest().await.1, End::Closed | End::Reset));
    });
}
