//! Limits that protect the process.

use crate::harness::{Origin, Proxy, Wire, client_hello, run, until};
use pipelock_policy::Oversize;
use pipelock_testkit::{benign, secrets};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn a_head_that_is_too_large_or_has_too_many_fields_is_431() {
    let filler = "x".repeat(1000);
    let large: String = (0..70).map(|i| format!("X-{i}: {filler}\r\n")).collect();
    let one = format!("X-A: {}\r\n", "x".repeat(70_000));
    let many: String = (0..201).map(|i| format!("X-{i}: 1\r\n")).collect();
    let target = format!("/{}", "a".repeat(70_000));
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for request in [
            origin.request("GET", "/", &large),
            origin.request("GET", "/", &one),
            origin.request("GET", "/", &many),
            origin.get(&target),
        ] {
            let mut client = proxy.client().await;
            client.offer(request).await;
            let answer = client.answer().await;
            assert_eq!((answer.status, answer.whole), (431, true));
        }
        assert!(origin.untouched());
    });
}

#[test]
fn just_below_the_limits_passes() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let fields: String = (0..199).map(|i| format!("X-{i}: 1\r\n")).collect();
        let mut client = proxy.ask(origin.request("GET", "/", &fields)).await;
        let (head, _server) = origin.serve(OK).await;
        assert!(head.contains("\r\nX-198: 1\r\n"));
        assert_eq!(client.answer().await.status, 200);
    });
}

#[test]
fn a_connection_beyond_the_cap_reads_503_and_a_place_that_is_free_is_given_again() {
    run(async {
        let proxy = Proxy::with(|policy| policy.limits.connections = 1).await;
        let mut first = proxy.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(first.answer().await.status, 200);
        let answer = proxy.client().await.answer().await;
        assert_eq!(
            (answer.status, answer.field("Retry-After")),
            (503, Some("1"))
        );
        drop(first);
        until(|| proxy.registry.is_empty()).await;
        let mut third = proxy.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(third.answer().await.status, 200);
    });
}

#[test]
fn one_peer_has_its_own_cap() {
    run(async {
        let proxy = Proxy::with(|policy| policy.limits.connections_per_peer = Some(1)).await;
        let health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
        let mut first = proxy.ask(health).await;
        assert_eq!(first.answer().await.status, 200);
        assert_eq!(proxy.client().await.answer().await.status, 503);
        let mut other = proxy.client_from("127.0.0.3").await;
        other.send(health).await;
        assert_eq!(other.answer().await.status, 200);
    });
}

#[test]
fn tunnels_have_a_cap_and_give_their_place_back() {
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.limits.tunnels = 1).await;
        let host = origin.authority();
        let connect = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let mut first = proxy.ask(&connect).await;
        assert!(first.head().await.starts_with("HTTP/1.1 200 "));
        let server = origin.accept().await;
        first.send(client_hello(None)).await;
        let answer = proxy.ask(&connect).await.answer().await;
        assert_eq!(
            (answer.status, &*answer.text()),
            (503, "too many active tunnels\n")
        );
        assert_eq!(answer.field("Retry-After"), Some("1"));
        drop((first, server));
        until(|| proxy.registry.is_empty()).await;
        let mut next = proxy.ask(&connect).await;
        assert!(next.head().await.starts_with("HTTP/1.1 200 "));
    });
}

#[test]
fn a_request_body_over_its_limit_is_refused_before_the_dial() {
    let body = benign::english(3000);
    run(async {
        let (proxy, origin) = (small_bodies(Oversize::Block).await, Origin::start());
        let request = origin.post("/", "", &body);
        // The length alone is enough: the body need not come.
        let mut client = proxy.ask(request.split_once("\r\n\r\n").unwrap().0).await;
        client.send("\r\n\r\n").await;
        client
            .answer()
            .await
            .assert_refused(403, "body_dlp", "by its length");
        let head = origin.request("POST", "/", "Transfer-Encoding: chunked\r\n");
        let mut client = proxy.ask(format!("{head}bb8\r\n{body}\r\n")).await;
        client
            .answer()
            .await
            .assert_refused(403, "body_dlp", "by what came");
        assert!(origin.untouched());
    });
}

