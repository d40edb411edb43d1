//! The line of each kind of event. Names of events and fields are public API
//! (`proxy.md` §5.3).

use super::{AuditOptions, json::Object, stamp};
use pipelock_model::event::{Matched, Scan, ScanDecision, Subject, Uninspected};
use pipelock_model::{Action, Event, EventKind, Label, Transport};

/// Different patterns that one line names; `match_count` counts them all.
const MAX_PATTERNS: usize = 64;

/// Matches that are looked through for different names, since the comparison is
/// quadratic.
const MATCHES_NAMED: usize = 256;

/// Whether an event has a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rendered {
    /// Appended, with its line feed.
    Line,
    /// Not wanted, or never a line.
    Nothing,
}

/// Level, event name and message.
struct Heading(&'static str, &'static str, &'static str);

/// Appends the line of an event.
pub(crate) fn render(event: &Event, options: AuditOptions, out: &mut Vec<u8>) -> Rendered {
    let Some(Heading(level, name, message)) = heading(&event.kind, options) else {
        return Rendered::Nothing;
    };
    out.extend_from_slice(b"{\"level\":\"");
    out.extend_from_slice(level.as_bytes());
    out.extend_from_slice(b"\",\"component\":\"pipelock\",\"time\":\"");
    stamp::push(out, event.at);
    out.push(b'"');
    let mut object = Object::resume(out);
    object.text("event", name);
    fields(&mut object, &event.kind, event.subject.as_ref());
    object.text("message", message);
    out.extend_from_slice(b"}\n");
    Rendered::Line
}

/// `None` where the event is no line, by its nature or by the options.
fn heading(kind: &EventKind, options: AuditOptions) -> Option<Heading> {
    let allowed = options.include_allowed;
    let heading = match kind {
        EventKind::Startup { .. } => Heading("info", "startup", "pipelock started"),
        EventKind::Shutdown { .. } => Heading("info", "shutdown", "pipelock stopping"),
        EventKind::ForwardHttp(_) if allowed => {
            Heading("info", "forward_http", "forward request allowed")
        }
        EventKind::Blocked { .. } if options.include_blocked => {
            Heading("warn", "blocked", "request blocked")
        }
        EventKind::Anomaly { .. } => Heading("warn", "anomaly", "anomaly detected"),
        // The rule for every opaque tunnel, and told by its other lines.
        EventKind::Unscanned {
            why: Uninspected::Tls,
        } => return None,
        EventKind::Unscanned { .. } => Heading("warn", "anomaly", "content passed unscanned"),
        EventKind::Error { .. } => Heading("error", "error", "request failed"),
        EventKind::TunnelOpen if allowed => Heading("info", "tunnel_open", "tunnel opened"),
        EventKind::TunnelProgress { .. } if allowed => {
            Heading("info", "tunnel_progress", "tunnel in progress")
        }
        EventKind::TunnelClose { .. } if allowed => {
            Heading("info", "tunnel_close", "tunnel closed")
        }
        EventKind::Sni { refused: true, .. } => {
            Heading("warn", "sni_mismatch", "tunnel refused by its first bytes")
        }
        EventKind::ResponseScan { .. } => {
            Heading("warn", "response_scan", "injection found in response")
        }
        EventKind::ResponseScanExempt { .. } => Heading(
            "info",
            "response_scan_exempt",
            "response not scanned for injection",
        ),
        EventKind::BodyDlp { .. } => Heading("warn", "body_dlp", "secret found in request body"),
        EventKind::HeaderDlp { .. } => {
            Heading("warn", "header_dlp", "secret found in request header")
        }
        EventKind::DlpWarn { .. } => Heading("warn", "dlp_warn", "pattern matched in warn mode"),
        EventKind::ScanEnded(scan) => return scan_heading(scan, options),
        EventKind::KillSwitchDeny { .. } => {
            Heading("info", "kill_switch_deny", "request denied by kill switch")
        }
        EventKind::KillSwitchChange { .. } => {
            Heading("warn", "kill_switch_change", "kill switch changed")
        }
        EventKind::Connection { .. }
        | EventKind::ScanStarted
        | EventKind::Sni { .. }
        | EventKind::ForwardHttp(_)
        | EventKind::Blocked { .. }
        | EventKind::TunnelOpen
        | EventKind::TunnelProgress { .. }
        | EventKind::TunnelClose { .. } => return None,
    };
    Some(heading)
}

fn scan_heading(scan: &Scan, options: AuditOptions) -> Option<Heading> {
    let heading = match (scan.decision, scan.error) {
        (ScanDecision::Error, Some("unauthorized")) => {
            Heading("warn", "auth_failure", "scan API refused a caller")
        }
        (ScanDecision::Error, _) => Heading("warn", "scan_decision", "scan was not decided"),
        (ScanDecision::Deny, _) => Heading("warn", "scan_decision", "scan denied"),
        (ScanDecision::Allow, _) if scan.findings.is_empty() => {
            Heading("info", "scan_decision", "scan allowed")
        }
        (ScanDecision::Allow, _) => Heading("warn", "scan_decision", "scan allowed with findings"),
    };
    let wanted = match scan.decision {
        ScanDecision::Allow => options.include_allowed,
        ScanDecision::Deny => options.include_blocked,
        ScanDecision::Error => true,
    };
    wanted.then_some(heading)
}

fn fields(object: &mut Object<'_>, kind: &EventKind, subject: Option<&Subject>) {
    match kind {
        EventKind::Startup { .. }
        | EventKind::Shutdown { .. }
        | EventKind::KillSwitchChange { .. } => process_fields(object, kind),
        // These two list what they take from the common group.
        EventKind::Sni { .. } | EventKind::KillSwitchDeny { .. } => {
            refusal_fields(object, kind, subject);
        }
        _ => {
            if let Some(subject) = subject {
                common(object, subject, target_name(kind, subject.transport));
            }
            outcome_fields(object, kind);
            finding_fields(object, kind, subject);
        }
    }
}

/// Tunnels have a target, all else a URL.
const fn target_name(kind: &EventKind, transport: Transport) -> &'static str {
    match (kind, transport) {
        (
            EventKind::TunnelOpen
            | EventKind::TunnelProgress { .. }
            | EventKind::TunnelClose { .. },
            _,
        )
        | (_, Transport::Connect) => "target",
        _ => "url",
    }
}

