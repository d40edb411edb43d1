//! Origins that break HTTP: never a clean answer.

use crate::harness::{End, Origin, Proxy, Wire, run};
use pipelock_testkit::benign;

#[test]
fn answers_that_break_http_are_502() {
    let ok = "HTTP/1.1 200 OK\r\n";
    let fields = [
        (
            "length beside coding",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ),
        (
            "two lengths",
            "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        ),
        ("a list of lengths", "Content-Length: 3, 4\r\n\r\nabcd"),
        (
            "a length that is no number",
            "Content-Length: three\r\n\r\nabc",
        ),
        ("blank before the colon", "Content-Length : 3\r\n\r\nabc"),
        ("bare LF", "X-A: 1\nContent-Length: 3\r\n\r\nabc"),
        ("bare CR", "X-A: 1\rContent-Length: 3\r\n\r\nabc"),
        ("folded", "X-A: 1\r\n 2\r\nContent-Length: 3\r\n\r\nabc"),
        ("unknown coding", "Transfer-Encoding: xchunked\r\n\r\nabc"),
        (
            "coding twice",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "another coding first",
            "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        ),
        ("NUL", "X-A: \0\r\nContent-Length: 3\r\n\r\nabc"),
        ("no colon", "X-A\r\nContent-Length: 3\r\n\r\nabc"),
        ("truncated head", "Content-Length: 3\r\n"),
        ("truncated body", "Content-Length: 5\r\n\r\nabc"),
        (
            "truncated chunk",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        ),
        (
            "no last chunk",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ),
        (
            "no end of trailers",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
        ),
        (
            "bad chunk size",
            "Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n",
        ),
        (
            "bare LF after a chunk size",
            "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        ),
        (
            "folded trailer",
            "Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\n b\r\n\r\n",
        ),
    ];
    let heads = [
        (
            "coding in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("status 99", "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n"),
        (
            "status 600",
            "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "status of four digits",
            "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        ),
        ("no status", "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"),
        (
            "another protocol",
            "ICY 200 OK\r\nContent-Length: 0\r\n\r\n",
        ),
        ("HTTP/0.9", "just text"),
        ("HTTP/2", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (
            "an upgrade that nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        ),
        (
            "a part that nobody asked for",
            "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nContent-Range: bytes 0-2/9\r\n\r\nabc",
        ),
        ("nothing", ""),
    ];
    let fields = fields.map(|(why, rest)| (why, [ok, rest].concat()));
    let cases = fields
        .into_iter()
        .chain(heads.map(|(why, answer)| (why, answer.to_owned())));
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for (why, answer) in cases {
            let mut client = proxy.ask(origin.get("/")).await;
            drop(origin.serve(&answer).await);
            let seen = client.answer().await;
            assert_eq!(
                (seen.status, seen.whole),
                (502, true),
                "{why}: {}",
                seen.head
            );
            assert!(!seen.text().contains("abc"), "{why}");
            client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
            assert_eq!(
                client.answer().await.status,
                200,
                "{why}: the client's side is whole"
            );
        }
    });
}

#[test]
fn a_head_that_is_too_large_is_502() {
    let many: String = (0..201).map(|i| format!("X-{i}: 1\r\n")).collect();
    let large = format!("X-A: {}\r\n", "x".repeat(70_000));
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for fields in [many, large] {
            let mut client = proxy.ask(origin.get("/")).await;
            let answer = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
            let (_, _server) = origin.serve(answer).await;
            assert_eq!(client.answer().await.status, 502);
        }
    });
}

#[test]
fn a_flood_of_interim_answers_is_502() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy.ask(origin.get("/")).await;
        let flood = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
        let (_, _server) = origin.serve(flood).await;
        let mut interim = 0;
        let last = loop {
            let head = client.head().await;
            if !head.contains(" 103 ") {
                break head;
            }
            interim += 1;
        };
        assert!(last.starts_with("HTTP/1.1 502 "), "{last}");
        assert!(interim <= 32, "{interim}");
    });
}

#[test]
fn a_reset_before_the_answer_is_502() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        for begin in [
            "",
            "HTTP/1.1 200 OK\r\nContent-",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        ] {
            let mut client = proxy.ask(origin.get("/")).await;
            let (_, server) = origin.serve(begin).await;
            server.reset();
            assert_eq!(client.answer().await.status, 502, "{begin:?}");
        }
    });
}

/// An answer whose first part is already with the client.
async fn begun(proxy: &Proxy, origin: &Origin, framing: &str, part: &str) -> (Wire, Wire) {
    let mut client = proxy.ask(origin.get("/")).await;
    let (_, server) = origin
        .serve(format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n{part}"))
        .await;
    assert!(client.head().await.starts_with("HTTP/1.1 200 "));
    (client, server)
}

#[test]
fn an_answer_that_ends_too_early_never_looks_complete() {
    let text = benign::english(10_000);
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    let cases = [
        ("Content-Length: 20000", text.clone(), "closed"),
        ("Content-Length: 20000", text.clone(), "reset"),
        ("Transfer-Encoding: chunked", chunk.clone(), "closed"),
        ("Transfer-Encoding: chunked", chunk.clone(), "reset"),
        ("Transfer-Encoding: chunked", chunk, "x\r\n0\r\n\r\n"),
        ("Connection: close", text, "reset"),
    ];
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.response.hold = 1024).await;
        for (framing, part, end) in cases {
            let (mut client, mut server) = begun(&proxy, &origin, framing, &part).await;
            match end {
                "closed" => drop(server),
                "reset" => server.reset(),
                bytes => server.send(bytes).await,
            }
            let (seen, _) = client.rest().await;
            let seen = String::from_utf8_lossy(&seen);
            assert!(
                !seen.ends_with("0\r\n\r\n"),
                "{framing}, {end}: a last chunk"
            );
            assert!(seen.len() < 15_000, "{framing}, {end}");
        }
    });
}

#[test]
fn a_cut_answer_until_close_ends_with_a_reset_for_an_http_1_0_client() {
    let text = benign::english(10_000);
    run(async {
        let origin = Origin::start();
        let proxy = Proxy::with(|policy| policy.response.hold = 1024).await;
        let mut client = proxy
            .ask(format!("GET {} HTTP/1.0\r\n\r\n", origin.url("/")))
            .await;
        let answer =
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n{text}\r\n");
        let (_, server) = origin.serve(answer).await;
        client.head().await;
        client.exactly(5000).await;
        drop(server);
        assert_eq!(client.rest().await.1, End::Reset);
    });
}

#[test]
fn a_part_that_was_asked_for_passes() {
    run(async {
        let (proxy, origin) = (Proxy::start().await, Origin::start());
        let mut client = proxy
            .ask(origin.request("GET", "/", "Range: bytes=0-2\r\n"))
            .await;
        let answer = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/9\r\nContent-Length: 3\r\n\r\nabc";
        let (_, _server) = origin.serve(answer).await;
        let seen = client.answer().await;
        assert_eq!((seen.status, &*seen.text()), (206, "abc"));
    });
}
