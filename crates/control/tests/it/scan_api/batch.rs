//! `POST /api/v1/scan/batch`.

use super::harness::{Answer, Bench, post_to};
use pipelock_policy::ScanRate;
use pipelock_testkit::{injection, secrets};
use serde_json::{Value, json};
use std::num::NonZeroU32;

const ROUTE: &str = "/api/v1/scan/batch";

async fn batch(bench: &Bench, body: &Value) -> Answer {
    bench.raw(post_to(ROUTE, &body.to_string())).await
}

fn dlp(text: &str) -> Value {
    json!({"kind": "dlp", "input": {"text": text}})
}

/// Decision of each result, or the code of its error.
fn outcomes(answer: &Answer) -> Vec<String> {
    let results = answer.body["results"].as_array().unwrap();
    let outcome = |result: &Value| {
        let error = result["errors"][0]["code"].as_str();
        let decision = result["decision"].as_str();
        error.or(decision).unwrap_or_default().to_owned()
    };
    results.iter().map(outcome).collect()
}

#[tokio::test]
async fn each_request_is_judged_and_told_of_alone() {
    let bench = Bench::start().await;
    let key = secrets::aws_access_key();
    let mut named = dlp("hello");
    named["context"] = json!({"request_id": "r-1"});
    let answer = batch(
        &bench,
        &json!({"requests": [
            named,
            dlp(&key),
            {"kind": "prompt_injection", "input": {"content": injection::override_en()}},
            {"kind": "dlp", "input": {"text": "hello"}, "more": 1},
            {"kind": "nothing", "input": {}},
            5,
            {"kind": "tool_call", "input": {"tool_name": "t", "arguments": {"a": key}}},
        ]}),
    )
    .await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (200, &json!("completed"))
    );
    let wanted = [
        "allow",
        "deny",
        "deny",
        "invalid_json",
        "invalid_kind",
        "invalid_json",
        "deny",
    ];
    assert_eq!(outcomes(&answer), wanted);
    assert_eq!(answer.body["results"][0]["request_id"], "r-1");
    let ids: std::collections::HashSet<_> = bench
        .scans()
        .iter()
        .map(|scan| scan.scan_id.to_string())
        .collect();
    assert_eq!(ids.len(), wanted.len(), "an event for each");
    assert!(!answer.body.to_string().contains(&key));
    assert!(!bench.told().contains(&key));
}

#[tokio::test]
async fn what_is_no_batch_is_refused_as_a_whole() {
    let bench = Bench::start().await;
    let many: Vec<Value> = (0..101).map(|_| dlp("hello")).collect();
    let cases = [
        (json!({"requests": []}), "invalid_input"),
        (json!({"requests": many}), "invalid_input"),
        (json!({"requests": {}}), "invalid_json"),
        (json!({}), "invalid_json"),
        (json!([dlp("hello")]), "invalid_json"),
        (
            json!({"requests": [dlp("hello")], "more": 1}),
            "invalid_json",
        ),
    ];
    for (body, code) in cases {
        let answer = batch(&bench, &body).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{body}");
    }
    let full: Vec<Value> = (0..100).map(|_| dlp("hello")).collect();
    let answer = batch(&Bench::start().await, &json!({"requests": full})).await;
    assert_eq!(outcomes(&answer).len(), 100);
}

#[tokio::test]
async fn each_request_takes_from_the_rate_of_its_token() {
    let bench = Bench::with(|policy| {
        policy.scan_api.as_mut().unwrap().rate = ScanRate {
            per_minute: NonZeroU32::MIN,
            burst: NonZeroU32::new(2).unwrap(),
        };
    })
    .await;
    let three = json!({"requests": [dlp("a b"), dlp("c d"), dlp("e f")]});
    let answer = batch(&bench, &three).await;
    assert_eq!(outcomes(&answer), ["allow", "allow", "rate_limited"]);
    let answer = batch(&bench, &three).await;
    assert_eq!((answer.status, answer.code()), (429, "rate_limited"));
}

#[tokio::test]
async fn a_batch_needs_a_token_like_a_scan() {
    let bench = Bench::start().await;
    let body = json!({"requests": [dlp("hello")]}).to_string();
    let request = format!(
        "POST {ROUTE} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = bench.raw(request).await;
    assert_eq!((answer.status, answer.code()), (401, "unauthorized"));
}
