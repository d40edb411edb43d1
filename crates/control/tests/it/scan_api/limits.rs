//! Sizes, times, rates.

use super::harness::{Bench, TOKEN, answer, post};
use pipelock_policy::ScanRate;
use serde_json::json;
use std::num::NonZeroU32;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const DLP: &str = r#"{"kind":"dlp","input":{"text":"hello"}}"#;

#[tokio::test]
async fn a_body_has_a_size_declared_or_not() {
    let bench = Bench::with(|policy| policy.scan_api.as_mut().unwrap().max_body = 200).await;
    let at = |length: usize| format!("{DLP}{}", " ".repeat(length - DLP.len()));
    assert_eq!(bench.post(at(200)).await.status, 200);
    let answer = bench.post(at(201)).await;
    assert_eq!((answer.status, answer.code()), (400, "body_too_large"));
    for (length, code) in [(200, ""), (201, "body_too_large")] {
        let request = format!(
            "POST /api/v1/scan HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\
             Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{}\r\n0\r\n\r\n",
            at(length)
        );
        assert_eq!(bench.raw(request).await.code(), code, "{length} in chunks");
    }
}

#[tokio::test]
async fn each_field_has_a_size() {
    let bench = Bench::with(|policy| {
        let fields = &mut policy.scan_api.as_mut().unwrap().fields;
        (fields.url, fields.text) = (30, 31);
        (fields.content, fields.arguments) = (32, 33);
    })
    .await;
    let text = |length: usize| "x".repeat(length);
    for extra in [0, 1] {
        let url = format!("https://public.example/{}", text(7 + extra));
        let cases = [
            ("url", json!({"url": url})),
            ("dlp", json!({"text": text(31 + extra)})),
            ("prompt_injection", json!({"content": text(32 + extra)})),
            (
                "tool_call",
                json!({"tool_name": "t", "arguments": text(31 + extra)}),
            ),
        ];
        for (kind, input) in cases {
            let answer = bench.scan(kind, input).await;
            let code = ["", "invalid_input"][extra];
            assert_eq!(answer.code(), code, "{kind}");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let bench = Bench::with(|policy| {
        policy.scan_api.as_mut().unwrap().read = Duration::from_millis(30);
    })
    .await;
    let whole = post(DLP);
    let mut io = bench.connect().await;
    io.write_all(&whole.as_bytes()[..whole.len() - 3])
        .await
        .unwrap();
    let late = answer(&mut io).await;
    assert_eq!((late.status, late.code()), (400, "read_error"));
    let mut io = bench.connect().await;
    io.write_all(b"POST /api").await.unwrap();
    assert_eq!(answer(&mut io).await.status, 408);
}

#[tokio::test]
async fn a_body_that_breaks_http_is_refused() {
    let bench = Bench::start().await;
    let request = format!(
        "POST /api/v1/scan HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\
         Transfer-Encoding: chunked\r\n\r\nno size\r\n"
    );
    let answer = bench.raw(request).await;
    assert_eq!((answer.status, answer.code()), (400, "read_error"));
}

#[tokio::test]
async fn a_token_has_a_burst_and_a_rate() {
    let bench = Bench::with(|policy| {
        policy.scan_api.as_mut().unwrap().rate = ScanRate {
            per_minute: NonZeroU32::new(60).unwrap(),
            burst: NonZeroU32::new(2).unwrap(),
        };
    })
    .await;
    for (now, status) in [
        (0, 200),
        (0, 200),
        (0, 429),
        (999, 429),
        (1000, 200),
        (1000, 429),
    ] {
        bench.world.now_ms.store(now, Ordering::SeqCst);
        let answer = bench.post(DLP).await;
        assert_eq!(answer.status, status, "at {now}");
        if status == 429 {
            assert_eq!(answer.code(), "rate_limited");
            assert!(
                answer.head.contains("\r\nRetry-After: 1\r\n"),
                "{}",
                answer.head
            );
            assert_eq!(answer.body["errors"][0]["retryable"], true);
        }
    }
}

#[tokio::test]
async fn a_connection_serves_several_requests_until_a_body_is_left_unread() {
    let bench = Bench::start().await;
    let mut io = bench.connect().await;
    for _ in 0..3 {
        io.write_all(post(DLP).as_bytes()).await.unwrap();
        let answer = answer(&mut io).await;
        assert_eq!(answer.status, 200);
        assert!(
            !answer.head.contains("Connection: close"),
            "{}",
            answer.head
        );
    }
    let unread = post(DLP).replace(TOKEN, "another");
    io.write_all(unread.as_bytes()).await.unwrap();
    let answer = answer(&mut io).await;
    assert!(answer.head.contains("Connection: close"), "{}", answer.head);
}

#[tokio::test]
async fn a_client_that_waits_for_100_gets_it() {
    let bench = Bench::start().await;
    let request = post(DLP).replace("Host: a", "Host: a\r\nExpect: 100-continue");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut io = bench.connect().await;
    io.write_all(format!("{head}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut interim = [0; 25];
    tokio::io::AsyncReadExt::read_exact(&mut io, &mut interim)
        .await
        .unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    io.write_all(body.as_bytes()).await.unwrap();
    assert_eq!(answer(&mut io).await.decision(), "allow");
}

#[tokio::test]
async fn a_url_counts_as_a_request_unless_it_is_a_dry_run() {
    let bench = Bench::with(|policy| policy.rate = NonZeroU32::new(2)).await;
    let ask = |dry_run: bool| {
        let input = json!({"url": "https://public.example/"});
        let options = json!({"dry_run": dry_run});
        json!({"kind": "url", "input": input, "options": options}).to_string()
    };
    for (dry_run, rules) in [
        (true, &[][..]),
        (false, &[]),
        (false, &[]),
        (true, &[]),
        (false, &["URL-ratelimit"]),
    ] {
        let answer = bench.post(ask(dry_run)).await;
        assert_eq!(answer.rules(), rules, "dry run: {dry_run}");
    }
}
