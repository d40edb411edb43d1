//! A fast keep-alive HTTP/1.1 origin, and a byte echo for tunnels.
//!
//! `/1k` answers 1 KB of HTML, `/bytes/N` answers N bytes, a POST to anything
//! is read to its end and answered with its length. One port above every byte
//! comes back; two above, an order after a ClientHello moves raw bytes.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use clap::Parser;
use floor::{Reader, length, text};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[derive(Parser)]
struct Args {
    /// HTTP; the next port echoes, the one after it moves raw bytes.
    #[arg(long, default_value = "127.0.0.2:9001")]
    listen: SocketAddr,
}

struct Pages {
    small: Bytes,
    block: Bytes,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let pages = Arc::new(Pages {
        small: page(),
        block: Bytes::from(text(64 * 1024)),
    });
    let above = |steps| SocketAddr::new(args.listen.ip(), args.listen.port() + steps);
    tokio::spawn(accept(TcpListener::bind(above(1)).await?, echo));
    let block = pages.block.clone();
    tokio::spawn(accept(TcpListener::bind(above(2)).await?, move |socket| {
        raw(socket, block.clone())
    }));
    let listener = TcpListener::bind(args.listen).await?;
    accept(listener, move |socket| http(socket, pages.clone())).await;
    Ok(())
}

fn page() -> Bytes {
    let (before, after) = ("<!doctype html><title>Town</title><p>", "</p>\n");
    let mut page = before.as_bytes().to_vec();
    page.extend(text(1024 - before.len() - after.len()));
    page.extend_from_slice(after.as_bytes());
    let mut out = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        page.len()
    )
    .into_bytes();
    out.extend(page);
    out.into()
}

async fn accept<F, T>(listener: TcpListener, serve: F)
where
    F: Fn(TcpStream) -> T,
    T: Future<Output = std::io::Result<()>> + Send + 'static,
{
    while let Ok((socket, _)) = listener.accept().await {
        let _ = socket.set_nodelay(true);
        tokio::spawn(serve(socket));
    }
}

async fn http(socket: TcpStream, pages: Arc<Pages>) -> std::io::Result<()> {
    let mut reader = Reader::new(socket, 64 * 1024);
    while let Some(end) = reader.head().await? {
        let head = &reader.pending()[..end];
        let body = length(head);
        let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let bytes = target.strip_prefix(b"/bytes/").map(|digits| {
            std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| digits.parse().ok())
                .unwrap_or(0)
        });
        let post = !line.starts_with(b"GET ");
        reader.consume(end);
        let received = reader.drain(body).await?;
        if post {
            let answer = received.to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{answer}",
                answer.len()
            );
            reader.inner().write_all(head.as_bytes()).await?;
        } else if let Some(bytes) = bytes {
            stream(reader.inner(), bytes, &pages.block).await?;
        } else {
            reader.inner().write_all(&pages.small).await?;
        }
    }
    Ok(())
}

async fn stream(socket: &mut TcpStream, bytes: u64, block: &[u8]) -> std::io::Result<()> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {bytes}\r\n\r\n");
    socket.write_all(head.as_bytes()).await?;
    repeat(socket, bytes, block).await
}

async fn repeat(socket: &mut TcpStream, mut left: u64, block: &[u8]) -> std::io::Result<()> {
    while left > 0 {
        let step = left.min(block.len() as u64) as usize;
        socket.write_all(&block[..step]).await?;
        left -= step as u64;
    }
    Ok(())
}

async fn echo(mut socket: TcpStream) -> std::io::Result<()> {
    // Small on purpose: thousands of these stand open at a time.
    let mut buffer = [0; 256];
    loop {
        let count = socket.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        socket.write_all(&buffer[..count]).await?;
    }
}

/// The ClientHello of the load generator, 8 bytes of order (direction and
/// length, as `G` or `P` and 7 bytes), then the bytes.
async fn raw(mut socket: TcpStream, block: Bytes) -> std::io::Result<()> {
    let mut record = [0; 5];
    socket.read_exact(&mut record).await?;
    let mut hello = vec![0; usize::from(u16::from_be_bytes([record[3], record[4]]))];
    socket.read_exact(&mut hello).await?;
    let mut order = [0; 8];
    socket.read_exact(&mut order).await?;
    let bytes = u64::from_be_bytes(order) & 0x00ff_ffff_ffff_ffff;
    if order[0] == b'G' {
        return repeat(&mut socket, bytes, &block).await;
    }
    let mut buffer = vec![0; 256 * 1024];
    let mut left = bytes;
    while left > 0 {
        let count = socket.read(&mut buffer).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        left = left.saturating_sub(count as u64);
    }
    socket.write_all(b"!").await
}
