//! Request bodies by media type: their structure, and secrets cut into parts.

use crate::harness::Bench;
use bytes::Bytes;
use pipelock_gate::{Direction, Step};
use pipelock_model::http::Method;
use pipelock_model::{Action, EventKind, Label};
use pipelock_policy::{Enforcement, HeaderScope, RequestInjection};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=b";

/// A key and where it is cut. Random, so that it counts as one.
const KEY: [&str; 2] = ["AKIAQ7ZK", "M2P9XW4TB6LD"];

/// Sends a body in pieces: label and reason of the refusal.
fn send(bench: &Bench, content_type: &str, body: &str) -> Option<(Label, String)> {
    let exchange = bench
        .permit("127.0.0.1", &[("Content-Type", content_type)])
        .exchange;
    let told = |denial: pipelock_gate::Denial| {
        let reason = denial.reason;
        Some((reason.label, reason.text.as_str().to_owned()))
    };
    let mut inspection = match exchange.inspect(Direction::Outbound, None) {
        Ok(inspection) => inspection,
        Err(denial) => return told(denial),
    };
    for piece in body.as_bytes().chunks(7.max(body.len() / 100)) {
        if let Step::Deny(denial) = inspection.push(Bytes::copy_from_slice(piece)) {
            return told(denial);
        }
    }
    match inspection.end(None) {
        Ok(_) => None,
        Err(denial) => told(denial),
    }
}

fn multipart(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    format!("{}--b--\r\n", fields.iter().map(part).collect::<String>())
}

