//! Binding and probing.

use pipelock_net::{Listener, probe};
use std::io::{Read, Write};
use std::time::Duration;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let error = runtime().block_on(Listener::bind(addr)).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&addr.to_string()) && text.contains("in use"),
        "{text}"
    );
}

#[test]
fn a_listener_tells_the_port_that_the_system_chose() {
    let any = "127.0.0.1:0".parse().unwrap();
    let bound = runtime().block_on(async { Listener::bind(any).await.unwrap().addr() });
    assert_ne!(bound.port(), 0);
}

/// A server that reads a request head and answers this.
fn serve(answer: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
    });
    addr
}

#[test]
fn a_probe_reads_the_status_and_nothing_else() {
    let patience = Duration::from_secs(10);
    for (answer, want) in [
        ("HTTP/1.1 200 OK\r\n\r\n", Some(200)),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", Some(503)),
        ("SSH-2.0-server\r\n", None),
        ("HTTP/1.1 2x0 OK\r\n\r\n", None),
        ("HTTP/1.1", None),
    ] {
        assert_eq!(
            probe(&serve(answer), "/health", patience).ok(),
            want,
            "{answer:?}"
        );
    }
    assert!(probe("not an address", "/health", patience).is_err());
}
