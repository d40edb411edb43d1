//! Every way in which nothing is decided.

use super::harness::{Bench, TOKEN, post};
use pipelock_model::event::KillSource;
use pipelock_policy::{ScanKind, ScanKinds};
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

const DLP: &str = r#"{"kind":"dlp","input":{"text":"hello"}}"#;

fn request(method: &str, path: &str, authorization: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: a\r\n{authorization}Content-Length: {}\r\n\r\n{DLP}",
        DLP.len()
    )
}

#[tokio::test]
async fn method_and_token_are_checked_before_the_body_is_read() {
    let bench = Bench::start().await;
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let lower = format!("authorization: bearer {TOKEN}\r\n");
    let cases = [
        ("POST", "/api/v1/scan", &*bearer, 200, ""),
        ("POST", "/api/v1/scan?a=b", &lower, 200, ""),
        ("GET", "/api/v1/scan", &bearer, 405, "method_not_allowed"),
        ("PUT", "/api/v1/scan", &bearer, 405, "method_not_allowed"),
        ("GET", "/api/v1/scan", "", 405, "method_not_allowed"),
        ("POST", "/api/v1/scan", "", 401, "unauthorized"),
        (
            "POST",
            "/api/v1/scan",
            "Authorization: Bearer no\r\n",
            401,
            "unauthorized",
        ),
        (
            "POST",
            "/api/v1/scan",
            "Authorization: Basic no\r\n",
            401,
            "unauthorized",
        ),
    ];
    for (method, path, authorization, status, code) in cases {
        let answer = bench.raw(request(method, path, authorization)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, code),
            "{method} {path} {authorization}"
        );
        assert_eq!(
            answer.status == 405,
            answer.head.contains("\r\nAllow: POST\r\n")
        );
        let challenge = "\r\nWWW-Authenticate: Bearer realm=\"pipelock\"\r\n";
        assert_eq!(answer.status == 401, answer.head.contains(challenge));
        if !code.is_empty() {
            assert_eq!(answer.body["status"], "error");
            assert_eq!(answer.body["kind"], "");
            assert_eq!(answer.body["decision"], json!(null));
        }
    }
}