/// What the observers heard of bodies: the event, and what enforcement would do.
fn told(bench: &Bench) -> Vec<String> {
    let events = bench.world.events.lock().unwrap();
    let told = events.iter().filter_map(|event| match &event.kind {
        EventKind::BodyDlp { action, .. } => Some(format!("body {}", action.as_str())),
        EventKind::HeaderDlp { header, action, .. } => {
            Some(format!("{} {}", header.as_str(), action.as_str()))
        }
        EventKind::Anomaly { reason, .. } => Some(reason.as_str().to_owned()),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_secret_cut_into_members_fields_or_parts_is_found() {
    let [one, two] = KEY;
    let cases = [
        (
            "application/json",
            format!(r#"{{"b":"{two}","a":"{one}"}}"#),
            true,
        ),
        (
            "application/json",
            format!(r#"[{{"a":"{one}"}},3,["x",{{"b":"{two}"}}]]"#),
            true,
        ),
        (
            "application/vnd.x+json",
            format!(r#"{{"{one}":1,"{two}":2}}"#),
            true,
        ),
        (
            "application/json",
            format!(r#"{{"a":"{one}","b":"MORE"}}"#),
            false,
        ),
        (
            "text/plain",
            format!(r#"{{"b":"{two}","a":"{one}"}}"#),
            false,
        ),
        (FORM, format!("a={one}&x=junk&b={two}"), true),
        (FORM, format!("a={}%41&b={two}", &one[..7]), true),
        (FORM, format!("b={two}&a={one}"), false),
        (MULTIPART, multipart(&[("a", one), ("b", two)]), true),
        (MULTIPART, multipart(&[("b", two), ("a", one)]), false),
    ];
    let bench = Bench::new(|_| {});
    for (content_type, body, found) in cases {
        let denied = send(&bench, content_type, &body).map(|(label, _)| label);
        let wanted = found.then_some(Label::BodyDlp);
        assert_eq!(denied, wanted, "{content_type}: {body}");
    }
}

#[test]
fn the_rows_of_the_specification_are_reported() {
    let a = |count: usize| "A".repeat(count);
    let cases = [
        (format!(r#"{{"b":"{}","a":"AKIA{}"}}"#, a(8), a(8)), true),
        (format!(r#"{{"a":"AKIA","b":"{}"}}"#, a(8)), false),
        (format!(r#"{{"AKIA{}":1}}"#, a(16)), true),
    ];
    for (body, found) in cases {
        let bench = Bench::new(|_| {});
        let denied = send(&bench, "application/json", &body).is_some();
        let reported = denied || !told(&bench).is_empty();
        assert_eq!(reported, found, "{body}");
    }
}

#[test]
fn a_body_that_is_not_what_its_type_says_is_refused() {
    let deep = "[".repeat(300) + &"]".repeat(300);
    let many = multipart(&[("a", "b"); 101]);
    let cases = [
        ("application/json", "{\"a\":", "invalid JSON body"),
        ("application/problem+json", "a=b", "invalid JSON body"),
        ("application/json", &*deep, "JSON body is nested too deeply"),
        (FORM, "a=%zz", "invalid form body"),
        (
            "multipart/form-data",
            "x",
            "multipart body without boundary",
        ),
        (MULTIPART, "x", "invalid multipart body"),
        (MULTIPART, &*many, "multipart body has too many parts"),
    ];
    let bench = Bench::new(|_| {});
    for (content_type, body, reason) in cases {
        let wanted = Some((Label::BodyDlp, reason.to_owned()));
        assert_eq!(send(&bench, content_type, body), wanted, "{content_type}");
    }
}

#[test]
fn honest_bodies_pass() {
    let cases = [
        ("application/json", ""),
        ("application/json", "null"),
        ("application/json", "{\"a\":1}\n{\"a\":2}\n"),
        (
            "application/json; charset=utf-8",
            "{\"a\":\"\u{e9}\",\"a\":[]}",
        ),
        (FORM, ""),
        (FORM, "q=what+is+100%25&lang=en"),
        (MULTIPART, ""),
        ("multipart/form-data", ""),
    ];
    let bench = Bench::new(|_| {});
    for (content_type, body) in cases {
        assert_eq!(
            send(&bench, content_type, body),
            None,
            "{content_type}: {body}"
        );
    }
    assert_eq!(told(&bench), [""; 0]);
}

#[test]
fn where_findings_only_warn_bodies_are_told_of_and_pass() {
    let [one, two] = KEY;
    let cut = format!(r#"{{"b":"{two}","a":"{one}"}}"#);
    for (body, wanted) in [(&*cut, "body warn"), ("{", "invalid JSON body")] {
        let warn = Bench::new(|policy| policy.request.as_mut().unwrap().action = Action::Warn);
        assert_eq!(send(&warn, "application/json", body), None);
        assert_eq!(told(&warn), [wanted]);
        let detect = Bench::new(|policy| policy.enforcement = Enforcement::DetectOnly);
        assert_eq!(send(&detect, "application/json", body), None);
        assert_eq!(told(&detect), [wanted], "detect-only");
    }
    let long = format!("[\"{}\",{cut}]", "x y ".repeat(40_000));
    let warn = Bench::new(|policy| {
        let request = policy.request.as_mut().unwrap();
        (request.action, request.injection) = (Action::Warn, RequestInjection::Off);
    });
    assert_eq!(send(&warn, "application/json", &long), None);
    assert_eq!(told(&warn), [""; 0], "too long to be kept");
    assert_eq!(warn.gate.budget().used(), 0);
}

#[test]
fn a_secret_cut_into_several_headers_is_found() {
    let [one, two] = KEY;
    let names = ["X-One".to_owned(), "X-Two".to_owned()];
    let bench = Bench::new(|policy| {
        policy.request.as_mut().unwrap().headers = HeaderScope::Sensitive(names.into());
    });
    let open = |fields: &[(&str, &str)]| {
        let verdict = bench.open(Method::Get, "http://127.0.0.2/", fields);
        verdict.permit().err().map(|denial| denial.reason.label)
    };
    let found = Some(Label::HeaderDlp);
    assert_eq!(open(&[("X-One", one), ("X-Two", two)]), found);
    assert_eq!(told(&bench), ["(joined) block"]);
    assert_eq!(open(&[("X-One", two), ("X-Two", one)]), None);
    assert_eq!(open(&[("X-One", one), ("X-Other", two)]), None);
}
