//! What is told of a decision: once, and without a secret.

use crate::harness::{Origin, Proxy, client_hello, run, until};
use pipelock_model::EventKind;
use pipelock_model::event::KillSource;
use pipelock_policy::Enforcement;
use pipelock_testkit::{benign, injection, secrets};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Events that say how an exchange ended.
fn endings(proxy: &Proxy) -> Vec<String> {
    let decides = |name: &String| {
        [
            "Blocked",
            "ForwardHttp",
            "Error",
            "TunnelClose",
            "KillSwitchDeny",
        ]
        .iter()
        .any(|kind| name.starts_with(kind))
    };
    proxy.recorded.names().into_iter().filter(decides).collect()
}

#[test]
fn one_decision_makes_one_event() {
    let key = secrets::aws_access_key();
    let attack = injection::override_en();
    let ssrf = "GET http://10.0.0.1/ HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n";
    run(async {
        let origin = Origin::start();
        let bad = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{attack}",
            attack.len()
        );
        let cases: [(&str, String, Option<&str>, &str); 10] = [
            ("passes", origin.get("/"), Some(OK), "ForwardHttp"),
            (
                "secret in the URL",
                origin.get(&format!("/{key}")),
                None,
                "Blocked dlp",
            ),
            (
                "secret in a field",
                origin.request("GET", "/", &format!("X-Api-Key: {key}\r\n")),
                None,
                "Blocked header_dlp",
            ),
            (
                "secret in the body",
                origin.post("/", "", &key),
                None,
                "Blocked body_dlp",
            ),
            ("internal", ssrf.into(), None, "Blocked ssrf"),
            (
                "malformed",
                "GET http://a/ HTTP/1.1\r\n\r\n".into(),
                None,
                "Blocked parser",
            ),
            (
                "attack",
                origin.get("/"),
                Some(&bad),
                "Blocked response_scan",
            ),
            (
                "coded",
                origin.get("/"),
                Some("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"),
                "Blocked response_scan",
            ),
            (
                "broken origin",
                origin.get("/"),
                Some("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
                "Error protocol",
            ),
            ("silent origin", origin.get("/"), Some(""), "Error reset"),
        ];
        for (why, request, answer, want) in cases {
            let proxy = Proxy::start().await;
            let mut client = proxy.ask(request).await;
            if let Some(answer) = answer {
                drop(origin.serve(answer).await);
            }
            client.answer().await;
            drop(client);
            proxy.registry.emptied().await;
            let got = endings(&proxy);
            let core = want == "Blocked dlp" && got == ["Blocked core_dlp"];
            assert!(core || got == [want], "{why}: {got:?}");
        }
    });
}

#[test]
fn totals_are_what_the_client_saw() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.post("/", "", "12345")).await;
        let mut server = origin.accept().await;
        server.head().await;
        server.exactly(5).await;
        server
            .send("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nnothing")
            .await;
        assert_eq!(client.answer().await.status, 404);
        proxy.recorded.wait_for("ForwardHttp").await;
        let kinds = proxy.recorded.kinds();
        let [EventKind::ForwardHttp(totals)] = &kinds[..] else {
            panic!("{kinds:?}")
        };
        let seen = (
            totals.status,
            totals.bytes_up,
            totals.bytes_down,
            totals.aborted,
        );
        assert_eq!(seen, (404, 5, 7, false));
    });
}

#[test]
fn a_client_that_left_is_told_as_aborted() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let client = proxy
            .ask(origin.request("POST", "/", "Content-Length: 100\r\n") + "begin")
            .await;
        drop(client);
        proxy.recorded.wait_for("ForwardHttp").await;
        let kinds = proxy.recorded.kinds();
        let [EventKind::ForwardHttp(totals)] = &kinds[..] else {
            panic!("{kinds:?}")
        };
        assert!(totals.aborted);
        assert!(origin.untouched());
    });
}

#[test]
fn no_event_and_no_reply_holds_a_secret() {
    // Of these two a rule finds the marker; without it the rest is only text.
    let only_marked = ["Private Key Header", "GCP Service Account Key"];
    let secrets: Vec<_> = secrets::all()
        .into_iter()
        .filter(|(rule, _)| !only_marked.contains(rule))
        .collect();
    run(async {
        let origin = Origin::start();
        for enforcement in [Enforcement::Enforce, Enforcement::DetectOnly] {
            let proxy = Proxy::with(|policy| {
                policy.enforcement = enforcement;
                policy.explain_blocks = true;
            })
            .await;
            for (rule, secret) in &secrets {
                let mut shown = String::new();
                for request in carrying(&origin, secret) {
                    let mut client = proxy.ask(request).await;
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{secret}",
                        secret.len()
                    );
                    client.half_close();
                    let serving = async {
                        loop {
                            let mut server = origin.accept().await;
                            if server.fill().await {
                                server.offer(&answer).await;
                            }
                        }
                    };
                    tokio::select! {
                        (bytes, _) = client.rest() => {
                            let text = String::from_utf8_lossy(&bytes);
                            if !text.starts_with("HTTP/1.1 200") {
                                shown.push_str(&text);
                            }
                        }
                        () = serving => {}
                    }
                }
                // Neither whole nor in its telling part; spaces end what a log shows anyway.
                let telling = secret
                    .rsplit([' ', '\n', '"'])
                    .find(|part| part.len() > 12)
                    .unwrap_or(secret);
                assert!(!shown.contains(telling), "{rule}: {shown}");
                let told = proxy.recorded.debug();
                assert!(
                    !told.contains(telling),
                    "{rule} in an event, {enforcement:?}"
                );
            }
        }
    });
}

