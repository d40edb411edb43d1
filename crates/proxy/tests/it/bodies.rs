//! Bodies that are held whole.

use crate::harness::{Answer, Origin, Proxy, run};
use pipelock_detect::domain::DomainSet;
use pipelock_model::Action;
use pipelock_policy::Enforcement;
use pipelock_testkit::{benign, injection, secrets};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn page(fields: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nETag: \"a\"\r\n{fields}Content-Length: {length}\r\n\r\n{body}")
}

/// What a client sees of an origin that answers with this.
async fn fetch(proxy: &Proxy, origin: &Origin, answer: &str) -> Answer {
    let mut client = proxy.ask(origin.get("/")).await;
    let (_, _server) = origin.serve(answer).await;
    client.answer().await
}

#[test]
fn a_secret_in_a_request_body_is_refused_and_nothing_is_dialled() {
    let key = secrets::aws_access_key();
    let encoded: String = key.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json = format!(r#"{{"note": "hello", "key": "{key}"}}"#);
    let late = format!("{} {key}", benign::english(200_000));
    let cases = [
        ("text/plain", key.clone()),
        ("application/json", json),
        (
            "application/x-www-form-urlencoded",
            format!("a=1&key={encoded}&b=2"),
        ),
        ("application/octet-stream", format!("\0\x01{key}\0")),
        ("text/plain", late),
        ("image/png", key.clone()),
    ];
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for (kind, body) in cases {
            let mut client = proxy
                .ask(origin.post("/", &format!("Content-Type: {kind}\r\n"), &body))
                .await;
            client.answer().await.assert_refused(403, "body_dlp", kind);
            let fields = format!("Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n");
            let mut client = proxy.ask(origin.request("POST", "/", &fields)).await;
            for piece in body.as_bytes().chunks(body.len().div_ceil(9)) {
                client.offer(format!("{:x}\r\n", piece.len())).await;
                client.offer(piece).await;
                client.offer("\r\n").await;
            }
            client.offer("0\r\n\r\n").await;
            client.answer().await.assert_refused(403, "body_dlp", kind);
        }
        assert!(origin.untouched());
    });
}

#[test]
fn a_secret_in_a_request_trailer_is_refused() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let head = origin.request("POST", "/", "Transfer-Encoding: chunked\r\n");
        let trailer = format!(
            "2\r\nab\r\n0\r\nX-Note: {}\r\n\r\n",
            secrets::github_token()
        );
        let answer = proxy.ask(head + &trailer).await.answer().await;
        answer.assert_refused(403, "body_dlp", "trailer");
        assert!(origin.untouched());
    });
}

#[test]
fn coded_bodies_are_refused_both_ways_until_they_can_be_read() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for coding in [
            "gzip",
            "br",
            "deflate, gzip",
            "zstd",
            "unknown",
            "identity, gzip",
        ] {
            let fields = format!("Content-Encoding: {coding}\r\n");
            let answer = proxy
                .ask(origin.post("/", &fields, "body"))
                .await
                .answer()
                .await;
            answer.assert_refused(403, "body_dlp", coding);
            assert!(origin.untouched(), "{coding}");
            let answer = fetch(&proxy, &origin, &page(&fields, "body")).await;
            answer.assert_refused(403, "response_scan", coding);
        }
        let answer = fetch(
            &proxy,
            &origin,
            &page("Content-Encoding: identity\r\n", "body"),
        )
        .await;
        assert_eq!(answer.text(), "body");
        let mut client = proxy.ask(origin.request("HEAD", "/", "")).await;
        let (_, _server) = origin
            .serve("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n")
            .await;
        assert_eq!(
            client.answer_to("HEAD").await.status,
            200,
            "without a body there is nothing to read"
        );
    });
}

