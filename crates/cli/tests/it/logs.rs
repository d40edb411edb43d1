use crate::harness::{CONFIG, Files, Origin, PATIENCE, Proxy};
use rustix::process::Signal;
use std::thread;
use std::time::Instant;

/// More log lines than a pipe (64 KiB) and the writer's own buffer hold would
/// take minutes; this many fill the pipe several times over.
const MANY: usize = 600;

fn traffic_passes(proxy: &Proxy, origin: &Origin) {
    for turn in 0..MANY {
        assert_eq!(proxy.get(&origin.url("/page")), 200, "request {turn}");
    }
    assert_eq!(proxy.own("/health"), 200);
}

#[test]
fn a_log_that_nobody_reads_does_not_stop_traffic() {
    let (proxy, origin) = (Proxy::start(CONFIG), Origin::start());
    assert!(proxy.log.is_some(), "the reading end is open, and unread");
    traffic_passes(&proxy, &origin);
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end().0, 0, "nor does it hold up the end");
}

#[test]
fn a_closed_log_does_not_end_the_process() {
    let (mut proxy, origin) = (Proxy::start(CONFIG), Origin::start());
    drop(proxy.log.take());
    traffic_passes(&proxy, &origin);
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end().0, 0);
}

#[test]
fn the_log_tells_start_traffic_and_end() {
    let (mut proxy, origin) = (Proxy::start(CONFIG), Origin::start());
    let log = proxy.log_lines();
    assert_eq!(proxy.get(&origin.url("/page")), 200);
    assert_eq!(proxy.get("http://127.0.0.3/"), 403);
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end().0, 0);
    let lines: Vec<String> = log.iter().collect();
    let names: Vec<String> = lines
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        ["startup", "forward_http", "blocked", "shutdown"],
        "{lines:#?}"
    );
}

#[test]
fn a_log_file_is_opened_anew_after_a_hangup_signal() {
    let files = Files::new();
    let (log, moved) = (files.path("log"), files.path("log.1"));
    let config = format!("{CONFIG}logging:\n  output: file\n  file: \"{log}\"\n");
    let (proxy, origin) = (Proxy::start(&config), Origin::start());
    until_written(&log, thread::yield_now);
    std::fs::rename(&log, &moved).unwrap();
    proxy.signal(Signal::HUP);
    until_written(&log, || assert_eq!(proxy.get(&origin.url("/page")), 200));
    assert!(
        std::fs::read_to_string(&moved)
            .unwrap()
            .contains("\"startup\"")
    );
    assert!(
        std::fs::read_to_string(&log)
            .unwrap()
            .contains("\"forward_http\"")
    );
}

fn until_written(path: &str, meanwhile: impl Fn()) {
    let waited = Instant::now();
    while std::fs::metadata(path).map_or(0, |file| file.len()) == 0 {
        meanwhile();
        assert!(waited.elapsed() < PATIENCE, "never written: {path}");
    }
}