fn common(object: &mut Object<'_>, subject: &Subject, target: &'static str) {
    object.text_if_any("method", subject.method.as_str());
    object.text_if_any(target, subject.target.as_str());
    who(object, subject);
}

fn who(object: &mut Object<'_>, subject: &Subject) {
    object.address("client_ip", subject.client_ip);
    object.numbered("request_id", "req-", subject.request_id.0);
    object.text_if_any("agent", subject.agent.as_str());
}

fn process_fields(object: &mut Object<'_>, kind: &EventKind) {
    match kind {
        EventKind::Startup {
            listen,
            mode,
            version,
            config_hash,
            notes,
        } => {
            object.text("listen", listen.as_str());
            object.text("mode", mode);
            object.text("version", version);
            object.text("config_hash", config_hash.as_str());
            if !notes.is_empty() {
                object.list("warnings", notes.iter().map(|note| note.as_str()));
            }
        }
        EventKind::Shutdown { reason } => object.text("reason", reason),
        EventKind::KillSwitchChange { source, active } => {
            object.text("source", source.as_str());
            object.flag("active", *active);
        }
        _ => {}
    }
}

fn refusal_fields(object: &mut Object<'_>, kind: &EventKind, subject: Option<&Subject>) {
    match kind {
        EventKind::Sni {
            category,
            connect_host,
            sni_host,
            ..
        } => {
            object.text("connect_host", connect_host.as_str());
            object.text("sni_host", sni_host.as_str());
            if let Some(subject) = subject {
                who(object, subject);
            }
            object.text("category", category.as_str());
            technique(object, Label::SniMismatch);
        }
        EventKind::KillSwitchDeny {
            endpoint,
            source,
            message,
        } => {
            if let Some(subject) = subject {
                object.text("transport", subject.transport.as_str());
            }
            object.text("endpoint", endpoint);
            object.text("source", source.as_str());
            object.text("deny_message", message.as_str());
            if let Some(subject) = subject {
                object.address("client_ip", subject.client_ip);
            }
        }
        _ => {}
    }
}

fn outcome_fields(object: &mut Object<'_>, kind: &EventKind) {
    match kind {
        EventKind::ForwardHttp(totals) => {
            object.integer("status_code", u64::from(totals.status));
            object.integer("size_bytes", totals.bytes_down);
            object.millis("duration_ms", totals.duration);
            if totals.aborted {
                object.flag("aborted", true);
            }
        }
        EventKind::Blocked { label, reason, .. } => {
            object.text("scanner", label.as_str());
            object.text("reason", reason.as_str());
            technique(object, *label);
        }
        EventKind::Error { error, .. } => object.text("error", error.as_str()),
        EventKind::ScanEnded(scan) => scan_fields(object, scan),
        EventKind::TunnelProgress { bytes } => object.integer("bytes", *bytes),
        EventKind::TunnelClose { totals, cut, .. } => {
            object.integer(
                "total_bytes",
                totals.bytes_up.saturating_add(totals.bytes_down),
            );
            object.millis("duration_ms", totals.duration);
            if let Some(label) = cut {
                object.text("scanner", label.as_str());
            }
        }
        _ => {}
    }
}

