//! One event of every kind, and a few variants that render differently.

use pipelock_model::event::{
    KillSource, Matched, Scan, ScanDecision, ScanFinding, SniCategory, Subject, Totals,
    Uninspected, UpstreamFailure,
};
use pipelock_model::{Action, Clean, Event, EventKind, Label, RequestId, Severity, Transport};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// 2026-03-04T05:06:07.089Z.
pub(crate) fn at() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_772_600_767_089)
}

pub(crate) fn subject(transport: Transport) -> Subject {
    let (method, target) = match transport {
        Transport::Connect => ("CONNECT", "api.example.test:443"),
        _ => ("GET", "http://api.example.test/v1?q=1"),
    };
    Subject {
        transport,
        method: Clean::constant(method),
        target: Clean::constant(target),
        client_ip: IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)),
        request_id: RequestId(7),
        agent: Clean::constant("builder"),
        profile: "_default",
    }
}

pub(crate) fn event(transport: Transport, kind: EventKind) -> Event {
    Event {
        at: at(),
        subject: Some(subject(transport)),
        kind,
    }
}

pub(crate) fn process(kind: EventKind) -> Event {
    Event {
        at: at(),
        subject: None,
        kind,
    }
}

pub(crate) fn totals(status: u16) -> Totals {
    Totals {
        status,
        bytes_up: 120,
        bytes_down: 4096,
        duration: Duration::from_micros(12_345),
        aborted: false,
    }
}

pub(crate) fn blocked(label: Label, status: u16) -> EventKind {
    EventKind::Blocked {
        label,
        reason: Clean::constant("because"),
        totals: totals(status),
    }
}

fn matched(names: &[&'static str]) -> Vec<Matched> {
    let one = |name: &&'static str| Matched {
        pattern: Clean::constant(name),
        severity: Severity::Critical,
    };
    names.iter().map(one).collect()
}

/// Fails to compile when a kind is added: add it to [`all`] too.
pub(crate) fn kind_name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Startup { .. } => "Startup",
        EventKind::Shutdown { .. } => "Shutdown",
        EventKind::Connection { .. } => "Connection",
        EventKind::ForwardHttp(_) => "ForwardHttp",
        EventKind::Blocked { .. } => "Blocked",
        EventKind::Anomaly { .. } => "Anomaly",
        EventKind::Unscanned { .. } => "Unscanned",
        EventKind::Error { .. } => "Error",
        EventKind::TunnelOpen => "TunnelOpen",
        EventKind::TunnelProgress { .. } => "TunnelProgress",
        EventKind::TunnelClose { .. } => "TunnelClose",
        EventKind::Sni { .. } => "Sni",
        EventKind::ResponseScan { .. } => "ResponseScan",
        EventKind::ResponseScanExempt { .. } => "ResponseScanExempt",
        EventKind::BodyDlp { .. } => "BodyDlp",
        EventKind::HeaderDlp { .. } => "HeaderDlp",
        EventKind::DlpWarn { .. } => "DlpWarn",
        EventKind::KillSwitchDeny { .. } => "KillSwitchDeny",
        EventKind::KillSwitchChange { .. } => "KillSwitchChange",
        EventKind::ScanStarted => "ScanStarted",
        EventKind::ScanEnded(_) => "ScanEnded",
    }
}

/// Kinds in [`kind_name`].
pub(crate) const KINDS: usize = 21;

/// In an order that could happen.
pub(crate) fn all() -> Vec<Event> {
    let mut events = vec![
        process(EventKind::Startup {
            listen: Clean::constant("127.0.0.1:8888"),
            mode: "balanced",
            version: "1.2.3",
            config_hash: Clean::constant("0123456789abcdef0123"),
            notes: vec![Clean::constant("section \"taint\" is not built yet")],
        }),
        process(EventKind::KillSwitchChange {
            source: KillSource::Api,
            active: true,
        }),
        event(
            Transport::Connect,
            EventKind::KillSwitchDeny {
                endpoint: "connect",
                source: KillSource::Api,
                message: Clean::constant("Emergency deny-all active"),
            },
        ),
        process(EventKind::KillSwitchChange {
            source: KillSource::Api,
            active: false,
        }),
    ];
    events.extend(http());
    events.extend(tunnels());
    events.extend(scans());
    events.push(process(EventKind::Shutdown { reason: "signal" }));
    events
}

