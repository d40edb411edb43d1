//! Deny-all: new requests, live streams and tunnels, and what is spared. And the
//! drain, which is gentle.

use crate::harness::{Origin, Proxy, Wire, client_hello, run, until};
use pipelock_detect::address::Cidr;
use pipelock_model::EventKind;
use pipelock_model::event::KillSource;
use std::time::{Duration, Instant};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/// From the switch to the end of the last connection.
const CUT: Duration = Duration::from_millis(100);

async fn tunnel(client: &mut Wire, origin: &Origin) -> Wire {
    let host = origin.authority();
    client
        .send(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
        .await;
    client.head().await;
    let mut server = origin.accept().await;
    let hello = client_hello(None);
    client.send(&hello).await;
    server.exactly(hello.len()).await;
    server
}

async fn event_stream(client: &mut Wire, origin: &Origin) -> Wire {
    client.send(origin.get("/events")).await;
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (_, mut server) = origin.serve(head).await;
    client.head().await;
    server.send("9\r\ndata: a\n\n\r\n").await;
    assert_eq!(client.chunk().await, b"data: a\n\n");
    server
}

#[test]
fn new_requests_are_refused_in_json_and_health_still_answers() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let (_, mut server) = origin.serve(OK).await;
        client.answer().await;
        proxy.board.set(KillSource::Signal, true);
        let host = origin.authority();
        let requests = [
            origin.get("/"),
            origin.get("/health"),
            origin.get("/metrics"),
            origin.get("/api/v1/sessions/a/reset"),
            format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        ];
        for request in requests {
            let answer = proxy.ask(&request).await.answer().await;
            assert_eq!(answer.status, 503, "{request}");
            assert_eq!(answer.field("Content-Type"), Some("application/json"));
            let want =
                "{\"error\":\"kill_switch_active\",\"message\":\"Emergency deny-all active\"}\n";
            assert_eq!(answer.text(), want);
        }
        for path in ["/health", "/livez", "/metrics"] {
            let own = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            let answer = proxy.ask(own).await.answer().await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(path != "/health" || answer.text().contains("\"kill_switch_active\":true"));
        }
        assert!(origin.untouched());
        // A connection that was idle at the switch asks it at its next request.
        client.send(origin.get("/")).await;
        assert_eq!(client.answer().await.status, 503);

        proxy.board.set(KillSource::Signal, false);
        client.send(origin.get("/")).await;
        assert!(
            server.head().await.starts_with("GET / "),
            "it goes on where it was"
        );
        server.send(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn idle_tunnels_and_streams_are_cut_within_100_ms() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut clients = [
            proxy.client().await,
            proxy.client().await,
            proxy.client().await,
        ];
        let mut servers = [
            tunnel(&mut clients[0], &origin).await,
            event_stream(&mut clients[1], &origin).await,
            {
                clients[2].send(origin.get("/slow")).await;
                let mut server = origin.accept().await;
                server.head().await;
                server
            },
        ];
        let start = Instant::now();
        proxy.board.set(KillSource::Signal, true);
        for (client, server) in clients.iter_mut().zip(&mut servers) {
            client.ends_silently().await;
            server.ends_silently().await;
        }
        let took = start.elapsed();
        println!("kill switch: three live connections cut in {took:?}");
        assert!(took < CUT, "{took:?}");
        until(|| proxy.registry.is_empty()).await;
        let names = proxy.recorded.names();
        let cut = names
            .iter()
            .filter(|name| *name == "Blocked kill_switch")
            .count();
        assert_eq!(cut, 3, "each is told: {names:?}");
    });
}

#[test]
fn many_idle_tunnels_are_cut_within_100_ms() {
    const TUNNELS: usize = 200;
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut clients, mut servers) = (Vec::new(), Vec::new());
        for _ in 0..TUNNELS {
            let mut client = proxy.client().await;
            servers.push(tunnel(&mut client, &origin).await);
            clients.push(client);
        }
        let start = Instant::now();
        proxy.board.set(KillSource::Sentinel, true);
        for client in &mut clients {
            client.ends_silently().await;
        }
        let took = start.elapsed();
        println!("kill switch: {TUNNELS} idle tunnels cut in {took:?}");
        assert!(took < CUT, "{took:?}");
    });
}

