//! The metrics page.

use crate::events::{all, event, process, subject};
use crate::golden;
use pipelock_model::event::{KillSource, Matched};
use pipelock_model::{Clean, Event, EventKind, Redactor, Severity, Transport};
use pipelock_telemetry::{Build, Losses, Metrics, Probes};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn metrics() -> Metrics {
    let build = Build {
        version: "1.2.3",
        commit: "abcdef0",
        target: "x86_64-unknown-linux-gnu",
    };
    let probes = Probes {
        buffered_bytes: Box::new(|| 4096),
        kill_switch: Box::new(|source| source == KillSource::Signal),
    };
    Metrics::new(build, probes, Arc::new(Losses::default()))
}

/// Samples by their text without the value; checks the format on the way.
fn parse(page: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let mut families = BTreeSet::new();
    let mut lines = page.lines().peekable();
    while let Some(help) = lines.next() {
        let (name, text) = help
            .strip_prefix("# HELP ")
            .unwrap()
            .split_once(' ')
            .unwrap();
        assert!(name.starts_with("pipelock_") && !text.is_empty(), "{help}");
        assert!(families.insert(name.to_owned()), "{name} twice");
        let kind = lines
            .next()
            .unwrap()
            .strip_prefix(&format!("# TYPE {name} "))
            .unwrap();
        assert!(["counter", "gauge", "histogram"].contains(&kind), "{kind}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let bare = check_series(series);
            let suffix = bare.strip_prefix(name).unwrap();
            let suffixes: &[&str] = if kind == "histogram" {
                &["_bucket", "_sum", "_count"]
            } else {
                &[""]
            };
            assert!(suffixes.contains(&suffix), "{line}");
            let previous = samples.insert(series.to_owned(), value.parse().unwrap());
            assert_eq!(previous, None, "{series} twice");
        }
    }
    assert!(page.ends_with('\n'));
    samples
}

/// Checks the labels of a series; gives its name.
fn check_series(series: &str) -> &str {
    let Some((name, labels)) = series.split_once('{') else {
        return series;
    };
    let mut rest = labels.strip_suffix('}').unwrap();
    let mut names = BTreeSet::new();
    loop {
        let (label, value) = rest.split_once("=\"").unwrap();
        assert!(
            label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{series}"
        );
        assert!(names.insert(label), "{series}");
        let mut escaped = false;
        let end = value.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        rest = &value[end.unwrap() + 1..];
        if rest.is_empty() {
            return name;
        }
        rest = rest.strip_prefix(',').unwrap();
    }
}

#[test]
fn the_page_after_one_of_every_event_is_as_it_was() {
    let metrics = metrics();
    all().iter().for_each(|event| metrics.observe(event));
    golden::check("metrics.txt", &metrics.render());
}

#[test]
fn the_page_is_valid_exposition_and_its_histograms_add_up() {
    let metrics = metrics();
    parse(&metrics.render());
    all().iter().for_each(|event| metrics.observe(event));
    let samples = parse(&metrics.render());
    for name in ["request_duration_seconds", "tunnel_duration_seconds"] {
        let count = samples[&format!("pipelock_{name}_count")];
        assert_eq!(
            samples[&format!("pipelock_{name}_bucket{{le=\"+Inf\"}}")],
            count
        );
        assert!(count > 0.0);
    }
}