fn http() -> Vec<Event> {
    let forward = |kind| event(Transport::Forward, kind);
    let mut aborted = totals(200);
    aborted.aborted = true;
    vec![
        process(EventKind::Connection { open: true }),
        forward(EventKind::ForwardHttp(totals(200))),
        forward(EventKind::ForwardHttp(aborted)),
        event(Transport::Tunnel, EventKind::ForwardHttp(totals(404))),
        forward(EventKind::DlpWarn {
            matched: matched(&["Generic Token"]).remove(0),
        }),
        forward(EventKind::HeaderDlp {
            header: Clean::constant("X-Token"),
            action: Action::Warn,
            would_block: Some(Action::Block),
            matched: matched(&["GitHub Token"]),
        }),
        forward(EventKind::BodyDlp {
            action: Action::Block,
            would_block: None,
            matched: matched(&["GitHub Token", "AWS Access Key", "GitHub Token"]),
        }),
        forward(blocked(Label::BodyDlp, 403)),
        forward(EventKind::Anomaly {
            label: Some(Label::Entropy),
            reason: Clean::constant("high entropy path segment (5.10 > 4.50 threshold)"),
            score: 0.64,
            would_block: Some(Action::Block),
        }),
        forward(EventKind::Anomaly {
            label: None,
            reason: Clean::constant("odd"),
            score: f32::NAN,
            would_block: None,
        }),
        forward(EventKind::Unscanned {
            why: Uninspected::Coding,
        }),
        forward(EventKind::ResponseScan {
            action: Action::Warn,
            would_block: Some(Action::Block),
            matched: matched(&["Instruction Override"]),
        }),
        forward(EventKind::ResponseScanExempt {
            why: "exempt_domain",
            hostname: Clean::constant("docs.example.test"),
        }),
        forward(EventKind::Error {
            error: Clean::constant("upstream connection failed"),
            upstream: Some(UpstreamFailure::Connect),
            totals: totals(502),
        }),
        process(EventKind::Connection { open: true }),
        process(EventKind::Connection { open: false }),
    ]
}

fn scans() -> Vec<Event> {
    let mut all = Vec::new();
    let found = ScanFinding {
        scanner: "dlp",
        rule: Clean::constant("DLP-GitHub Token"),
        severity: Severity::Critical,
    };
    for (decision, kind, status, error, findings) in [
        (ScanDecision::Allow, "url", 200, None, 0),
        (ScanDecision::Allow, "dlp", 200, None, 1),
        (ScanDecision::Deny, "dlp", 200, None, 2),
        (ScanDecision::Error, "", 401, Some("unauthorized"), 0),
        (ScanDecision::Error, "unknown", 400, Some("invalid_kind"), 0),
    ] {
        let scan = Scan {
            scan_id: Clean::constant("scan-0123456789abcdef"),
            kind,
            decision,
            status,
            error,
            findings: vec![found.clone(); findings],
            duration: Duration::from_micros(5000),
        };
        all.push(event(Transport::ScanApi, EventKind::ScanStarted));
        all.push(event(
            Transport::ScanApi,
            EventKind::ScanEnded(Box::new(scan)),
        ));
    }
    all.push(event(Transport::ScanApi, EventKind::ScanStarted));
    all
}

fn sni(category: SniCategory, sni_host: &'static str) -> EventKind {
    EventKind::Sni {
        category,
        connect_host: Clean::constant("api.example.test"),
        sni_host: Clean::constant(sni_host),
        refused: category == SniCategory::Mismatch,
    }
}

pub(crate) fn close(unreported: u64, cut: Option<Label>) -> EventKind {
    let totals = Totals {
        status: 200,
        duration: Duration::from_millis(61_500),
        ..totals(200)
    };
    EventKind::TunnelClose {
        totals,
        unreported,
        cut,
    }
}

fn tunnels() -> Vec<Event> {
    let connect = |kind| event(Transport::Connect, kind);
    vec![
        // A good one.
        connect(sni(SniCategory::Match, "api.example.test")),
        connect(EventKind::TunnelOpen),
        connect(EventKind::Unscanned {
            why: Uninspected::Tls,
        }),
        connect(EventKind::TunnelProgress { bytes: 4000 }),
        connect(close(216, None)),
        // One refused by its first bytes, one before the dial.
        connect(sni(SniCategory::Mismatch, "front.example.test")),
        connect(blocked(Label::SniMismatch, 200)),
        connect(blocked(Label::Blocklist, 403)),
        // One whose upstream broke, one that was cut, one that still runs.
        connect(EventKind::TunnelOpen),
        connect(close(1, None)),
        connect(EventKind::Error {
            error: Clean::constant("upstream ended in the middle of an answer"),
            upstream: Some(UpstreamFailure::Reset),
            totals: totals(200),
        }),
        connect(EventKind::TunnelOpen),
        connect(close(2, Some(Label::KillSwitch))),
        connect(blocked(Label::KillSwitch, 0)),
        connect(EventKind::TunnelOpen),
    ]
}
