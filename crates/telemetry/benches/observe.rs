//! What one allowed request costs: its line and its counts.

use divan::Bencher;
use pipelock_model::event::{Subject, Totals};
use pipelock_model::{Clean, Event, EventKind, RequestId, Transport};
use pipelock_telemetry::{AuditLog, AuditOptions, Build, Losses, Metrics, Probes, Sink, render};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

fn main() {
    divan::main();
}

/// Takes all and keeps nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
}

fn event() -> Event {
    let subject = Subject {
        transport: Transport::Forward,
        method: Clean::constant("POST"),
        target: Clean::constant("http://api.example.test/v1/messages?limit=20&order=asc"),
        client_ip: IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)),
        request_id: RequestId(123_456),
        agent: Clean::constant("anonymous"),
        profile: "_default",
    };
    let totals = Totals {
        status: 200,
        bytes_up: 4096,
        bytes_down: 16_384,
        duration: Duration::from_micros(45_678),
        aborted: false,
    };
    Event {
        at: UNIX_EPOCH + Duration::from_millis(1_772_600_767_089),
        subject: Some(subject),
        kind: EventKind::ForwardHttp(totals),
    }
}

fn log() -> (AuditLog, Arc<Losses>) {
    let losses = Arc::new(Losses::default());
    let outputs: Vec<Box<dyn Sink>> = vec![Box::new(Nowhere)];
    let log = AuditLog::start(AuditOptions::default(), outputs, &losses).expect("a thread");
    (log, losses)
}

fn metrics(losses: Arc<Losses>) -> Metrics {
    let build = Build {
        version: "0",
        commit: "unknown",
        target: "unknown",
    };
    Metrics::new(build, Probes::default(), losses)
}

#[divan::bench]
fn rendered(bencher: Bencher<'_, '_>) {
    let event = event();
    bencher.bench(|| render(&event, AuditOptions::default()));
}

#[divan::bench]
fn logged(bencher: Bencher<'_, '_>) {
    let (event, (log, _)) = (event(), log());
    bencher.bench(|| log.observe(&event));
}

#[divan::bench]
fn counted(bencher: Bencher<'_, '_>) {
    let (event, metrics) = (event(), metrics(Arc::default()));
    bencher.bench(|| metrics.observe(&event));
}

#[divan::bench]
fn both(bencher: Bencher<'_, '_>) {
    let (event, (log, losses)) = (event(), log());
    let metrics = metrics(losses);
    bencher.bench(|| {
        metrics.observe(&event);
        log.observe(&event);
    });
}

#[divan::bench]
fn scraped(bencher: Bencher<'_, '_>) {
    let metrics = metrics(Arc::default());
    bencher.bench(|| metrics.render());
}
