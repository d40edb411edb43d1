//! Secrets and randomness that leave in several requests, and payment addresses.

use crate::harness::{Bench, request};
use bytes::Bytes;
use pipelock_detect::crypto_address::Chain;
use pipelock_detect::domain::DomainSet;
use pipelock_gate::{Deadline, Direction, Ingress, Step, Subject};
use pipelock_model::http::{Method, TargetForm, TargetText};
use pipelock_model::{Action, Caller, EventKind, Label};
use pipelock_policy::{
    AddressProtection, Counted, CrossRequest, Enforcement, EntropyBudget, Fragments, Policy,
};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A key that a machine drew, in two parts.
const KEY: [&str; 2] = ["AKIAQ7ZK", "M2P9XW4TB6LD"];
const MINUTE: u64 = 60_000;

fn fragments(policy: &mut Policy) {
    policy.cross_request = Some(CrossRequest {
        action: Action::Block,
        entropy: None,
        fragments: Some(Fragments {
            buffer: CrossRequest::BUFFER,
            window: CrossRequest::WINDOW,
        }),
    });
}

fn budget(action: Action, count: Counted) -> impl Fn(&mut Policy) {
    move |policy| {
        policy.cross_request = Some(CrossRequest {
            action: Action::Block,
            entropy: Some(EntropyBudget {
                bits: 200.0,
                window: Duration::from_secs(300),
                action,
                exempt: DomainSet::default(),
                count,
            }),
            fragments: None,
        });
    }
}

