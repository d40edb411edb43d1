//! The lines of the audit log.

use crate::events::{self, KINDS, all, event, kind_name, process};
use crate::golden;
use pipelock_model::event::{SniCategory, Totals};
use pipelock_model::{Clean, Event, EventKind, Label, Transport};
use pipelock_telemetry::{AuditOptions, render};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Names of a JSON object in order, duplicates included.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Names;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

fn line(event: &Event) -> String {
    String::from_utf8(render(event, AuditOptions::default())).unwrap()
}

fn name_of(line: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    value["event"].as_str().unwrap().to_owned()
}

#[test]
fn every_kind_of_event_is_tried() {
    let tried: BTreeSet<_> = all().iter().map(|event| kind_name(&event.kind)).collect();
    assert_eq!(tried.len(), KINDS, "{tried:?}");
}

#[test]
fn lines_are_as_they_were() {
    let text: String = all().iter().map(line).collect();
    golden::check("audit.jsonl", &text);
}

#[test]
fn every_line_is_one_json_object_with_each_name_once_and_the_frame_around_it() {
    for line in all().iter().map(line).filter(|line| !line.is_empty()) {
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        let Names(names) = serde_json::from_str(&line).unwrap();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{line}");
        assert_eq!(
            names[..4],
            ["level", "component", "time", "event"],
            "{line}"
        );
        assert_eq!(names.last().unwrap(), "message", "{line}");
    }
}

#[test]
fn options_leave_out_what_passed_or_was_refused_and_nothing_else() {
    let named = |options: AuditOptions| -> BTreeSet<String> {
        let lines = all().into_iter().map(|event| render(&event, options));
        lines
            .filter(|line| !line.is_empty())
            .map(|line| name_of(std::str::from_utf8(&line).unwrap()))
            .collect()
    };
    let every = named(AuditOptions::default());
    let without = |left_out: &[&str]| -> BTreeSet<String> {
        every
            .iter()
            .filter(|name| !left_out.contains(&name.as_str()))
            .cloned()
            .collect()
    };
    assert_eq!(
        named(AuditOptions {
            include_allowed: false,
            include_blocked: true
        }),
        without(&[
            "forward_http",
            "tunnel_open",
            "tunnel_progress",
            "tunnel_close"
        ]),
    );
    assert_eq!(
        named(AuditOptions {
            include_allowed: true,
            include_blocked: false
        }),
        without(&["blocked"]),
    );
}

#[test]
fn only_refused_first_bytes_are_a_line() {
    for category in SniCategory::ALL {
        for refused in [true, false] {
            let kind = EventKind::Sni {
                category,
                connect_host: Clean::constant("a.test"),
                sni_host: Clean::constant(""),
                refused,
            };
            let written = !line(&event(Transport::Connect, kind)).is_empty();
            assert_eq!(written, refused, "{category:?}");
        }
    }
}

#[test]
fn blocks_carry_the_technique_of_their_layer() {
    for label in Label::ALL {
        let text = line(&event(Transport::Forward, events::blocked(*label, 403)));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["scanner"], label.as_str());
        assert_eq!(
            value["mitre_technique"].as_str(),
            label.technique(),
            "{label}"
        );
    }
}

#[test]
fn controls_in_constants_of_ours_do_not_reach_a_terminal() {
    let kind = EventKind::Error {
        error: Clean::constant("a\u{1b}[31mb\r\u{9b}2Jc\td\ne\u{7f}"),
        upstream: None,
        totals: Totals::default(),
    };
    let text = line(&event(Transport::Forward, kind));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["error"], "abc\td\ne");
}

#[test]
fn empty_members_of_the_common_group_are_left_out() {
    let mut event = event(Transport::Forward, events::blocked(Label::Parser, 400));
    if let Some(subject) = &mut event.subject {
        (subject.method, subject.target) = (Clean::constant(""), Clean::constant(""));
        subject.agent = Clean::constant("");
    }
    let Names(names) = serde_json::from_str(&line(&event)).unwrap();
    for name in ["method", "url", "target", "agent"] {
        assert!(!names.iter().any(|have| have == name), "{names:?}");
    }
}

#[test]
fn patterns_of_a_line_are_bounded_and_all_counted() {
    struct Letters;
    impl pipelock_model::Redactor for Letters {
        fn redact(&self, text: &str, _: usize) -> String {
            text.to_owned()
        }
        fn redact_url(&self, url: &str, _: usize) -> String {
            url.to_owned()
        }
    }
    let one = |number: usize| pipelock_model::event::Matched {
        pattern: Clean::text(&Letters, &format!("pattern {number}")),
        severity: pipelock_model::Severity::Low,
    };
    let kind = EventKind::ResponseScan {
        action: pipelock_model::Action::Block,
        would_block: None,
        matched: (0..1000).map(one).collect(),
    };
    let value: serde_json::Value = serde_json::from_str(&line(&process(kind))).unwrap();
    assert_eq!(value["match_count"], 1000);
    assert_eq!(value["patterns"].as_array().unwrap().len(), 64);
}
