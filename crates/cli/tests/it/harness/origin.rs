//! A server on 127.0.0.2 whose answer a test completes, and a client.

use super::{PATIENCE, Proxy};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

const PAGE: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nboats";
/// An answer of two events, the first of which comes at once.
const FIRST: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\nContent-Type: text/event-stream\r\n\r\n\
                       data: boats\n\n";
const SECOND: &[u8] = b"data: river\n\n";

/// Answers `/page` at once, `/half` in two halves.
pub(crate) struct Origin {
    addr: SocketAddr,
    go_on: Sender<()>,
}

impl Origin {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.2:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (go_on, wait) = channel();
        thread::spawn(move || {
            let mut wait = Some(wait);
            for stream in listener.incoming().map_while(Result::ok) {
                let halves = |target: &str| target.contains("/half").then(|| wait.take()).flatten();
                serve(stream, halves);
            }
        });
        Self { addr, go_on }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Sends the second half.
    pub(crate) fn go_on(&self) {
        self.go_on.send(()).unwrap();
    }
}

/// One request; the half answer goes on in a thread, so that others are served.
fn serve(mut stream: TcpStream, halves: impl FnOnce(&str) -> Option<Receiver<()>>) {
    let head = read_head(&mut stream);
    match halves(&head) {
        None => {
            let _ = stream.write_all(PAGE);
        }
        Some(wait) => {
            let _ = stream.write_all(FIRST);
            thread::spawn(move || {
                let _ = wait.recv();
                let _ = stream.write_all(SECOND);
            });
        }
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.extend(byte);
    }
    String::from_utf8_lossy(&head).into_owned()
}

pub(crate) fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Everything that is answered to these bytes, until the peer closes.
pub(crate) fn ask(addr: SocketAddr, request: &str) -> String {
    let mut stream = connect(addr);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of the answer to these bytes.
pub(crate) fn status(addr: SocketAddr, request: &str) -> u16 {
    let answer = ask(addr, request);
    let word = answer
        .split(' ')
        .nth(1)
        .unwrap_or_else(|| panic!("no status: {answer:?}"));
    word.parse().unwrap()
}

/// A download whose first half has arrived.
pub(crate) fn half(proxy: &Proxy, origin: &Origin) -> TcpStream {
    let mut client = proxy.connect();
    let (url, host) = (origin.url("/half"), origin.addr);
    write!(client, "GET {url} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut received = Vec::new();
    while !received.ends_with(b"data: boats\n\n") {
        let mut part = [0; 1024];
        let size = client.read(&mut part).unwrap();
        assert!(size > 0, "{}", String::from_utf8_lossy(&received));
        received.extend(&part[..size]);
    }
    client
}