/// One request: a query, or a body.
#[derive(Debug, Clone, Copy)]
enum Sent<'a> {
    Query(&'a str),
    Body(&'a str),
}
use Sent::{Body, Query};

fn send_from(bench: &Bench, peer: &str, sent: Sent<'_>) -> Option<(Label, String)> {
    let query = match sent {
        Query(query) => query,
        Body(_) => "",
    };
    let target = format!("http://127.0.0.2/?{query}");
    let told = |denial: pipelock_gate::Denial| {
        let reason = denial.reason;
        (reason.label, reason.text.as_str().to_owned())
    };
    let permit = match bench.open_from(peer, Method::Post, &target, &[]).permit() {
        Ok(permit) => permit,
        Err(denial) => return Some(told(denial)),
    };
    let Body(body) = sent else {
        return None;
    };
    let mut inspection = permit.exchange.inspect(Direction::Outbound, None).unwrap();
    for piece in body.as_bytes().chunks(5.max(body.len() / 100)) {
        if let Step::Deny(denial) = inspection.push(Bytes::copy_from_slice(piece)) {
            return Some(told(denial));
        }
    }
    inspection.end(None).err().map(told)
}

fn send(bench: &Bench, sent: Sent<'_>) -> Option<Label> {
    send_from(bench, "127.0.0.1", sent).map(|(label, _)| label)
}

fn anomalies(bench: &Bench) -> Vec<String> {
    let events = bench.world.events.lock().unwrap();
    let reasons = events.iter().filter_map(|event| match &event.kind {
        EventKind::Anomaly { reason, .. } => Some(reason.as_str().to_owned()),
        _ => None,
    });
    reasons.collect()
}

#[test]
fn a_secret_cut_into_several_requests_stops_the_one_that_completes_it() {
    let [one, two] = KEY;
    let (start, middle) = one.split_at(5);
    let query = |value: &str| format!("d={value}");
    let (a, b) = (query(one), query(two));
    let (s, m) = (query(start), query(middle));
    let (name_a, name_b) = (format!("{one}=1"), format!("{two}=2"));
    let text = format!("the key is {one}");
    // Base64 of the key between blanks.
    let (half, rest) = ("IEFLSUFRN1pLT", "TJQOVhXNFRCNkxEIA==");
    let (half_query, rest_query) = (query(half), query(&rest.replace('=', "%3D")));
    let cases: [(&str, &[Sent<'_>], bool); 12] = [
        ("two queries", &[Query(&a), Query(&b)], true),
        ("the other order", &[Query(&b), Query(&a)], true),
        ("two bodies", &[Body(&text), Body(two)], true),
        ("a query and a body", &[Query(&a), Body(two)], true),
        ("names", &[Query(&name_a), Query(&name_b)], true),
        (
            "names and values are not mixed",
            &[Query(&a), Query(&name_b)],
            false,
        ),
        (
            "junk between",
            &[
                Query(&a),
                Query("q=some+words"),
                Body("{\"a\":1}"),
                Query(&b),
            ],
            true,
        ),
        ("three pieces", &[Query(&s), Query(&m), Query(&b)], true),
        (
            "three pieces and junk",
            &[Query(&s), Query("j=x"), Query(&m), Body("j"), Query(&b)],
            true,
        ),
        ("base64", &[Body(half), Body(rest)], true),
        (
            "base64 in queries",
            &[Query(&half_query), Query(&rest_query)],
            true,
        ),
        (
            "unrelated",
            &[
                Query("a=sk-ant"),
                Query("b=hello"),
                Body("world"),
                Query(&b),
            ],
            false,
        ),
    ];
    for (name, requests, found) in cases {
        let bench = Bench::new(fragments);
        let (last, before) = requests.split_last().unwrap();
        for sent in before {
            assert_eq!(send(&bench, *sent), None, "{name}: {sent:?}");
        }
        let wanted = found.then_some(Label::CrossRequestFragment);
        assert_eq!(send(&bench, *last), wanted, "{name}");
    }
}

#[test]
fn the_reason_names_the_rule_and_no_byte_of_the_secret() {
    let bench = Bench::new(fragments);
    let [one, two] = KEY;
    assert_eq!(send(&bench, Body(one)), None);
    let denied = send_from(&bench, "127.0.0.1", Body(two)).unwrap();
    assert_eq!(denied.1, "cross-request secret detected: AWS Access ID");
}

#[test]
fn the_rows_of_the_specification_are_reported() {
    let a = |count: usize| "A".repeat(count);
    let names = [
        format!("AKIA{}=1", "B".repeat(8)),
        format!("{}=2", "B".repeat(8)),
    ];
    let cases = [[format!("d=AKIA{}", a(8)), format!("d={}", a(8))], names];
    for [one, two] in cases {
        let bench = Bench::new(fragments);
        assert_eq!(send(&bench, Query(&one)), None);
        let denied = send(&bench, Query(&two));
        let told = anomalies(&bench);
        assert!(
            denied.is_some() || told.iter().any(|reason| reason.contains("AWS Access ID")),
            "{one} {two}: {told:?}"
        );
    }
}

#[test]
fn a_whole_token_another_session_and_late_parts_are_not_reported() {
    let [one, two] = KEY;
    let whole = format!("{one}{two}");
    let bench = Bench::new(|policy| {
        fragments(policy);
        policy.request.as_mut().unwrap().action = Action::Warn;
    });
    for _ in 0..3 {
        assert_eq!(send(&bench, Body(&whole)), None, "a whole token");
    }
    assert_eq!(anomalies(&bench), [""; 0]);
    let bench = Bench::new(fragments);
    assert_eq!(send_from(&bench, "10.0.0.1", Body(one)), None);
    assert_eq!(
        send_from(&bench, "10.0.0.2", Body(two)),
        None,
        "two sessions"
    );
    let bench = Bench::new(fragments);
    assert_eq!(send(&bench, Body(one)), None);
    bench.world.now_ms.store(6 * MINUTE, Ordering::SeqCst);
    assert_eq!(send(&bench, Body(two)), None, "six minutes apart");
    bench.world.now_ms.store(10 * MINUTE, Ordering::SeqCst);
    assert_eq!(send(&bench, Body(one)), Some(Label::CrossRequestFragment));
}

#[test]
fn what_was_refused_was_not_sent() {
    let [one, two] = KEY;
    let bench = Bench::new(fragments);
    assert_eq!(send(&bench, Body(one)), None);
    for _ in 0..2 {
        assert_eq!(send(&bench, Body(two)), Some(Label::CrossRequestFragment));
    }
    // A body that is refused takes the query of its request with it.
    let bench = Bench::new(fragments);
    let target = format!("http://127.0.0.2/?d={one}");
    let permit = bench.open(Method::Post, &target, &[]).permit().unwrap();
    let mut inspection = permit.exchange.inspect(Direction::Outbound, None).unwrap();
    let secret = Bytes::from(format!("{one}{two} "));
    let refused = match inspection.push(secret) {
        Step::Deny(denial) => Some(denial),
        _ => inspection.end(None).err(),
    };
    assert_eq!(refused.unwrap().reason.label, Label::BodyDlp);
    assert_eq!(send(&bench, Query(&format!("d={two}"))), None);
}

#[test]
fn detect_only_instances_and_warnings_let_pass_and_tell() {
    let [one, two] = KEY;
    let warn = |policy: &mut Policy| policy.cross_request.as_mut().unwrap().action = Action::Warn;
    let detect = |policy: &mut Policy| policy.enforcement = Enforcement::DetectOnly;
    for change in [&warn as &dyn Fn(&mut Policy), &detect] {
        let bench = Bench::new(|policy| {
            fragments(policy);
            change(policy);
        });
        assert_eq!(send(&bench, Body(one)), None);
        assert_eq!(send(&bench, Body(two)), None);
        assert_eq!(
            anomalies(&bench),
            ["cross-request secret detected: AWS Access ID"]
        );
    }
}

#[test]
fn bodies_are_judged_where_request_scanning_is_off_or_only_warns() {
    let [one, two] = KEY;
    let off = |policy: &mut Policy| policy.request = None;
    let warn = |policy: &mut Policy| policy.request.as_mut().unwrap().action = Action::Warn;
    let long = format!("{two} {}", "some words ".repeat(10_000));
    let ends = format!("{} {one}", "some words ".repeat(10_000));
    for change in [&off as &dyn Fn(&mut Policy), &warn] {
        let bench = Bench::new(|policy| {
            fragments(policy);
            change(policy);
        });
        assert_eq!(send(&bench, Body(&ends)), None);
        assert_eq!(send(&bench, Body(&long)), Some(Label::CrossRequestFragment));
        assert_eq!(bench.gate.budget().used(), 0);
    }
}

#[test]
fn randomness_is_weighed_over_the_requests_of_a_session() {
    // 26 different letters: 122 bits.
    let token = |salt: usize| -> String { ('a'..='z').cycle().skip(salt).take(26).collect() };
    let [one, two, three] = [0, 1, 2].map(token);
    let bench = Bench::new(budget(Action::Block, Counted::Novel));
    assert_eq!(send(&bench, Body(&one)), None);
    assert_eq!(send(&bench, Body(&one)), None, "nothing new");
    let denied = send_from(&bench, "127.0.0.1", Body(&two)).unwrap();
    let reason = "entropy budget exceeded: 244/200 bits".to_owned();
    assert_eq!(denied, (Label::CrossRequestEntropy, reason));
    assert_eq!(
        send(&bench, Body(&three)),
        Some(Label::CrossRequestEntropy),
        "what is refused is not charged"
    );
    assert_eq!(send(&bench, Query("q=plain+words+only")), None);
    assert_eq!(
        send_from(&bench, "10.0.0.9", Body(&two)),
        None,
        "another session"
    );
    bench.world.now_ms.store(6 * MINUTE, Ordering::SeqCst);
    assert_eq!(send(&bench, Body(&two)), None, "the window slid");

    let bench = Bench::new(budget(Action::Warn, Counted::All));
    let words = "d=some+ordinary+words+of+a+question";
    assert_eq!(send(&bench, Query(words)), None);
    assert_eq!(anomalies(&bench), [""; 0]);
    assert_eq!(send(&bench, Query(words)), None);
    assert_eq!(anomalies(&bench).len(), 1, "everything counts");
}

#[test]
fn exempt_hosts_are_not_weighed_and_tunnels_ask_for_the_budget() {
    let token: String = ('a'..='z').chain('A'..='Z').collect();
    let exempt = Bench::new(|policy| {
        budget(Action::Block, Counted::All)(policy);
        let settings = policy.cross_request.as_mut().unwrap();
        settings.entropy.as_mut().unwrap().exempt = DomainSet::new(["127.0.0.2"]);
    });
    assert_eq!(send(&exempt, Body(&token)), None);
    let bench = Bench::new(budget(Action::Warn, Counted::All));
    let tunnel = |bench: &Bench| {
        let mut head = request(Method::Connect, "http://127.0.0.2:443", &[]);
        head.target = TargetText("127.0.0.2:443".into());
        head.form = TargetForm::Authority;
        let caller = Caller {
            peer: "127.0.0.1:4000".parse().unwrap(),
        };
        let opened = bench.gate.open(head, &caller, Ingress::Connect);
        bench.runtime.block_on(opened).permit().map(drop)
    };
    assert!(tunnel(&bench).is_ok() && anomalies(&bench).is_empty());
    assert_eq!(send(&bench, Body(&token)), None);
    assert!(tunnel(&bench).is_ok(), "it warns");
    let told = anomalies(&bench);
    assert_eq!(told.len(), 2, "the body, and the tunnel after it: {told:?}");
}

#[test]
fn lookalikes_of_payment_addresses_stop_urls_bodies_and_tool_calls() {
    let bench = Bench::new(|policy| {
        policy.request = None;
        policy.address_protection = Some(AddressProtection {
            lookalike: Action::Block,
            unknown: Action::Allow,
            allowed: vec![format!("0x{}", "a".repeat(40))],
            chains: Chain::ALL[..3].to_vec(),
            prefix: AddressProtection::SIMILAR,
            suffix: AddressProtection::SIMILAR,
        });
    });
    let lookalike = format!("0xaaaa{}aaaa", "b".repeat(32));
    let known = format!("0x{}", "A".repeat(40));
    let long = format!("{lookalike} {}", "some words ".repeat(10_000));
    let stopped = Some(Label::AddressProtection);
    assert_eq!(send(&bench, Query(&format!("to={lookalike}"))), stopped);
    assert_eq!(send(&bench, Query(&format!("to={known}"))), None);
    assert_eq!(
        send(&bench, Body(&format!("{{\"to\":\"{lookalike}\"}}"))),
        stopped
    );
    assert_eq!(send(&bench, Body(&long)), stopped);
    assert_eq!(send(&bench, Body(&known)), None);
    let snapshot = bench.gate.snapshot();
    let judge = |arguments: &str| {
        let name = "pay";
        let subject = Subject::ToolCall { name, arguments };
        snapshot.assess_text(subject, None, Deadline::NONE).denied()
    };
    assert!(judge(&format!("{{\"to\":\"{lookalike}\"}}")));
    assert!(!judge(&format!("{{\"to\":\"{known}\"}}")));
}
