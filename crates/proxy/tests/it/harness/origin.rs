//! A server that does what the test says.

use super::Wire;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Listens on an address that the policy permits.
#[derive(Debug)]
pub(crate) struct Origin {
    listener: TcpListener,
    /// The same socket, to look at its queue without waiting.
    queue: std::net::TcpListener,
    addr: SocketAddr,
}

impl Origin {
    pub(crate) fn start() -> Self {
        Self::at("127.0.0.2:0")
    }

    pub(crate) fn at(addr: &str) -> Self {
        let queue = std::net::TcpListener::bind(addr).unwrap();
        queue.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(queue.try_clone().unwrap()).unwrap();
        Self {
            addr: queue.local_addr().unwrap(),
            listener,
            queue,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.addr.port()
    }

    /// `127.0.0.2:port`.
    pub(crate) fn authority(&self) -> String {
        self.addr.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// A request for this origin in absolute form. `fields` are whole lines.
    pub(crate) fn request(&self, method: &str, path: &str, fields: &str) -> String {
        let (url, authority) = (self.url(path), self.addr);
        format!("{method} {url} HTTP/1.1\r\nHost: {authority}\r\n{fields}\r\n")
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.request("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, fields: &str, body: &str) -> String {
        let fields = format!("{fields}Content-Length: {}\r\n", body.len());
        self.request("POST", path, &fields) + body
    }

    pub(crate) async fn accept(&self) -> Wire {
        Wire::new(self.listener.accept().await.unwrap().0)
    }

    /// Accepts, reads a request without a body, and sends `answer`.
    pub(crate) async fn serve(&self, answer: impl AsRef<[u8]>) -> (String, Wire) {
        let mut wire = self.accept().await;
        let head = wire.head().await;
        wire.offer(answer).await;
        (head, wire)
    }

    /// Nobody connected (or nobody whom `accept` did not take).
    pub(crate) fn untouched(&self) -> bool {
        match self.queue.accept() {
            Ok(_) => false,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => true,
            Err(error) => panic!("{error}"),
        }
    }
}
