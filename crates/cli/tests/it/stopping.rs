use crate::harness::{CONFIG, Origin, Proxy, half};
use rustix::process::Signal;
use std::io::{Read, Write};

#[test]
fn a_termination_signal_lets_a_download_end() {
    for signal in [Signal::TERM, Signal::INT] {
        let (proxy, origin) = (Proxy::start(CONFIG), Origin::start());
        let mut client = half(&proxy, &origin);
        proxy.signal(signal);
        proxy.wait_until_closed();
        origin.go_on();
        let mut rest = String::new();
        client.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "data: river\n\n", "{signal:?}");
        assert_eq!(proxy.end(), (0, "Pipelock stopped.".into()), "{signal:?}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (proxy, origin) = (Proxy::start(CONFIG), Origin::start());
    let mut client = half(&proxy, &origin);
    proxy.signal(Signal::TERM);
    proxy.wait_until_closed();
    proxy.signal(Signal::TERM);
    assert_eq!(
        proxy.end(),
        (0, "Pipelock stopped; 1 connection cut.".into())
    );
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest);
    assert_eq!(rest, b"", "nothing was made up");
    // The origin was still there: it was the signal that ended it.
    origin.go_on();
}

#[test]
fn the_grace_period_ends_what_does_not_end() {
    let config = format!("{CONFIG}shutdown_grace_seconds: 1\n");
    let (proxy, origin) = (Proxy::start(&config), Origin::start());
    let _client = half(&proxy, &origin);
    proxy.signal(Signal::TERM);
    assert_eq!(
        proxy.end(),
        (0, "Pipelock stopped; 1 connection cut.".into())
    );
    origin.go_on();
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let proxy = Proxy::start(CONFIG);
    let mut client = proxy.connect();
    write!(
        client,
        "GET /livez HTTP/1.1\r\nHost: {}\r\n\r\n",
        proxy.addr
    )
    .unwrap();
    let mut part = [0; 1024];
    assert!(client.read(&mut part).unwrap() > 0);
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end(), (0, "Pipelock stopped.".into()));
    assert_eq!(client.read(&mut part).unwrap_or(0), 0);
}

#[test]
fn a_shutdown_delay_serves_on_but_is_not_ready() {
    let proxy = Proxy::with(CONFIG, &["--shutdown-delay", "1h"]);
    let origin = Origin::start();
    assert_eq!(proxy.own("/readyz"), 200);
    proxy.signal(Signal::TERM);
    while proxy.own("/readyz") != 503 {
        std::thread::yield_now();
    }
    assert_eq!(proxy.get(&origin.url("/page")), 200, "traffic goes on");
    proxy.signal(Signal::TERM);
    assert_eq!(proxy.end().0, 0);
}
