//! Held bytes stay within the budget and are given back however it ends.

use crate::harness::{Bench, Body};
use bytes::Bytes;
use pipelock_gate::{Direction, Step};
use pipelock_testkit::benign;

const KIB: u64 = 1024;

#[test]
fn held_bytes_never_exceed_the_budget() {
    let bench = Bench::new(|policy| policy.limits.buffered = 512 * KIB);
    let budget = bench.gate.budget();
    let chunk = Bytes::from(benign::english(16 * 1024));
    let mut open = Vec::new();
    let mut refused = 0;
    for peer in 1..=40 {
        let permit = bench.permit(&format!("192.0.2.{peer}"), &[]);
        let mut inspection = permit.exchange.inspect(Direction::Outbound, None).unwrap();
        let pushed = (0..8).all(|_| !matches!(inspection.push(chunk.clone()), Step::Deny(_)));
        refused += usize::from(!pushed);
        assert!(budget.used() <= 512 * KIB);
        open.push((permit, inspection));
    }
    assert!(refused > 0, "40 times 128 KiB do not fit");
    drop(open);
    assert_eq!(budget.used(), 0);
}

#[test]
fn one_peer_leaves_room_for_others() {
    let bench = Bench::new(|policy| policy.limits.buffered = 1024 * KIB);
    let chunk = Bytes::from(benign::english(64 * 1024));
    let mut open = Vec::new();
    let mut hold = |peer: &str| {
        let permit = bench.permit(peer, &[]);
        let mut inspection = permit.exchange.inspect(Direction::Outbound, None).unwrap();
        let held = (0..4).take_while(|_| !matches!(inspection.push(chunk.clone()), Step::Deny(_)));
        let held = held.count();
        open.push((permit, inspection));
        held
    };
    assert_eq!(hold("192.0.2.1"), 4, "a quarter");
    assert!(hold("192.0.2.1") < 4, "no more than that");
    assert_eq!(hold("192.0.2.2"), 4);
}

#[test]
fn a_body_that_cannot_be_held_is_refused_outbound_and_streams_inbound() {
    let bench = Bench::new(|policy| policy.limits.buffered = 64 * KIB);
    let text = benign::english(300 * 1024);
    let up = bench.flow(Body::Request, text.as_bytes().chunks(16 * 1024));
    assert!(up.denied.is_some() && up.out.is_empty());
    let down = bench.flow(Body::Answer, text.as_bytes().chunks(16 * 1024));
    assert!(down.denied.is_none() && down.out == text.as_bytes());
    assert_eq!(bench.gate.budget().used(), 0);
}

#[test]
fn admission_waits_for_room_and_gets_it() {
    let bench = Bench::new(|policy| policy.limits.buffered = 64 * KIB);
    let (_exchange, mut first) = bench.inspect(Body::Request, None);
    assert!(matches!(
        first.push(Bytes::from(benign::english(1000))),
        Step::Wait
    ));
    let (_other, mut second) = bench.inspect(Body::Request, None);
    let admitted = bench.runtime.block_on(async {
        let freeing = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        tokio::join!(second.admit(), freeing).0
    });
    assert!(admitted.is_ok());
}
