use crate::harness::{CONFIG, Files, Origin, PATIENCE, Proxy, ask};
use rustix::process::Signal;
use std::sync::mpsc::Receiver;

/// Waits for the log's word of a change.
fn changed(log: &Receiver<String>, source: &str, active: bool) {
    loop {
        let line = log.recv_timeout(PATIENCE).expect("a change in the log");
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        if event["event"] == "kill_switch_change" {
            assert_eq!(
                (event["source"].as_str(), event["active"].as_bool()),
                (Some(source), Some(active))
            );
            return;
        }
    }
}

fn health_says_active(proxy: &Proxy) -> bool {
    let request = format!(
        "GET /health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        proxy.addr
    );
    let answer = ask(proxy.addr, &request);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    let health: serde_json::Value = serde_json::from_str(body).unwrap();
    health["kill_switch_active"].as_bool().unwrap()
}

#[test]
fn a_user_signal_stops_traffic_and_a_second_one_lets_it_pass() {
    let (mut proxy, origin) = (Proxy::start(CONFIG), Origin::start());
    let log = proxy.log_lines();
    assert_eq!(proxy.get(&origin.url("/page")), 200);
    proxy.signal(Signal::USR1);
    changed(&log, "signal", true);
    assert_eq!(proxy.get(&origin.url("/page")), 503);
    assert!(health_says_active(&proxy));
    assert_eq!(proxy.own("/metrics"), 200);
    proxy.signal(Signal::USR1);
    changed(&log, "signal", false);
    assert_eq!(proxy.get(&origin.url("/page")), 200);
    assert!(!health_says_active(&proxy));
}

#[test]
fn a_sentinel_file_stops_traffic_while_it_is_there() {
    let files = Files::new();
    let sentinel = files.path("stop");
    let config = format!("{CONFIG}kill_switch:\n  sentinel_file: \"{sentinel}\"\n");
    let (mut proxy, origin) = (Proxy::start(&config), Origin::start());
    let log = proxy.log_lines();
    assert_eq!(proxy.get(&origin.url("/page")), 200);
    files.write("stop", "");
    changed(&log, "sentinel", true);
    assert_eq!(proxy.get(&origin.url("/page")), 503);
    assert!(health_says_active(&proxy));
    std::fs::remove_file(&sentinel).unwrap();
    changed(&log, "sentinel", false);
    assert_eq!(proxy.get(&origin.url("/page")), 200);
}

#[test]
fn a_sentinel_file_that_was_there_before_holds_from_the_first_request() {
    let files = Files::new();
    let sentinel = files.write("stop", "");
    let config = format!("{CONFIG}kill_switch:\n  sentinel_file: \"{sentinel}\"\n");
    let (proxy, origin) = (Proxy::start(&config), Origin::start());
    assert_eq!(proxy.get(&origin.url("/page")), 503);
}

#[test]
fn the_file_can_start_it_switched_off() {
    let config = format!("{CONFIG}kill_switch:\n  enabled: true\n  message: gone fishing\n");
    let (proxy, origin) = (Proxy::start(&config), Origin::start());
    let url = origin.url("/page");
    let answer = ask(
        proxy.addr,
        &format!(
            "GET {url} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            &url[7..url.len() - 5]
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("gone fishing"), "{answer}");
}
