use crate::harness::{CONFIG, Origin, Proxy};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::io::{Read, Write};
use std::net::TcpStream;

const IDLE: usize = 10_000;
/// A kept-alive connection that waits: a task, a socket, a small buffer.
const KIB_EACH: u64 = 8;

#[test]
fn ten_thousand_idle_connections_cost_bounded_memory_and_stop_nobody() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
    if limit.maximum.is_some_and(|most| most < IDLE as u64 + 512) {
        eprintln!(
            "SKIPPED: only {:?} open files are allowed here",
            limit.maximum
        );
        return;
    }
    let (proxy, origin) = (Proxy::start(CONFIG), Origin::start());
    assert_eq!(proxy.get(&origin.url("/page")), 200);
    let before = proxy.memory("VmRSS");
    let idle: Vec<TcpStream> = (0..IDLE).map(|_| kept_alive(&proxy)).collect();
    let grown = proxy.memory("VmRSS").saturating_sub(before);
    assert_eq!(proxy.get(&origin.url("/page")), 200, "a new one is served");
    assert_eq!(again(&idle[0]), 200, "an old one too");
    assert!(
        grown <= KIB_EACH * IDLE as u64,
        "{grown} KiB for {IDLE} connections"
    );
    eprintln!(
        "{} bytes for each idle connection",
        grown * 1024 / IDLE as u64
    );
}

/// A connection that had one answer and waits for its next request.
fn kept_alive(proxy: &Proxy) -> TcpStream {
    let stream = proxy.connect();
    assert_eq!(again(&stream), 200);
    stream
}

fn again(mut stream: &TcpStream) -> u16 {
    stream
        .write_all(b"GET /livez HTTP/1.1\r\nHost: proxy\r\n\r\n")
        .unwrap();
    let mut answer = [0; 1024];
    let size = stream.read(&mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer[..size]);
    text.split(' ').nth(1).unwrap_or_default().parse().unwrap()
}