#[test]
fn coded_bodies_pass_unscanned_where_nothing_is_enforced() {
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.enforcement = Enforcement::DetectOnly).await;
        let mut client = proxy
            .ask(origin.post("/", "Content-Encoding: gzip\r\n", "coded"))
            .await;
        let mut server = origin.accept().await;
        assert!(
            server
                .head()
                .await
                .contains("\r\nContent-Encoding: gzip\r\n")
        );
        assert_eq!(server.exactly(5).await, b"coded");
        server
            .send(page("Content-Encoding: gzip\r\n", "answer"))
            .await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.field("Content-Encoding"), &*answer.text()),
            (Some("gzip"), "answer")
        );
        let names = proxy.recorded.names();
        let unscanned = names
            .iter()
            .filter(|name| *name == "Unscanned coding")
            .count();
        assert_eq!(unscanned, 2, "{names:?}");
    });
}

#[test]
fn an_attack_in_an_answer_is_refused_wherever_it_stands() {
    let attack = injection::override_en();
    let field = format!("X-Note: {attack}\r\n");
    let cookie = format!("Set-Cookie: a={attack}\r\n");
    // Manuals ask for keys and name files as well, and programs do things silently: in
    // a page these only warn.
    let acts = |(name, _): &(&str, String)| {
        !name.starts_with("Credential ") && !name.starts_with("Covert ")
    };
    let mut cases: Vec<(String, String)> = injection::all()
        .into_iter()
        .filter(acts)
        .map(|(name, text)| {
            (
                name.to_owned(),
                page("", &format!("{}\n{text}", benign::html(2000))),
            )
        })
        .collect();
    cases.extend([
        ("field".into(), page(&field, "body")),
        ("cookie".into(), page(&cookie, "body")),
        (
            "reason".into(),
            format!("HTTP/1.1 200 {attack}\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "trailer".into(),
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n{field}\r\n"
            ),
        ),
        (
            "over chunks".into(),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned()
                + &attack
                    .chars()
                    .map(|c| format!("1\r\n{c}\r\n"))
                    .collect::<String>()
                + "0\r\n\r\n",
        ),
        (
            "redirect".into(),
            format!("HTTP/1.1 302 Found\r\n{field}Location: /\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "no body".into(),
            format!("HTTP/1.1 204 No Content\r\n{field}\r\n"),
        ),
    ]);
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for (why, answer) in cases {
            let seen = fetch(&proxy, &origin, &answer).await;
            seen.assert_refused(403, "response_scan", &why);
            assert_eq!(
                seen.text(),
                "blocked: response contains injection\n",
                "{why}"
            );
        }
    });
}

#[test]
fn an_attack_in_an_interim_answer_does_not_reach_the_client() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let attack = injection::override_en();
        let interim = format!("HTTP/1.1 103 Early Hints\r\nX-Note: {attack}\r\n\r\n");
        let (_, _server) = origin.serve(interim + OK).await;
        let (mut seen, mut head) = (String::new(), client.head().await);
        while head.contains(" 103 ") {
            seen.push_str(&head);
            head = client.head().await;
        }
        assert!(!seen.contains(attack), "{seen}");
    });
}

#[test]
fn honest_pages_arrive_byte_for_byte() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for body in [
            benign::html(50_000),
            benign::json(50_000),
            benign::english(300_000),
        ] {
            let mut client = proxy.ask(origin.get("/")).await;
            let mut server = origin.accept().await;
            server.head().await;
            let answer = page("", &body);
            let (seen, ()) = tokio::join!(client.answer(), server.send(&answer));
            assert_eq!(seen.field("ETag"), Some("\"a\""));
            assert!(seen.whole && seen.text() == body);
        }
    });
}

