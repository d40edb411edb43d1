//! Streamed equals whole: packet boundaries change neither bytes nor verdict.

use crate::harness::{Bench, Body, Flow};
use pipelock_detect::rule::RuleKind;
use pipelock_model::Action;
use pipelock_policy::Oversize;
use pipelock_testkit::{benign, injection, secrets};
use proptest::prelude::*;

/// Held whole.
fn held() -> Bench {
    Bench::new(|_| {})
}

/// Never held: the candidate rule alone.
fn streamed() -> Bench {
    Bench::new(|policy| {
        policy.response.hold = 0;
        let request = policy.request.as_mut().unwrap();
        (request.max_body, request.oversize) = (1, Oversize::StreamScan);
    })
}

/// Matches are cut out.
fn stripped() -> Bench {
    Bench::new(|policy| {
        policy.response.action = Action::Strip;
        policy.response.dlp_action = Action::Strip;
    })
}

/// Held up to a length that bodies of these tests outgrow.
fn outgrown() -> Bench {
    Bench::new(|policy| policy.response.hold = 700)
}

const BODIES: [Body; 5] = [
    Body::Request,
    Body::RequestLines,
    Body::Answer,
    Body::Events,
    Body::Lines,
];

/// Parts of honest and of bad texts, and of what is almost bad.
fn fragments() -> Vec<String> {
    let mut parts: Vec<String> = [
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "data: ",
        "event: x\n",
        "%",
        "%20",
        "%69gnore",
        "+",
        "ignore ",
        "IGNORE\t",
        "all ",
        "previous ",
        "instructions",
        "system",
        ": ",
        "you are now ",
        "ey",
        ".",
        "=",
        "\"",
        "{\"text\": \"",
        "\"}\n",
        "0123456789",
        "4",
        "-",
        "\u{e9}",
        "\0",
    ]
    .map(str::to_owned)
    .into();
    for (_, secret) in secrets::all() {
        let half = secret.len() / 2;
        parts.extend([secret[..half].to_owned(), secret[half..].to_owned(), secret]);
    }
    parts.extend(injection::all().into_iter().map(|(_, attack)| attack));
    parts.extend([10, 80, 300].map(benign::english));
    parts
}

fn body() -> impl Strategy<Value = String> {
    let part = proptest::sample::select(fragments());
    proptest::collection::vec(part, 0..12).prop_map(|parts| {
        let mut body = parts.concat();
        while body.len() > 2048 {
            body.pop();
        }
        body
    })
}

fn in_one(bench: &Bench, kind: Body, text: &[u8]) -> Flow {
    bench.flow(kind, std::iter::once(text))
}

/// What must hold of every way to cut a body.
fn check(bench: &Bench, kind: Body, text: &[u8], whole: &Flow, cut: &Flow) {
    let stops = bench.stops(kind, text);
    assert_eq!(cut.denied, whole.denied, "{kind:?}");
    match cut.denied {
        None => {
            assert!(cut.out == whole.out, "{kind:?}: other bytes than whole");
            assert_eq!(cut.rewritten, whole.rewritten);
            assert!(
                cut.rewritten || cut.out == text,
                "{kind:?}: a clean body is exact"
            );
        }
        Some(_) => {
            assert!(
                text.starts_with(&cut.out),
                "{kind:?}: what left is a prefix"
            );
            let first = stops.iter().min().copied().unwrap_or(0);
            assert!(
                cut.out.len() as u64 <= first,
                "{kind:?}: {} of {first} left",
                cut.out.len()
            );
        }
    }
    assert_eq!(bench.gate.budget().used(), 0);
}

fn every_split(bench: &Bench, kind: Body, text: &[u8]) {
    let whole = in_one(bench, kind, text);
    assert_eq!(
        whole.denied.is_some(),
        !bench.stops(kind, text).is_empty() && !whole.rewritten
    );
    check(bench, kind, text, &whole, &bench.flow(kind, text.chunks(1)));
    for at in 0..=text.len() {
        let (begin, end) = text.split_at(at);
        check(
            bench,
            kind,
            text,
            &whole,
            &bench.flow(kind, [begin, end].into_iter()),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_split_of_a_held_body_gives_what_the_whole_gives(text in body()) {
        let bench = held();
        BODIES.iter().for_each(|kind| every_split(&bench, *kind, text.as_bytes()));
    }

    #[test]
    fn every_split_of_a_streamed_body_gives_what_the_whole_gives(text in body()) {
        let bench = streamed();
        BODIES.iter().for_each(|kind| every_split(&bench, *kind, text.as_bytes()));
    }

    #[test]
    fn every_split_of_a_rewritten_body_gives_what_the_whole_gives(text in body()) {
        every_split(&stripped(), Body::Answer, text.as_bytes());
    }

    #[test]
    fn every_split_of_a_body_that_outgrows_its_hold_gives_what_the_whole_gives(text in body()) {
        every_split(&outgrown(), Body::Answer, text.as_bytes());
    }
}

#[test]
fn seeded_splits_of_long_bodies_give_what_the_whole_gives() {
    let (key, attack) = (secrets::aws_access_key(), injection::override_en());
    let english = benign::english(20_000);
    let bodies = [
        english.clone(),
        format!("{english}{attack}{english}"),
        format!("{english}\n{key} {english}"),
        english
            .lines()
            .map(|line| format!("data: {line}\n\n"))
            .collect(),
    ];
    let benches = [held(), streamed()];
    assert!(benches[0].has_rules(RuleKind::Dlp) && benches[0].has_rules(RuleKind::Injection));
    let mut seed = 7_u64;
    let mut below = |bound: usize| {
        // Steele, Lea, Flood: SplitMix64.
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let word = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        usize::try_from((word ^ (word >> 27)) % bound as u64).unwrap()
    };
    for text in bodies.iter().map(String::as_bytes) {
        let wholes = [0, 1].map(|at: usize| in_one(&benches[at], Body::Answer, text));
        for round in 0..125 {
            let mut ends: Vec<usize> = (0..=below(40)).map(|_| below(text.len() + 1)).collect();
            ends.extend([0, text.len()]);
            ends.sort_unstable();
            let pieces = || ends.windows(2).map(|pair| &text[pair[0]..pair[1]]);
            for (bench, whole) in benches.iter().zip(&wholes) {
                let kind = if round % 2 == 0 {
                    Body::Answer
                } else {
                    Body::Lines
                };
                if kind == Body::Answer || bench.stops(kind, text).is_empty() {
                    check(bench, kind, text, whole, &bench.flow(kind, pieces()));
                }
            }
        }
    }
}
