//! Kept-alive GETs in absolute form.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use floor::{Reader, length};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio::task::LocalSet;

use crate::{Args, process};

/// Counters that all connections of the one thread share.
#[derive(Default)]
struct Tally {
    measuring: Cell<bool>,
    stop: Cell<bool>,
    requests: Cell<u64>,
    errors: Cell<u64>,
    bytes: Cell<u64>,
    latencies: RefCell<Vec<u32>>,
}

impl Tally {
    fn count(&self, outcome: std::io::Result<u64>, due: Instant) -> bool {
        let well = outcome.is_ok();
        if self.measuring.get() {
            match outcome {
                Ok(bytes) => {
                    self.requests.set(self.requests.get() + 1);
                    self.bytes.set(self.bytes.get() + bytes);
                    let micros = due.elapsed().as_micros().min(u128::from(u32::MAX));
                    self.latencies.borrow_mut().push(micros as u32);
                }
                Err(_) => self.errors.set(self.errors.get() + 1),
            }
        }
        well
    }
}

/// Each connection sends its next request when the last answer is whole.
pub async fn closed(args: &Args) -> anyhow::Result<Value> {
    let tally = Rc::new(Tally::default());
    let local = LocalSet::new();
    for _ in 0..args.connections {
        let (args, tally) = (args.clone(), tally.clone());
        local.spawn_local(async move {
            while !tally.stop.get() {
                let Ok(mut connection) = Connection::open(&args).await else {
                    tally.count(Err(std::io::ErrorKind::NotConnected.into()), Instant::now());
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                while !tally.stop.get() {
                    let start = Instant::now();
                    let outcome = connection.exchange().await;
                    if !tally.count(outcome, start) {
                        break;
                    }
                }
            }
        });
    }
    Ok(local
        .run_until(measure(args, &tally, json!({"mode": "closed"})))
        .await)
}

/// Requests are due at fixed times, whatever the proxy does; a late one waits
/// in line and its wait counts.
pub async fn at_rate(args: &Args, rate: u32) -> anyhow::Result<Value> {
    let tally = Rc::new(Tally::default());
    let (sender, receiver) = mpsc::unbounded_channel();
    let receiver = Rc::new(Mutex::new(receiver));
    let local = LocalSet::new();
    for _ in 0..args.connections {
        let (args, tally, receiver) = (args.clone(), tally.clone(), receiver.clone());
        local.spawn_local(async move {
            let mut connection = Connection::open(&args).await.ok();
            loop {
                let Some(due) = receiver.lock().await.recv().await else {
                    return;
                };
                if connection.is_none() {
                    connection = Connection::open(&args).await.ok();
                }
                let outcome = match &mut connection {
                    Some(connection) => connection.exchange().await,
                    None => Err(std::io::ErrorKind::NotConnected.into()),
                };
                if !tally.count(outcome, due) {
                    connection = None;
                }
            }
        });
    }
    // A thread of its own: the runtime's timer has steps of a millisecond.
    let pace = std::thread::spawn(move || {
        let start = Instant::now();
        let step = Duration::from_secs(1) / rate;
        for turn in 0.. {
            let due = start + step * turn;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if sender.send(due).is_err() {
                return;
            }
        }
    });
    let report = local
        .run_until(measure(args, &tally, json!({"mode": "rate", "rate": rate})))
        .await;
    // The last receivers go, and the pacing thread ends with them.
    drop(local);
    drop(receiver);
    let _ = pace.join();
    Ok(report)
}

async fn measure(args: &Args, tally: &Tally, mut report: Value) -> Value {
    tokio::time::sleep(args.warmup()).await;
    let cpu = process::cpu_seconds(args.pid);
    let start = Instant::now();
    tally.measuring.set(true);
    tokio::time::sleep(args.duration()).await;
    tally.measuring.set(false);
    let seconds = start.elapsed().as_secs_f64();
    let cpu = process::cpu_seconds(args.pid)
        .zip(cpu)
        .map(|(after, before)| after - before);
    tally.stop.set(true);
    let mut latencies = tally.latencies.borrow_mut();
    latencies.sort_unstable();
    let at = |part: f64| -> u32 {
        let index = (latencies.len() as f64 * part) as usize;
        latencies
            .get(index.min(latencies.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0)
    };
    let requests = tally.requests.get();
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    report["seconds"] = json!(rounded(seconds));
    report["requests"] = json!(requests);
    report["errors"] = json!(tally.errors.get());
    report["bytes"] = json!(tally.bytes.get());
    report["rps"] = json!((requests as f64 / seconds).round());
    report["cpu_seconds"] = json!(cpu.map(rounded));
    report["cpu_us_per_request"] =
        json!(cpu.map(|cpu| rounded(cpu * 1e6 / requests.max(1) as f64)));
    for (name, part) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)] {
        report[format!("{name}_us")] = json!(at(part));
    }
    report["max_us"] = json!(at(1.0));
    report
}

struct Connection {
    reader: Reader<TcpStream>,
    request: Vec<u8>,
}

impl Connection {
    async fn open(args: &Args) -> std::io::Result<Self> {
        let socket = TcpStream::connect(args.proxy).await?;
        socket.set_nodelay(true)?;
        let (origin, path) = (args.origin, &args.path);
        let request = format!(
            "GET http://{origin}{path} HTTP/1.1\r\nHost: {origin}\r\n\
             User-Agent: load/1\r\nAccept: */*\r\n\r\n"
        );
        Ok(Self {
            reader: Reader::new(socket, 64 * 1024),
            request: request.into_bytes(),
        })
    }

    /// One request and its whole answer; its body's length, or an error when
    /// the answer is not a 200.
    async fn exchange(&mut self) -> std::io::Result<u64> {
        self.reader.inner().write_all(&self.request).await?;
        let Some(end) = self.reader.head().await? else {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        };
        let head = &self.reader.pending()[..end];
        let (well, length) = (head.starts_with(b"HTTP/1.1 200"), length(head));
        self.reader.consume(end);
        let bytes = self.reader.drain(length).await?;
        if well {
            Ok(bytes)
        } else {
            Err(std::io::Error::other("not a 200"))
        }
    }
}