#[test]
fn strip_cuts_the_match_out_and_voids_what_it_made_untrue() {
    let attack = injection::override_en();
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.response.action = Action::Strip).await;
        let seen = fetch(
            &proxy,
            &origin,
            &page("Digest: a\r\n", &format!("before {attack} after")),
        )
        .await;
        let text = seen.text();
        assert_eq!((seen.status, seen.whole), (200, true));
        assert!(
            text.starts_with("before ") && text.ends_with(" after"),
            "{text}"
        );
        assert!(text.contains("[REDACTED: "), "{text}");
        assert!(!text.contains("previous instructions"), "{text}");
        assert_eq!((seen.field("ETag"), seen.field("Digest")), (None, None));
        let chunked = format!(
            "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{attack}\r\n0\r\n\r\n",
            attack.len()
        );
        let seen = fetch(&proxy, &origin, &chunked).await;
        assert!(
            seen.whole && !seen.text().contains("previous instructions"),
            "{}",
            seen.text()
        );
        assert_eq!(seen.field("ETag"), None);
        let clean = fetch(&proxy, &origin, &page("", "nothing to cut")).await;
        assert_eq!(
            (clean.field("ETag"), &*clean.text()),
            (Some("\"a\""), "nothing to cut")
        );
    });
}

#[test]
fn strip_refuses_what_it_cannot_cut() {
    let field = format!("X-Note: {}\r\n", injection::override_en());
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.response.action = Action::Strip).await;
        let trailer = format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n{field}\r\n"
        );
        for (why, answer) in [("field", page(&field, "body")), ("trailer", trailer)] {
            let seen = fetch(&proxy, &origin, &answer).await;
            assert!(
                !seen.head.contains("previous") && !seen.trailers.contains("previous"),
                "{why}"
            );
            seen.assert_refused(403, "response_scan", why);
        }
    });
}

#[test]
fn findings_that_only_warn_are_delivered_and_told() {
    let attack = format!("Note: {}", injection::override_en());
    let body = format!("key {}", secrets::aws_access_key());
    run(async {
        let origin = Origin::start();
        let proxies = [
            (
                "warn",
                Proxy::with(|policy| {
                    policy.response.action = Action::Warn;
                    policy.request.as_mut().unwrap().action = Action::Warn;
                })
                .await,
            ),
            (
                "detect only",
                Proxy::with(|policy| policy.enforcement = Enforcement::DetectOnly).await,
            ),
        ];
        for (why, proxy) in proxies {
            let mut client = proxy.ask(origin.post("/", "", &body)).await;
            let mut server = origin.accept().await;
            server.head().await;
            assert_eq!(server.exactly(body.len()).await, body.as_bytes(), "{why}");
            server.send(page("", &attack)).await;
            let seen = client.answer().await;
            assert_eq!((seen.status, seen.text()), (200, attack.clone()), "{why}");
            assert_eq!(seen.field("ETag"), Some("\"a\""), "{why}");
            proxy.recorded.wait_for("ForwardHttp").await;
            let names = proxy.recorded.names();
            assert_eq!(names, ["BodyDlp", "ResponseScan", "ForwardHttp"], "{why}");
            let told = proxy.recorded.debug();
            assert_eq!(
                told.matches("would_block: Some(Block)").count(),
                if why == "warn" { 0 } else { 2 }
            );
        }
    });
}

#[test]
fn an_exempt_host_is_scanned_and_delivered() {
    let attack = injection::override_en();
    run(async {
        let origin = Origin::start();
        let proxy =
            Proxy::with(|policy| policy.response.exempt = DomainSet::new(["exempt.example"])).await;
        proxy.resolver.set("exempt.example", &["127.0.0.2"]);
        proxy.resolver.set("other.example", &["127.0.0.2"]);
        for (name, status) in [("exempt.example", 200), ("other.example", 403)] {
            let host = format!("{name}:{}", origin.port());
            let mut client = proxy
                .ask(format!(
                    "GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"
                ))
                .await;
            let (_, _server) = origin.serve(page("", attack)).await;
            assert_eq!(client.answer().await.status, status, "{name}");
        }
        let names = proxy.recorded.names();
        assert_eq!(
            names[..2],
            ["ResponseScanExempt", "ResponseScan"],
            "{names:?}"
        );
    });
}
