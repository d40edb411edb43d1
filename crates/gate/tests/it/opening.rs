//! The order in which a head is judged, seen from outside.

use crate::harness::Bench;
use pipelock_gate::Verdict;
use pipelock_model::http::Method;
use pipelock_model::{EventKind, Label};
use pipelock_testkit::secrets;
use std::num::NonZeroU32;
use std::sync::atomic::Ordering;

fn label(verdict: Verdict) -> Option<Label> {
    verdict.permit().err().map(|denial| denial.reason.label)
}

#[test]
fn the_kill_switch_comes_before_everything() {
    let bench = Bench::new(|_| {});
    bench.world.killed.store(true, Ordering::SeqCst);
    let verdict = bench.open(Method::Get, "no target at all", &[]);
    assert_eq!(label(verdict), Some(Label::KillSwitch));
    let events = bench.world.events.lock().unwrap();
    assert!(
        matches!(events[..], [ref event] if matches!(event.kind, EventKind::KillSwitchDeny { .. }))
    );
}

#[test]
fn a_secret_is_found_before_any_question() {
    let key = secrets::aws_access_key();
    let bench = Bench::new(|_| {});
    for (target, fields) in [
        (format!("http://name.example/{key}"), vec![]),
        (format!("http://name.example/?{key}"), vec![]),
        (
            "http://name.example/".to_owned(),
            vec![("Authorization", &key[..])],
        ),
    ] {
        assert!(label(bench.open(Method::Get, &target, &fields)).is_some());
    }
    assert_eq!(bench.world.questions.load(Ordering::SeqCst), 0);
    assert_eq!(
        label(bench.open(Method::Get, "http://name.example/", &[])),
        None
    );
    assert_eq!(bench.world.questions.load(Ordering::SeqCst), 1);
}

#[test]
fn a_refused_request_takes_no_place_in_the_rate_window() {
    let bench = Bench::new(|policy| policy.rate = NonZeroU32::new(2));
    let key = secrets::aws_access_key();
    for _ in 0..10 {
        let refused = bench.open(Method::Get, &format!("http://name.example/{key}"), &[]);
        assert!(label(refused).is_some());
    }
    let get = || {
        bench
            .open(Method::Get, "http://name.example/", &[])
            .permit()
    };
    assert!(get().is_ok() && get().is_ok());
    let denial = get().unwrap_err();
    assert_eq!(
        (denial.status, denial.reason.label),
        (429, Label::RateLimit)
    );
    assert_eq!(denial.retry_after, Some(60));
    bench.world.now_ms.store(61_000, Ordering::SeqCst);
    assert!(get().is_ok());
}

#[test]
fn a_permit_carries_checked_addresses_and_no_identity() {
    let bench = Bench::new(|_| {});
    let fields = [
        ("X-Pipelock-Agent", "harbour"),
        ("Via", "1.1 a"),
        ("X-A", "1"),
    ];
    let permit = bench
        .open(Method::Get, "http://NAME.example:80/a?b#c", &fields)
        .permit();
    // A fragment never reaches the gate's caller: the codec refuses it. The gate sends none.
    let permit = match permit {
        Ok(permit) => permit,
        Err(_) => bench
            .open(Method::Get, "http://NAME.example:80/a?b", &fields)
            .permit()
            .unwrap(),
    };
    assert_eq!(permit.addrs(), ["127.0.0.2:80".parse().unwrap()]);
    assert_eq!(permit.route().target(), "/a?b");
    let host = permit.head().get().fields.get("Host");
    assert_eq!(host, Some(&b"name.example"[..]));
    let mut names: Vec<_> = permit
        .head()
        .get()
        .fields
        .iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["Accept-Encoding", "Host", "X-A"]);
}

#[test]
fn an_exchange_that_nobody_closes_is_told_once_as_aborted() {
    let bench = Bench::new(|_| {});
    drop(
        bench
            .open(Method::Get, "http://127.0.0.2/", &[])
            .permit()
            .unwrap(),
    );
    let events = bench.world.events.lock().unwrap();
    let [event] = &events[..] else {
        panic!("{events:?}")
    };
    assert!(matches!(event.kind, EventKind::ForwardHttp(totals) if totals.aborted));
}
