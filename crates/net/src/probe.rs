//! One question to a proxy of ours, for `healthcheck`. Blocking, no runtime.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Status of `GET path`. Proxy variables play no part.
///
/// # Errors
/// Whatever keeps an answer from coming within `patience`.
#[expect(
    clippy::disallowed_methods,
    reason = "a probe of ourselves, before any gate exists"
)]
pub fn probe(addr: &str, path: &str, patience: Duration) -> io::Result<u16> {
    let none = || io::Error::new(io::ErrorKind::InvalidInput, "no such address");
    // A name may have several addresses, of which one answers.
    let mut connected = Err(none());
    for addr in addr.to_socket_addrs()? {
        connected = TcpStream::connect_timeout(&addr, patience).map(|stream| (addr, stream));
        if connected.is_ok() {
            break;
        }
    }
    let (addr, mut stream) = connected?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n"
    )?;
    let mut line = [0_u8; 12];
    stream.read_exact(&mut line)?;
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP answer");
    let status = line.strip_prefix(b"HTTP/1.1 ").ok_or_else(malformed)?;
    std::str::from_utf8(status)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(malformed)
}