#[test]
fn every_decision_counts_once() {
    let metrics = metrics();
    all().iter().for_each(|event| metrics.observe(event));
    let samples = parse(&metrics.render());
    let cases = [
        // Three answers and two tunnels.
        ("requests_total{result=\"allowed\",agent=\"_default\"}", 5.0),
        ("requests_total{result=\"blocked\",agent=\"_default\"}", 4.0),
        (
            "scanner_hits_total{scanner=\"body_dlp\",agent=\"_default\"}",
            1.0,
        ),
        (
            "tunnels_total{result=\"completed\",agent=\"_default\"}",
            2.0,
        ),
        ("tunnels_total{result=\"blocked\",agent=\"_default\"}", 2.0),
        ("tunnels_total{result=\"killed\",agent=\"_default\"}", 1.0),
        ("active_tunnels", 1.0),
        ("tunnel_bytes_total", 4219.0),
        ("active_connections{transport=\"forward\"}", 1.0),
        // Blocked: 200 of the refused first bytes; both closed tunnels.
        (
            "http_responses_total{transport=\"connect\",code_class=\"2xx\"}",
            3.0,
        ),
        (
            "http_responses_total{transport=\"forward\",code_class=\"5xx\"}",
            1.0,
        ),
        (
            "upstream_errors_total{kind=\"reset\",transport=\"connect\"}",
            1.0,
        ),
        (
            "would_block_total{scanner=\"header_dlp\",transport=\"forward\"}",
            1.0,
        ),
        ("unscanned_total{reason=\"tls\",transport=\"connect\"}", 1.0),
        ("kill_switch_active{source=\"signal\"}", 1.0),
        ("kill_switch_active{source=\"api\"}", 0.0),
        ("config_hash_info{hash=\"0123456789abcdef\"}", 1.0),
        ("buffered_bytes", 4096.0),
    ];
    for (series, expected) in cases {
        assert_eq!(
            samples.get(&format!("pipelock_{series}")),
            Some(&expected),
            "{series}"
        );
    }
}

#[test]
fn judgements_without_traffic_are_not_counted() {
    let (metrics, untouched) = (metrics(), metrics().render());
    for mut one in all() {
        one.subject = Some(subject(Transport::Assess));
        metrics.observe(&one);
    }
    assert_eq!(metrics.render(), untouched);
}

struct Verbatim;

impl Redactor for Verbatim {
    fn redact(&self, text: &str, _: usize) -> String {
        text.to_owned()
    }
    fn redact_url(&self, url: &str, _: usize) -> String {
        url.to_owned()
    }
}

fn warn(pattern: &str) -> Event {
    let pattern = Clean::text(&Verbatim, pattern);
    let matched = Matched {
        pattern,
        severity: Severity::Low,
    };
    event(Transport::Forward, EventKind::DlpWarn { matched })
}

#[test]
fn names_of_patterns_are_bounded_in_number_and_length_and_escaped() {
    let metrics = metrics();
    metrics.observe(&warn("a \"quoted\"\\\nname"));
    metrics.observe(&warn(&"n".repeat(2000)));
    for number in 0..1000 {
        metrics.observe(&warn(&format!("pattern {number}")));
    }
    let page = metrics.render();
    let samples = parse(&page);
    let warned: Vec<_> = samples
        .iter()
        .filter(|(series, _)| series.contains("dlp_warn_matches_total"))
        .collect();
    assert_eq!(warned.len(), 257);
    assert_eq!(warned.iter().map(|(_, count)| **count).sum::<f64>(), 1002.0);
    assert!(page.contains("pattern=\"other\",transport=\"forward\"} 746\n"));
    assert!(page.contains("pattern=\"a \\\"quoted\\\"\\\\\\nname\""));
    assert!(warned.iter().all(|(series, _)| series.len() < 250));
}

#[test]
fn profiles_are_bounded_too() {
    let metrics = metrics();
    for number in 0..100 {
        let mut one = event(
            Transport::Forward,
            EventKind::ForwardHttp(Default::default()),
        );
        if let Some(subject) = &mut one.subject {
            subject.profile = Box::leak(format!("profile-{number}").into_boxed_str());
        }
        metrics.observe(&one);
    }
    let samples = parse(&metrics.render());
    let other = &samples["pipelock_requests_total{result=\"allowed\",agent=\"other\"}"];
    assert_eq!(*other, 36.0);
}

#[test]
fn ends_without_a_begin_do_not_go_below_zero() {
    let metrics = metrics();
    metrics.observe(&process(EventKind::Connection { open: false }));
    assert!(
        metrics
            .render()
            .contains("pipelock_active_connections{transport=\"forward\"} 0\n")
    );
}