#[tokio::test]
async fn only_the_one_route_is_served() {
    let bench = Bench::start().await;
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for path in [
        "/",
        "/api/v1/scan/",
        "/API/v1/scan",
        "//api/v1/scan",
        "/health",
        "http://a/api/v1/scan",
    ] {
        let answer = bench.raw(request("POST", path, &bearer)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn json_is_read_strictly() {
    let bench = Bench::start().await;
    let input = r#""input":{"text":"hello"}"#;
    let cases = [
        (format!(r#"{{"kind":"dlp",{input}}}"#), ""),
        (
            format!(r#" {{"kind":"dlp",{input},"context":null,"options":{{}}}} "#),
            "",
        ),
        (String::new(), "invalid_json"),
        ("[]".into(), "invalid_json"),
        ("null".into(), "invalid_json"),
        (r#"["dlp",{"text":"hello"}]"#.into(), "invalid_json"),
        (
            r#"{"kind":"dlp","input":["","hello"]}"#.into(),
            "invalid_json",
        ),
        (format!(r#"{{"kind":"dlp",{input}}} x"#), "invalid_json"),
        (format!(r#"{{"kind":"dlp",{input}}}{{}}"#), "invalid_json"),
        (
            format!(r#"{{"kind":"dlp",{input},"more":1}}"#),
            "invalid_json",
        ),
        (
            format!(r#"{{"kind":"dlp","kind":"dlp",{input}}}"#),
            "invalid_json",
        ),
        (
            format!(r#"{{"Kind":"url","kind":"dlp",{input}}}"#),
            "invalid_json",
        ),
        (
            r#"{"kind":"dlp","input":{"text":"a","text":"b"}}"#.into(),
            "invalid_json",
        ),
        (
            r#"{"kind":"dlp","input":{"text":"a","Text":"b"}}"#.into(),
            "invalid_json",
        ),
        (
            r#"{"kind":"dlp","input":{"text":"a","x":1}}"#.into(),
            "invalid_json",
        ),
        (
            r#"{"kind":"dlp","input":{"text":5}}"#.into(),
            "invalid_json",
        ),
        (r#"{"kind":5,"input":{"text":"a"}}"#.into(), "invalid_json"),
        (
            format!(r#"{{"kind":"dlp",{input},"context":{{"x":1}}}}"#),
            "invalid_json",
        ),
        (
            format!(r#"{{"kind":"dlp",{input},"options":{{"x":1}}}}"#),
            "invalid_json",
        ),
        (
            format!(r#"{{"kind":"dlp",{input},"options":{{"include_evidence":1}}}}"#),
            "invalid_json",
        ),
        (
            r#"{"kind":"dlp","input":{"text":"\ud800"}}"#.into(),
            "invalid_json",
        ),
        (format!("{{{input}}}"), "invalid_kind"),
        (format!(r#"{{"kind":"DLP",{input}}}"#), "invalid_kind"),
        (format!(r#"{{"kind":"",{input}}}"#), "invalid_kind"),
        (r#"{"kind":"dlp"}"#.into(), "invalid_input"),
        (r#"{"kind":"dlp","input":{}}"#.into(), "invalid_input"),
        (
            r#"{"kind":"dlp","input":{"text":""}}"#.into(),
            "invalid_input",
        ),
        (
            r#"{"kind":"dlp","input":{"content":"hello"}}"#.into(),
            "invalid_input",
        ),
        (
            r#"{"kind":"url","input":{"text":"hello"}}"#.into(),
            "invalid_input",
        ),
        (
            r#"{"kind":"tool_call","input":{"arguments":{}}}"#.into(),
            "invalid_input",
        ),
    ];
    for (body, code) in cases {
        let answer = bench.post(&body).await;
        let status = if code.is_empty() { 200 } else { 400 };
        assert_eq!((answer.status, answer.code()), (status, code), "{body}");
    }
    let mut bytes = post(r#"{"kind":"dlp","input":{"text":"_"}}"#).into_bytes();
    let at = bytes.iter().rposition(|byte| *byte == b'_').unwrap();
    bytes[at] = 0xff;
    assert_eq!(bench.raw(bytes).await.code(), "invalid_json");
}

#[tokio::test]
async fn the_kind_is_named_as_soon_as_it_is_known() {
    let bench = Bench::with(|policy| {
        let api = policy.scan_api.as_mut().unwrap();
        api.kinds = ScanKinds::of(|kind| kind != ScanKind::Url);
    })
    .await;
    for (kind, code) in [
        ("dlp", "invalid_input"),
        ("url", "kind_disabled"),
        ("telepathy", "invalid_kind"),
    ] {
        let answer = bench.scan(kind, json!({})).await;
        assert_eq!(
            (answer.code(), answer.body["kind"].as_str()),
            (code, Some(kind))
        );
        assert_eq!(answer.body["request_id"], json!(null));
    }
    let kinds: Vec<_> = bench.scans().iter().map(|scan| scan.kind).collect();
    assert_eq!(kinds, ["dlp", "url", "unknown"], "labels are bounded");
}

#[tokio::test]
async fn the_kill_switch_has_no_exemption_here() {
    let bench = Bench::start().await;
    bench.board.set(KillSource::Signal, true);
    let answer = bench.post(DLP).await;
    assert_eq!((answer.status, answer.code()), (503, "kill_switch_active"));
    assert_eq!(answer.body["errors"][0]["retryable"], false);
    let refused = bench.raw(request("POST", "/api/v1/scan", "")).await;
    assert_eq!(refused.status, 401, "the token comes first");
    bench.board.set(KillSource::Signal, false);
    assert_eq!(bench.post(DLP).await.decision(), "allow");
}

#[tokio::test]
async fn a_scan_that_takes_too_long_is_never_an_allow() {
    let bench = Bench::start().await;
    // Every look at the clock finds it seconds later.
    bench.world.step_ms.store(2500, Ordering::SeqCst);
    let text = "hello ".repeat(80_000);
    let arguments: Vec<String> = (0..3000).map(|n| format!("value {n}")).collect();
    for (kind, input) in [
        ("dlp", json!({"text": text})),
        ("prompt_injection", json!({"content": text})),
        (
            "tool_call",
            json!({"tool_name": "t", "arguments": arguments}),
        ),
    ] {
        let answer = bench.scan(kind, input).await;
        assert_eq!(
            (answer.status, answer.code()),
            (503, "scan_deadline_exceeded"),
            "{kind}"
        );
        assert_eq!(answer.body["errors"][0]["retryable"], true);
    }
}

#[tokio::test]
async fn a_name_server_that_does_not_answer_ends_in_time() {
    let bench = Bench::with(|policy| {
        policy.scan_api.as_mut().unwrap().scan = Duration::from_millis(20);
    })
    .await;
    let url = json!({"url": "https://slow.example/"});
    let answer = bench.scan("url", url).await;
    assert_eq!(
        (answer.status, answer.code()),
        (503, "scan_deadline_exceeded")
    );
}