async fn small_bodies(oversize: Oversize) -> Proxy {
    Proxy::with(|policy| {
        let request = policy.request.as_mut().unwrap();
        (request.max_body, request.oversize) = (1024, oversize);
    })
    .await
}

#[test]
fn a_large_upload_streams_and_is_cut_at_a_secret_where_that_is_asked_for() {
    let (body, key) = (benign::english(100_000), secrets::aws_access_key());
    run(async {
        let (proxy, origin) = (small_bodies(Oversize::StreamScan).await, Origin::start());
        let mut client = proxy.ask(origin.post("/", "", &body)).await;
        let mut server = origin.accept().await;
        server.head().await;
        assert!(
            server.exactly(body.len()).await == body.as_bytes(),
            "byte for byte"
        );
        server.send(OK).await;
        assert_eq!(client.answer().await.status, 200);

        let bad = format!("{body} {key} {}", benign::english(1000));
        let mut client = proxy.ask(origin.post("/", "", &bad)).await;
        server.head().await;
        let (seen, _) = server.rest().await;
        assert!(
            seen.len() <= body.len() + 1,
            "no byte at or after its start"
        );
        assert!(bad.as_bytes().starts_with(&seen));
        client
            .answer()
            .await
            .assert_refused(403, "body_dlp", "in the stream");
    });
}

#[test]
fn bodies_that_wait_share_one_budget_and_give_it_back() {
    const STEP: u64 = 64 * 1024;
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.limits.buffered = 4 * STEP).await;
        let budget = proxy.gate.budget();
        let half_sent = origin.request("POST", "/", "Content-Length: 65536\r\n");
        let half_sent = half_sent + &benign::english(65_535);
        let mut waiting = Vec::new();
        for count in 1..=3 {
            waiting.push(proxy.ask(&half_sent).await);
            until(|| budget.used() == count * STEP).await;
        }
        // Half of it is used, so a peer keeps to its quarter.
        let mut refused = proxy.client().await;
        refused.offer(&half_sent).await;
        let answer = refused.answer().await;
        answer.assert_refused(503, "content_limit", "no room for this peer");
        assert_eq!(answer.field("Retry-After"), Some("1"));
        let mut other = proxy.client_from("127.0.0.3").await;
        other.send(&half_sent).await;
        until(|| budget.used() == 4 * STEP).await;
        let mut late = proxy.client_from("127.0.0.4").await;
        late.offer(&half_sent).await;
        late.answer()
            .await
            .assert_refused(503, "content_limit", "no room for anybody");
        drop((waiting, other));
        until(|| budget.used() == 0).await;
        assert!(origin.untouched());
    });
}

#[test]
fn an_answer_without_room_to_hold_it_streams() {
    const STEP: u64 = 64 * 1024;
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.limits.buffered = STEP).await;
        let budget = proxy.gate.budget();
        let request = origin.request("POST", "/", "Content-Length: 65536\r\n");
        let _first = proxy.ask(request + &benign::english(65_535)).await;
        until(|| budget.used() == STEP).await;
        let mut client = proxy.ask(origin.get("/")).await;
        let (_, _server) = origin.serve(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn nothing_stays_when_either_side_is_dropped_at_any_step() {
    let body = benign::english(4000);
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let request = origin.post("/", "", &body);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        for cut in [0, 1, 40, 200, 1000, request.len() - 1] {
            let client = proxy.ask(&request[..cut]).await;
            drop(client);
            until(|| proxy.registry.is_empty()).await;
        }
        assert!(origin.untouched());
        for cut in [0, 1, 20, 100, 2000, answer.len()] {
            let mut client = proxy.ask(origin.get("/")).await;
            let (_, server) = origin.serve(&answer[..cut]).await;
            drop(server);
            let seen = client.answer().await;
            assert_eq!(
                seen.status,
                if cut == answer.len() { 200 } else { 502 },
                "cut at {cut}"
            );
            drop(client);
            until(|| proxy.registry.is_empty()).await;
        }
        for step in 0..2 {
            let client = proxy.ask(origin.get("/")).await;
            let mut server: Wire = origin.accept().await;
            server.head().await;
            if step == 1 {
                server.send(&answer[..2000]).await;
            }
            drop(client);
            drop(server);
            until(|| proxy.registry.is_empty()).await;
        }
        assert_eq!(proxy.gate.budget().used(), 0);
    });
}