fn scan_fields(object: &mut Object<'_>, scan: &Scan) {
    object.text_if_any("scan_id", scan.scan_id.as_str());
    object.text_if_any("kind", scan.kind);
    object.text("decision", scan.decision.as_str());
    object.integer("status_code", u64::from(scan.status));
    if let Some(code) = scan.error {
        object.text("error", code);
    }
    if !scan.findings.is_empty() {
        object.integer("match_count", scan.findings.len() as u64);
        let mut rules: Vec<&str> = Vec::new();
        for finding in scan.findings.iter().take(MATCHES_NAMED) {
            if !rules.contains(&finding.rule.as_str()) {
                rules.push(finding.rule.as_str());
            }
        }
        object.list("rules", rules.into_iter().take(MAX_PATTERNS));
    }
    object.millis("duration_ms", scan.duration);
}

fn finding_fields(object: &mut Object<'_>, kind: &EventKind, subject: Option<&Subject>) {
    match kind {
        EventKind::Anomaly {
            label,
            reason,
            score,
            would_block,
        } => {
            if let Some(label) = label {
                object.text("scanner", label.as_str());
                technique(object, *label);
            }
            object.text("reason", reason.as_str());
            object.fraction("score", *score);
            would(object, *would_block);
        }
        EventKind::Unscanned { why } => {
            object.text("scanner", Label::Unscanned.as_str());
            object.text("reason", sentence(*why));
            object.fraction("score", 0.0);
        }
        EventKind::ResponseScan {
            action,
            would_block,
            matched,
        } => {
            found(object, *action, *would_block, matched, Label::ResponseScan);
        }
        EventKind::BodyDlp {
            action,
            would_block,
            matched,
        } => {
            found(object, *action, *would_block, matched, Label::BodyDlp);
        }
        EventKind::HeaderDlp {
            header,
            action,
            would_block,
            matched,
        } => {
            object.text("header", header.as_str());
            object.text("action", action.as_str());
            patterns(object, matched);
            technique(object, Label::HeaderDlp);
            would(object, *would_block);
        }
        EventKind::ResponseScanExempt { why, hostname } => {
            object.text("hostname", hostname.as_str());
            object.text("enforcement_type", "response_scanning");
            object.text("reason", why);
        }
        EventKind::DlpWarn { matched } => {
            object.text("mode", "warn");
            object.text("pattern", matched.pattern.as_str());
            object.text("severity", matched.severity.as_str());
            if let Some(subject) = subject {
                object.text("transport", subject.transport.as_str());
            }
            technique(object, Label::Dlp);
        }
        _ => {}
    }
}

fn found(
    object: &mut Object<'_>,
    action: Action,
    would_block: Option<Action>,
    matched: &[Matched],
    label: Label,
) {
    object.text("action", action.as_str());
    object.integer("match_count", matched.len() as u64);
    patterns(object, matched);
    technique(object, label);
    would(object, would_block);
}

/// Each name once.
fn patterns(object: &mut Object<'_>, matched: &[Matched]) {
    let considered = &matched[..matched.len().min(MATCHES_NAMED)];
    let distinct = considered.iter().enumerate().filter(|(place, one)| {
        !considered[..*place]
            .iter()
            .any(|earlier| earlier.pattern == one.pattern)
    });
    object.list(
        "patterns",
        distinct
            .map(|(_, one)| one.pattern.as_str())
            .take(MAX_PATTERNS),
    );
}

fn technique(object: &mut Object<'_>, label: Label) {
    if let Some(id) = label.technique() {
        object.text("mitre_technique", id);
    }
}

fn would(object: &mut Object<'_>, action: Option<Action>) {
    if let Some(action) = action {
        object.text("would_block", action.as_str());
    }
}

const fn sentence(why: Uninspected) -> &'static str {
    match why {
        Uninspected::Tls => "TLS tunnel passed without interception",
        Uninspected::Opaque => "protocol in tunnel passed uninspected",
        Uninspected::Coding => "content coding passed undecoded",
        Uninspected::Oversize => "content larger than the inspection limit passed",
        Uninspected::Disabled => "content passed while scanning is switched off",
    }
}
