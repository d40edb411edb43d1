//! Idle upstream connections: when one is used again, and the one retry.

use crate::harness::{Origin, Proxy, Wire, run};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A client and a server whose connection is idle in the pool.
async fn pooled(proxy: &Proxy, origin: &Origin) -> (Wire, Wire) {
    let mut client = proxy.ask(origin.get("/first")).await;
    let (_, server) = origin.serve(OK).await;
    assert_eq!(client.answer().await.text(), "ok");
    (client, server)
}

#[test]
fn an_idle_connection_is_used_only_for_a_permitted_address() {
    run(async {
        let proxy = Proxy::start().await;
        let first = Origin::start();
        let second = Origin::at(&format!("127.0.0.5:{}", first.port()));
        let host = format!("pool.example:{}", first.port());
        let request = format!("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
        proxy.resolver.set("pool.example", &["127.0.0.2"]);
        let mut client = proxy.ask(&request).await;
        let (_, mut server) = first.serve(OK).await;
        client.answer().await;

        proxy.resolver.set("pool.example", &["127.0.0.5"]);
        client.send(&request).await;
        let (_, _moved) = second.serve(OK).await;
        assert_eq!(client.answer().await.text(), "ok");

        proxy.resolver.set("pool.example", &["10.0.0.1"]);
        client.send(&request).await;
        client
            .answer()
            .await
            .assert_refused(403, "ssrf", "the name moved inside");
        assert_eq!(proxy.resolver.questions(), 3, "every exchange asks again");
        server.ends_silently().await;
    });
}

#[test]
fn a_connection_that_died_idle_is_retried_once_where_nothing_can_happen_twice() {
    let cases = [
        ("GET", 200),
        ("HEAD", 200),
        ("DELETE", 200),
        ("POST", 502),
        ("PATCH", 502),
    ];
    for (method, status) in cases {
        run(async move {
            let (proxy, origin) = (Proxy::start().await, Origin::start());
            let (mut client, mut server) = pooled(&proxy, &origin).await;
            client.send(origin.request(method, "/second", "")).await;
            server.head().await;
            drop(server);
            let mut retried = None;
            if status == 200 {
                let (head, server) = origin.serve(OK).await;
                assert!(head.starts_with(&format!("{method} /second ")), "{head}");
                retried = Some(server);
            }
            assert_eq!(client.answer_to(method).await.status, status, "{method}");
            assert!(origin.untouched(), "{method}");
            drop(retried);
        });
    }
}

#[test]
fn a_request_with_a_body_is_never_repeated() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = pooled(&proxy, &origin).await;
        client
            .send(origin.request("PUT", "/", "Content-Length: 4\r\n") + "body")
            .await;
        server.through("body").await;
        drop(server);
        assert_eq!(client.answer().await.status, 502);
        assert!(origin.untouched());
    });
}

#[test]
fn the_retry_is_not_retried_and_a_fresh_connection_never_is() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = pooled(&proxy, &origin).await;
        client.send(origin.get("/second")).await;
        server.head().await;
        drop(server);
        drop(origin.serve("").await);
        assert_eq!(client.answer().await.status, 502);
        assert!(origin.untouched());
        client.send(origin.get("/third")).await;
        drop(origin.serve("").await);
        assert_eq!(client.answer().await.status, 502);
        assert!(origin.untouched());
    });
}

#[test]
fn an_answer_that_began_is_not_retried() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = pooled(&proxy, &origin).await;
        client.send(origin.get("/second")).await;
        server.head().await;
        server.send("HTTP/1.1 2").await;
        drop(server);
        assert_eq!(client.answer().await.status, 502);
        assert!(origin.untouched());
    });
}

#[test]
fn a_connection_with_bytes_behind_the_answer_is_not_used_again() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let surplus = [OK, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"].concat();
        let (_, _server) = origin.serve(surplus).await;
        assert_eq!(client.answer().await.text(), "ok");
        client.send(origin.get("/")).await;
        let (_, _second) = origin.serve(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn nobody_listening_is_502() {
    run(async {
        let proxy = Proxy::start().await;
        let gone = Origin::start();
        let (request, host) = (gone.get("/"), gone.authority());
        drop(gone);
        let answer = proxy.ask(request).await.answer().await;
        assert_eq!(answer.status, 502, "{}", answer.text());
        let connect = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = proxy.ask(connect).await.answer().await;
        assert_eq!(
            (answer.status, &*answer.text()),
            (502, "tunnel dial failed\n")
        );
    });
}