#[test]
fn a_peer_on_the_list_is_spared() {
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| {
            policy.kill_switch.allowlist = vec![Cidr::parse("127.0.0.3/32").unwrap()];
        })
        .await;
        let mut spared = proxy.client_from("127.0.0.3").await;
        let mut spared_server = tunnel(&mut spared, &origin).await;
        let mut other = proxy.client().await;
        let mut other_server = tunnel(&mut other, &origin).await;
        proxy.board.set(KillSource::Api, true);
        other.ends_silently().await;
        other_server.ends_silently().await;
        spared.send("still here").await;
        assert_eq!(spared_server.exactly(10).await, b"still here");
        let mut new = proxy.client_from("127.0.0.3").await;
        new.send(origin.get("/")).await;
        let (_, _server) = origin.serve(OK).await;
        assert_eq!(new.answer().await.text(), "ok");
    });
}

#[test]
fn plain_http_in_a_live_tunnel_is_cut_too() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let host = origin.authority();
        let mut client = proxy
            .ask(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        client.head().await;
        let mut server = origin.accept().await;
        client
            .send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        server.head().await;
        server.send(OK).await;
        client.answer().await;
        proxy.board.set(KillSource::Config, true);
        client.ends_silently().await;
        server.ends_silently().await;
    });
}

#[test]
fn health_is_refused_where_the_operator_wants_that() {
    run(async {
        let proxy = Proxy::with(|policy| policy.kill_switch.health_exempt = false).await;
        proxy.board.set(KillSource::Config, true);
        let mut client = proxy.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(client.answer().await.status, 503);
        client
            .send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            .await;
        assert_eq!(client.answer().await.status, 200);
    });
}

#[test]
fn a_drain_closes_what_is_idle_and_lets_the_rest_finish() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut idle = proxy.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
        idle.answer().await;
        let mut busy = proxy.ask(origin.get("/")).await;
        let mut server = origin.accept().await;
        server.head().await;
        let mut tunnelled = proxy.client().await;
        let mut far = tunnel(&mut tunnelled, &origin).await;
        proxy.registry.drain();
        idle.ends_silently().await;
        tunnelled.send("on").await;
        assert_eq!(far.exactly(2).await, b"on");
        server.send(OK).await;
        assert_eq!(busy.answer().await.text(), "ok");
        busy.ends_silently().await;
        drop((tunnelled, far));
        proxy.registry.emptied().await;
    });
}

#[test]
fn what_outlives_the_grace_is_cut_abnormally() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.client().await;
        let mut server = event_stream(&mut client, &origin).await;
        proxy.registry.drain();
        server.send("9\r\ndata: b\n\n\r\n").await;
        assert_eq!(client.chunk().await, b"data: b\n\n");
        assert_eq!(proxy.registry.end_all(), 1);
        client.ends_silently().await;
        proxy.registry.emptied().await;
    });
}

#[test]
fn a_tunnel_that_the_kill_switch_cuts_is_told_with_all_its_bytes() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let host = origin.authority();
        let mut client = proxy
            .ask(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        client.head().await;
        let mut server = origin.accept().await;
        let hello = client_hello(None);
        client.send(&hello).await;
        server.exactly(hello.len()).await;
        server.send([7; 1000]).await;
        client.exactly(1000).await;
        proxy.board.set(KillSource::Signal, true);
        client.ends_silently().await;
        until(|| proxy.registry.is_empty()).await;
        let kinds = proxy.recorded.kinds();
        let closed = kinds.iter().find_map(|kind| match kind {
            EventKind::TunnelClose { totals, .. } => Some((totals.bytes_up, totals.bytes_down)),
            _ => None,
        });
        assert_eq!(closed, Some((hello.len() as u64, 1000)));
    });
}
