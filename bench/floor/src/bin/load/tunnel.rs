//! CONNECT: bytes through one tunnel, and thousands of idle ones.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use floor::{Reader, text};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{Args, process};

/// Opens a tunnel and sends a ClientHello, as any client of HTTPS would.
async fn open(args: &Args, port: u16) -> anyhow::Result<TcpStream> {
    let mut socket = TcpStream::connect(args.proxy).await.context("proxy")?;
    socket.set_nodelay(true)?;
    let target = SocketAddr::new(args.origin.ip(), port);
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut reader = Reader::new(&mut socket, 4096);
    let end = reader.head().await?.context("no answer to CONNECT")?;
    if !reader.pending()[..end].starts_with(b"HTTP/1.1 200") {
        bail!(
            "CONNECT refused: {}",
            String::from_utf8_lossy(reader.pending())
        );
    }
    socket.write_all(&client_hello()).await?;
    Ok(socket)
}

/// A TLS 1.3 ClientHello (RFC 8446 §4.1.2) without server_name, as for an
/// address.
fn client_hello() -> Vec<u8> {
    let extensions: &[&[u8]] = &[
        &[0x00, 0x2b, 0, 3, 2, 0x03, 0x04],    // supported_versions: 1.3
        &[0x00, 0x0a, 0, 4, 0, 2, 0x00, 0x1d], // supported_groups: x25519
        &[0x00, 0x0d, 0, 4, 0, 2, 0x08, 0x07], // signature_algorithms: ed25519
    ];
    let extensions = extensions.concat();
    let mut body = vec![0x03, 0x03];
    body.extend([7; 32]); // random
    body.push(0); // no session id
    body.extend([0, 2, 0x13, 0x01]); // TLS_AES_128_GCM_SHA256
    body.extend([1, 0]); // no compression
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    let mut message = vec![1, 0];
    message.extend((body.len() as u16).to_be_bytes());
    message.extend(body);
    let mut record = vec![0x16, 0x03, 0x01];
    record.extend((message.len() as u16).to_be_bytes());
    record.extend(message);
    record
}

/// Moves bytes one way; the origin's raw port is two above its HTTP port.
pub async fn bytes(args: &Args, bytes: u64) -> anyhow::Result<Value> {
    let mut socket = open(args, args.origin.port() + 2).await?;
    let cpu = process::cpu_seconds(args.pid);
    let memory = process::resident_kib(args.pid);
    let start = Instant::now();
    let mut order = bytes.to_be_bytes();
    order[0] = if args.upload { b'P' } else { b'G' };
    socket.write_all(&order).await?;
    let hello = client_hello().len() as u64;
    let (mut sent, mut received) = (hello + order.len() as u64, 0);
    if args.upload {
        let block = text(64 * 1024);
        let mut left = bytes;
        while left > 0 {
            let step = left.min(block.len() as u64) as usize;
            socket.write_all(&block[..step]).await?;
            left -= step as u64;
        }
        sent += bytes;
        let mut done = [0];
        received += socket.read_exact(&mut done).await? as u64;
    } else {
        let mut buffer = vec![0; 256 * 1024];
        while received < bytes {
            let count = socket.read(&mut buffer).await?;
            if count == 0 {
                bail!("the tunnel ended after {received} of {bytes} bytes");
            }
            received += count as u64;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let memory = process::resident_kib(args.pid).zip(memory);
    drop(socket);
    // The proxy sees the end and settles its counters.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let cpu = process::cpu_seconds(args.pid)
        .zip(cpu)
        .map(|(after, before)| after - before);
    Ok(json!({
        "mode": if args.upload { "tunnel_up" } else { "tunnel_down" },
        "seconds": seconds,
        "sent": sent,
        "received": received,
        "mb_per_second": (bytes as f64 / seconds / 1e6).round(),
        "cpu_seconds": cpu,
        "cpu_seconds_per_gb": cpu.map(|cpu| cpu * 1e9 / bytes as f64),
        "rss_growth_kib": memory.map(|(after, before)| after.saturating_sub(before)),
    }))
}

/// Opens many tunnels, lets them rest, then sends a byte through each; the
/// echo port is one above the HTTP port.
pub async fn idle(args: &Args, count: usize) -> anyhow::Result<Value> {
    let before = process::resident_kib(args.pid);
    let hello = client_hello().len();
    let mut tunnels = Vec::with_capacity(count);
    for number in 0..count {
        let mut tunnel = open(args, args.origin.port() + 1)
            .await
            .with_context(|| format!("tunnel {number}"))?;
        let mut echoed = vec![0; hello];
        tunnel
            .read_exact(&mut echoed)
            .await
            .with_context(|| format!("tunnel {number}"))?;
        tunnels.push(tunnel);
    }
    let cpu = process::cpu_seconds(args.pid);
    tokio::time::sleep(Duration::from_secs_f64(args.hold)).await;
    let cpu = process::cpu_seconds(args.pid)
        .zip(cpu)
        .map(|(after, before)| after - before);
    let after = process::resident_kib(args.pid);
    let mut alive = 0_usize;
    for tunnel in &mut tunnels {
        let mut byte = [b'x'];
        let turn = async {
            tunnel.write_all(&byte).await?;
            tunnel.read_exact(&mut byte).await
        };
        let turn = tokio::time::timeout(Duration::from_secs(5), turn).await;
        if matches!(turn, Ok(Ok(_))) && byte == *b"x" {
            alive += 1;
        }
    }
    let growth = after
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before));
    Ok(json!({
        "mode": "idle_tunnels",
        "tunnels": count,
        "alive": alive,
        "rss_before_kib": before,
        "rss_after_kib": after,
        "kib_per_tunnel": growth.map(|growth| growth as f64 / count as f64),
        "cpu_seconds_while_idle": cpu,
    }))
}
