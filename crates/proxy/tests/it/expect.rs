//! `Expect: 100-continue` and answers that come before the upload is complete.

use crate::harness::{Origin, Proxy, Wire, run};
use pipelock_model::Action;
use pipelock_policy::{Policy, RequestInjection};
use pipelock_testkit::{benign, secrets};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// A client that waits for leave, and the origin that was asked.
async fn asked(proxy: &Proxy, origin: &Origin, length: usize) -> (Wire, Wire) {
    let fields = format!("Expect: 100-continue\r\nContent-Length: {length}\r\n");
    let client = proxy.ask(origin.request("POST", "/", &fields)).await;
    let mut server = origin.accept().await;
    let head = server.head().await;
    assert!(head.contains("\r\nExpect: 100-continue\r\n"), "{head}");
    (client, server)
}

#[test]
fn leave_is_passed_on_and_the_body_follows() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = asked(&proxy, &origin, 4).await;
        server.send(CONTINUE).await;
        assert_eq!(client.head().await, CONTINUE);
        client.send("body").await;
        assert_eq!(server.exactly(4).await, b"body");
        server.send(OK).await;
        assert_eq!(client.answer().await.text(), "ok");
        client.send(origin.get("/next")).await;
        assert!(
            server.head().await.starts_with("GET /next "),
            "both connections go on"
        );
    });
}

#[test]
fn a_refusal_instead_of_leave_is_relayed() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for status in [
            "417 Expectation Failed",
            "413 Content Too Large",
            "401 Unauthorized",
        ] {
            let (mut client, mut server) = asked(&proxy, &origin, 4).await;
            server
                .send(format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno"))
                .await;
            let head = client.head().await;
            assert!(
                head.starts_with(&format!("HTTP/1.1 {status}\r\n")),
                "{head}"
            );
            assert_eq!(client.exactly(2).await, b"no");
            client.half_close();
            client.ends_silently().await;
        }
    });
}

#[test]
fn a_server_that_says_nothing_gets_the_body_after_a_second() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = asked(&proxy, &origin, 4).await;
        assert_eq!(client.head().await, CONTINUE);
        client.send("body").await;
        assert_eq!(server.exactly(4).await, b"body");
        // Late, and no answer to anything: it must not confuse the exchange.
        server.send([CONTINUE, OK].concat()).await;
        assert_eq!(client.answer().await.text(), "ok");
    });
}

#[test]
fn a_denial_after_leave_closes_the_upstream_and_says_403() {
    let key = secrets::aws_access_key();
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = asked(&proxy, &origin, key.len()).await;
        server.send(CONTINUE).await;
        assert_eq!(client.head().await, CONTINUE);
        client.send(&key).await;
        client
            .answer()
            .await
            .assert_refused(403, "body_dlp", "after leave");
        server.ends_silently().await;
    });
}

#[test]
fn a_denial_of_the_head_comes_before_any_leave() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let fields = format!(
            "Expect: 100-continue\r\nContent-Length: 4\r\nAuthorization: Bearer {}\r\n",
            secrets::github_token()
        );
        let mut client = proxy.ask(origin.request("POST", "/", &fields)).await;
        assert!(client.head().await.starts_with("HTTP/1.1 403 "));
        assert!(origin.untouched());
    });
}

#[test]
fn other_interim_answers_pass_while_leave_is_awaited() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let (mut client, mut server) = asked(&proxy, &origin, 4).await;
        server
            .send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            .await;
        assert!(client.head().await.contains(" 103 "));
        server.send(CONTINUE).await;
        assert_eq!(client.head().await, CONTINUE);
        client.send("body").await;
        assert_eq!(server.exactly(4).await, b"body");
        server.send(OK).await;
        assert_eq!(client.answer().await.status, 200);
    });
}

fn nothing_holds_an_upload(policy: &mut Policy) {
    let request = policy.request.as_mut().unwrap();
    (request.action, request.injection) = (Action::Warn, RequestInjection::Off);
}

#[test]
fn an_answer_during_the_upload_is_relayed_and_both_sides_end() {
    let body = benign::english(2000);
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(nothing_holds_an_upload).await;
        let request = origin.post("/", "", &body);
        let (early, _late) = request.split_at(request.len() - 1000);
        let mut client = proxy.ask(early).await;
        let mut server = origin.accept().await;
        server.head().await;
        server.exactly(1000).await;
        server
            .send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
            .await;
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.text()), (413, "no"));
        assert_eq!(
            answer.field("Connection"),
            Some("close"),
            "the rest is not read as a request"
        );
        server.ends_silently().await;
        client.half_close();
        client.ends_silently().await;
    });
}

#[test]
fn an_answer_and_a_close_during_the_upload_reach_the_client() {
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(nothing_holds_an_upload).await;
        let mut client = proxy
            .ask(origin.request("POST", "/", "Content-Length: 100000\r\n") + "begin")
            .await;
        let mut server = origin.accept().await;
        server.head().await;
        server.exactly(5).await;
        server
            .send("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
            .await;
        drop(server);
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.text()), (401, "no"));
    });
}

#[test]
fn an_upstream_that_was_promised_a_body_is_not_used_again() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let fields = "Expect: 100-continue\r\nContent-Length: 400\r\n";
        let mut client = proxy.ask(origin.request("POST", "/", fields)).await;
        let (_, mut promised) = origin
            .serve("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
            .await;
        assert_eq!(client.answer().await.status, 417);
        let mut next = proxy.ask(origin.get("/next")).await;
        let (_, _server) = origin.serve(OK).await;
        assert_eq!(next.answer().await.text(), "ok");
        promised.ends_silently().await;
    });
}