/// Every place where a client can put a secret.
fn carrying(origin: &Origin, secret: &str) -> Vec<String> {
    let line = secret.replace(['\r', '\n'], " ");
    let encoded: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let word = line.replace([' ', '"'], "");
    let host = origin.authority();
    vec![
        origin.get(&format!("/{word}")),
        origin.get(&format!("/{encoded}")),
        origin.get(&format!("/?q={encoded}")),
        origin.request("GET", "/", &format!("Authorization: Bearer {line}\r\n")),
        origin.request("GET", "/", &format!("X-Other: {line}\r\n")),
        origin.request("GET", "/", &format!("X-Pipelock-Agent: {word}\r\n")),
        origin.post("/", "", secret),
        format!("GET http://user:{word}@{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET http://{host}/ HTTP/1.1\r\nHost: {word}\r\n\r\n"),
        format!("GET http://{host}/ HTTP/1.1\r\n{word}\r\n\r\n"),
        format!("GET {word} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("{word} http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET http://{word}/ HTTP/1.1\r\nHost: {word}\r\n\r\n"),
        format!("CONNECT {word}:443 HTTP/1.1\r\nHost: {word}:443\r\n\r\n"),
    ]
}

#[test]
fn a_secret_as_a_server_name_is_not_told() {
    let key = secrets::github_token();
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let host = origin.authority();
        let mut client = proxy
            .ask(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        client.head().await;
        client.send(client_hello(Some(&key.to_lowercase()))).await;
        client.rest().await;
        proxy.registry.emptied().await;
        let told = proxy.recorded.debug();
        assert!(
            !told.contains(&key) && !told.contains(&key.to_lowercase()),
            "{told}"
        );
    });
}

#[test]
fn a_late_finding_is_told_with_the_status_and_bytes_that_left() {
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.response.hold = 1024).await;
        let mut client = proxy.ask(origin.get("/")).await;
        let text = benign::english(5000);
        let (_, mut server) = origin
            .serve(format!(
                "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n{text}"
            ))
            .await;
        client.head().await;
        client.exactly(4000).await;
        server.send(format!("{}\n", injection::override_en())).await;
        let (rest, _) = client.rest().await;
        let left = 4000 + rest.len() as u64;
        proxy.recorded.wait_for("Blocked response_scan").await;
        let kinds = proxy.recorded.kinds();
        let told = kinds.iter().find_map(|kind| match kind {
            EventKind::Blocked { totals, .. } => {
                Some((totals.status, totals.bytes_down, totals.aborted))
            }
            _ => None,
        });
        assert_eq!(told, Some((200, left, true)));
    });
}

#[test]
fn a_private_key_in_a_url_is_not_told() {
    let block = secrets::private_key_block();
    let encoded: String = block.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let partly = block.replace('\n', "%0A").replace(' ', "%20");
    let lines: Vec<_> = block.lines().filter(|line| line.len() == 64).collect();
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for text in [encoded, partly] {
            for path in [format!("/{text}"), format!("/?q={text}")] {
                assert_eq!(
                    proxy.ask(origin.get(&path)).await.answer().await.status,
                    403
                );
            }
        }
        let told = proxy.recorded.debug();
        let encoded_line: String = lines[3]
            .bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect();
        assert!(
            !told.contains(lines[3]) && !told.contains(&encoded_line),
            "{told}"
        );
    });
}

#[test]
fn a_stream_that_the_kill_switch_cuts_is_told_with_its_bytes() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/events")).await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        let (_, mut server) = origin.serve(head).await;
        client.head().await;
        server.send("9\r\ndata: a\n\n\r\n").await;
        client.chunk().await;
        proxy.board.set(KillSource::Signal, true);
        client.ends_silently().await;
        until(|| proxy.registry.is_empty()).await;
        let kinds = proxy.recorded.kinds();
        let blocked = kinds.iter().find_map(|kind| match kind {
            EventKind::Blocked { totals, .. } => Some((totals.status, totals.bytes_down)),
            _ => None,
        });
        assert_eq!(blocked, Some((200, 9)));
    });
}

#[test]
fn a_tunnel_that_carried_nothing_is_not_told_as_a_request() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let host = origin.authority();
        let mut client = proxy
            .ask(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        client.head().await;
        drop(client);
        until(|| proxy.registry.is_empty()).await;
        let names = proxy.recorded.names();
        assert!(!names.iter().any(|name| name == "ForwardHttp"), "{names:?}");
    });
}
