//! One head on its way through the stages.

use crate::crossing::{Lane, Sender};
use crate::exchange::Core;
use crate::gate::Shared;
use crate::media::decode_leniently;
use crate::note::Note;
use crate::resolve::{self, Address};
use crate::{Denial, DenialBody, Exchange, Ingress, Judged, Permit, Route, Snapshot, Verdict};
use pipelock_detect::engine::{Kinds, Order, Outcome};
use pipelock_detect::redact;
use pipelock_detect::rule::{Rule, RuleAction};
use pipelock_detect::url::{self, Target, UrlError, UrlReport};
use pipelock_model::Redactor as _;
use pipelock_model::event::{Matched, Subject, Totals};
use pipelock_model::http::{Fields, Method, Origin, RequestHead, Scheme, TargetForm, TargetText};
use pipelock_model::{
    Action, Caller, Clean, Confidence, EventKind, Finding, Label, OwnWords, Reason, RequestId,
};
use pipelock_policy::{AgentName, Enforcement, HeaderScope, Precision};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Fields that identify the client side or that only we may set.
const IDENTITY_FIELDS: &[&str] = &[
    "X-Pipelock-Agent",
    "Pipelock-Mediation",
    "X-Forwarded-For",
    "X-Real-IP",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "Forwarded",
    "Via",
];

/// Boxed: a denial is rare and large, and stages return one in every result.
pub(crate) type Judgement = Result<(), Box<Denial>>;

pub(crate) struct Case<'a> {
    shared: &'a Arc<Shared>,
    snapshot: Arc<Snapshot>,
    head: RequestHead,
    caller: Caller,
    ingress: Ingress<'a>,
    id: RequestId,
    started: Duration,
    target: Option<Target>,
    agent: Clean,
    addrs: Vec<IpAddr>,
    rate_taken: bool,
    /// Random bits that were charged.
    weighed: f64,
    url: UrlText,
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        shared: &'a Arc<Shared>,
        head: RequestHead,
        caller: Caller,
        ingress: Ingress<'a>,
    ) -> Self {
        Self {
            snapshot: shared.snapshot(),
            id: shared.request_id(),
            started: shared.ports.clock.monotonic(),
            target: None,
            agent: Clean::constant(AgentName::ANONYMOUS),
            addrs: Vec::new(),
            rate_taken: false,
            weighed: 0.0,
            url: UrlText::Suspect,
            shared,
            head,
            caller,
            ingress,
        }
    }

    // --- stages -----------------------------------------------------------

    pub(crate) fn kill_switch(&mut self) -> Judgement {
        let Some(source) = self.shared.ports.kill_switch.active() else {
            return Ok(());
        };
        let settings = &self.snapshot.policy.kill_switch;
        if settings
            .allowlist
            .iter()
            .any(|cidr| cidr.contains(self.caller.ip()))
        {
            return Ok(());
        }
        let message = settings.message.clone();
        let endpoint = self.ingress.transport().as_str();
        self.shared.emit(
            Some(self.subject()),
            EventKind::KillSwitchDeny {
                endpoint,
                source,
                message: message.clone(),
            },
        );
        Err(Box::new(Denial {
            status: 503,
            reason: Reason {
                label: Label::KillSwitch,
                text: message,
            },
            hint: None,
            retry_after: None,
            request_id: self.id,
            body: DenialBody::KillSwitch,
        }))
    }

    pub(crate) fn identity(&mut self) -> Judgement {
        let policy = &self.snapshot.policy;
        let said = self
            .head
            .fields
            .get("X-Pipelock-Agent")
            .and_then(|v| std::str::from_utf8(v).ok());
        let redactor = self.snapshot.redactor();
        let name = match (said, &policy.default_agent) {
            (_, Some(bound)) if policy.bind_default_agent => Some(bound.clone()),
            // Redacted first: what the name rules change no longer looks like a secret.
            (Some(said), _) => Some(AgentName::sanitised(&redactor.redact(said, Clean::LIMIT))),
            (None, default) => default.clone(),
        };
        if let Some(name) = name {
            self.agent = Clean::text(&redactor, name.as_str());
        }
        self.head
            .fields
            .retain(|name, value| !is_identity_field(name) && !is_our_signature(name, value));
        Ok(())
    }

    pub(crate) fn url(&mut self) -> Judgement {
        let target = match self.parse_target() {
            Ok(target) => target,
            Err(error) => return Err(self.refuse_url(&error)),
        };
        self.target = Some(target);
        self.scheme()?;
        self.host_field()?;
        self.port()?;
        self.url_layers()?;
        let note = self
            .snapshot
            .judge_addresses(self.parsed().raw().as_bytes());
        self.settle(note.into_iter().collect())
    }

    pub(crate) fn headers(&mut self) -> Judgement {
        let snapshot = Arc::clone(&self.snapshot);
        let Some(request) = &snapshot.policy.request else {
            return Ok(());
        };
        if matches!(request.headers, HeaderScope::Off) {
            return Ok(());
        }
        let mut findings = Vec::new();
        let mut hits = Vec::new();
        let mut judged = true;
        for (name, value) in self.head.fields.iter() {
            for text in [name.as_bytes(), value] {
                let outcome = snapshot.engine.scan(Kinds::DLP, text, &mut findings);
                judged &= outcome == Outcome::Complete;
            }
            if !findings.is_empty() {
                let in_scope = in_header_scope(&request.headers, name);
                hits.extend(
                    findings
                        .drain(..)
                        .filter(|finding| in_scope || snapshot.engine.rule(finding.rule).core)
                        .map(|finding| (name.to_owned(), finding)),
                );
            }
        }
        hits.extend(self.joined_headers(&request.headers));
        if !judged {
            self.enforce_or_note(Label::ContentLimit, "scan budget exceeded", 1.0, 403)?;
        }
        hits.iter()
            .try_for_each(|(name, finding)| self.header_finding(name, finding, request.action))
    }

    /// Secrets that are cut into several of the values in scope.
    fn joined_headers(&self, scope: &HeaderScope) -> Vec<(String, Finding)> {
        let fields = self.head.fields.iter();
        let values = fields.filter(|(name, _)| in_header_scope(scope, name));
        let values: Vec<&[u8]> = values.map(|(_, value)| value).collect();
        let mut found = Vec::new();
        // That there are more ways to join them says nothing about the request.
        let _ = self
            .snapshot
            .engine
            .scan_parts(Kinds::DLP, &values, Order::Forward, &mut found);
        let joined = |finding| ("(joined)".to_owned(), finding);
        found.into_iter().map(joined).collect()
    }

    pub(crate) async fn resolution(&mut self) -> Judgement {
        if let Ingress::Tunnel { peer, .. } = self.ingress {
            self.addrs = vec![peer.ip()];
            return Ok(());
        }
        let shared = Arc::clone(self.shared);
        match resolve::lookup(self.parsed(), &*shared.ports.resolver).await {
            Ok(addrs) => {
                self.addrs = addrs;
                Ok(())
            }
            Err(reason) => Err(self.deny(403, Label::Ssrf, &reason)),
        }
    }

    pub(crate) fn address(&mut self) -> Judgement {
        let rules = &self.snapshot.policy.addresses;
        match resolve::check(self.parsed(), &self.addrs, rules) {
            Address::Allowed => Ok(()),
            Address::Refused(label, reason) => Err(self.deny(403, label, &reason)),
        }
    }

    pub(crate) fn limits(&mut self) -> Judgement {
        let policy = &self.snapshot.policy;
        if policy.rate.is_none() && policy.data_budget.is_none() {
            return Ok(());
        }
        let (rate, data) = (policy.rate, policy.data_budget);
        if let Some(limit) = rate {
            self.rate_taken = self.shared.take_rate(self.parsed(), limit);
            if !self.rate_taken {
                return self.limit_reached(429, Label::RateLimit, "rate limit exceeded for ");
            }
        }
        if data.is_some_and(|limit| self.shared.data_exceeded(self.parsed(), limit)) {
            return self.limit_reached(403, Label::DataBudget, "data budget exceeded for ");
        }
        Ok(())
    }

    /// What the query adds to what the session sent before.
    pub(crate) fn cross_request(&mut self) -> Judgement {
        if self.snapshot.policy.cross_request.is_none() {
            return Ok(());
        }
        let (snapshot, shared) = (Arc::clone(&self.snapshot), Arc::clone(self.shared));
        let crossing = &shared.crossing;
        let sender = self.sender(&snapshot);
        if matches!(self.ingress, Ingress::Connect) {
            let spent = crossing.is_spent(&sender);
            return self.settle(spent.into_iter().collect());
        }
        let query = Query::read(self.parsed().query().unwrap_or_default());
        let (mut notes, mut traces) = crossing.pieces(&sender, Lane::Values, &query.values);
        let (more, names) = crossing.pieces(&sender, Lane::Keys, &query.keys);
        notes.extend(more);
        traces.extend(names);
        if !notes.iter().any(Note::stops) {
            let (over, bits) = crossing.weigh(&sender, &query.values);
            notes.extend(over);
            self.weighed = bits;
        }
        self.settle(notes)?;
        crossing.keep(&self.sender(&snapshot), traces);
        Ok(())
    }

    pub(crate) fn evidence(&mut self) -> Judgement {
        let Some(recorder) = &self.shared.ports.recorder else {
            return Ok(());
        };
        recorder.permit(&self.subject()).map_err(|_| {
            self.deny(
                403,
                Label::ReceiptUnavailable,
                "evidence is required and cannot be recorded",
            )
        })
    }

    pub(crate) fn permit(mut self) -> Verdict {
        let subject = self.subject();
        let Some(target) = self.target.take() else {
            return Verdict::Deny(*self.deny(500, Label::Internal, "no target"));
        };
        let path = match self.head.form {
            TargetForm::Asterisk => "*",
            // RFC 9112 §3.2.4: without a path it is about the server.
            TargetForm::Absolute
                if self.head.method == Method::Options && names_no_path(&self.head.target.0) =>
            {
                "*"
            }
            _ => target.path_and_query(),
        };
        let route = Route {
            origin: target.origin.clone(),
            target: TargetText(path.to_owned()),
        };
        let authority = authority(&target.origin);
        let addrs = self
            .addrs
            .iter()
            .map(|ip| SocketAddr::new(*ip, target.port()))
            .collect();
        let mut head = self.head;
        set_once(&mut head.fields, "Host", authority.as_bytes());
        if head.method != Method::Connect {
            // Until decoders exist: what cannot be read is not asked for.
            set_once(&mut head.fields, "Accept-Encoding", b"identity");
        }
        let core = Core::new(
            Arc::clone(self.shared),
            self.snapshot,
            subject,
            target,
            self.started,
            self.rate_taken,
        );
        core.weighed(self.weighed);
        let exchange = Exchange::new(core, &head);
        Verdict::Allow(Box::new(Permit {
            head: Judged::new(head),
            route,
            addrs,
            exchange,
        }))
    }

    // --- the URL stage in parts ---------------------------------------------

    fn parse_target(&self) -> Result<Target, UrlError> {
        let text = &self.head.target.0;
        match (self.ingress, self.head.form) {
            (Ingress::Connect, TargetForm::Authority) => Target::authority(text),
            (_, TargetForm::Absolute) => Target::parse(text),
            (Ingress::Tunnel { origin, .. }, TargetForm::Origin) => Target::parse(&format!(
                "http://{}{text}",
                authority(&Origin {
                    scheme: Scheme::Http,
                    ..origin.clone()
                })
            )),
            (Ingress::Tunnel { origin, .. }, TargetForm::Asterisk) => Target::parse(&format!(
                "http://{}/",
                authority(&Origin {
                    scheme: Scheme::Http,
                    ..origin.clone()
                })
            )),
            _ => Err(UrlError::Invalid),
        }
    }

    /// Without TLS of our own a cleartext request for an `https` target would show
    /// everybody what the client believes to be private.
    fn scheme(&mut self) -> Judgement {
        let cleartext = !matches!(self.ingress, Ingress::Connect);
        if cleartext && self.parsed().origin.scheme == Scheme::Https {
            return Err(self.deny(501, Label::Scheme, "https targets need CONNECT"));
        }
        Ok(())
    }

    /// `Host` must name the authority of the target (RFC 9112 §3.2.2). A missing
    /// port names no other one: CONNECT clients differ there.
    fn host_field(&mut self) -> Judgement {
        let origin = &self.parsed().origin;
        let expected = match self.ingress {
            Ingress::Tunnel { origin, .. } => (origin, Label::TlsAuthorityMismatch),
            _ => (origin, Label::Parser),
        };
        let (want, label) = expected;
        let tunnel = !matches!(self.ingress, Ingress::Forward);
        let agrees = |text: &str| {
            let named = url::host_of_authority(text, origin.scheme);
            named.is_ok_and(|(host, port)| {
                host == want.host && (port == want.port || (tunnel && !names_port(text)))
            })
        };
        let host_agrees = self
            .head
            .fields
            .get("Host")
            .is_none_or(|value| std::str::from_utf8(value).is_ok_and(agrees));
        let target_agrees = origin.host == want.host && origin.port == want.port;
        match (host_agrees && target_agrees, label) {
            (true, _) => Ok(()),
            (false, Label::TlsAuthorityMismatch) => {
                Err(self.deny(403, label, "authority mismatch"))
            }
            (false, _) => {
                Err(self.deny(400, label, "Host differs from the authority of the target"))
            }
        }
    }

    fn port(&mut self) -> Judgement {
        let port = self.parsed().port();
        let ports = self
            .snapshot
            .policy
            .forward
            .as_ref()
            .and_then(|f| f.allowed_ports.as_ref());
        if ports.is_none_or(|ports| ports.contains(&port)) {
            return Ok(());
        }
        self.enforce_or_note(
            Label::Allowlist,
            &format!("port {port} not allowed"),
            1.0,
            403,
        )
    }

    fn url_layers(&mut self) -> Judgement {
        let snapshot = Arc::clone(&self.snapshot);
        let report = judge_url(&snapshot, self.parsed());
        for finding in &report.warned {
            let rule = snapshot.engine.rule(finding.rule);
            if placeholders_block(&snapshot, finding) {
                let (label, reason) = placeholder_block(rule);
                self.enforce_or_note(label, &reason, 1.0, 403)?;
            } else {
                self.emit(EventKind::DlpWarn {
                    matched: matched(rule),
                });
            }
        }
        for signal in &report.signals {
            self.emit(EventKind::Anomaly {
                label: Some(signal.label()),
                reason: Clean::constant(signal.reason()),
                score: 0.3,
                would_block: None,
            });
        }
        if let Some(block) = &report.blocked
            && matches!(block.label, Label::Entropy | Label::SubdomainEntropy)
        {
            self.url = UrlText::Random;
        } else if report.warned.is_empty() && report.blocked.is_none() && !report.exempted {
            self.url = UrlText::Clean;
        }
        match report.blocked {
            Some(block) => self.enforce_or_note(block.label, &block.reason, block.score, 403),
            None => Ok(()),
        }
    }

    fn refuse_url(&mut self, error: &UrlError) -> Box<Denial> {
        let label = error.label();
        let status = if label == Label::Parser { 400 } else { 403 };
        self.deny(status, label, &error.reason())
    }

    fn header_finding(&mut self, name: &str, finding: &Finding, wish: Action) -> Judgement {
        let snapshot = Arc::clone(&self.snapshot);
        let rule = snapshot.engine.rule(finding.rule);
        let spared = self.target.as_ref().is_some_and(|target| {
            rule.exempt.matches(target.host()).is_some() || snapshot.suppresses(rule, target.raw())
        });
        if !rule.core && spared {
            return Ok(());
        }
        let resolved = resolve_action(&snapshot, rule, finding, wish);
        let redactor = snapshot.redactor();
        self.emit(EventKind::HeaderDlp {
            header: Clean::text(&redactor, name),
            action: resolved.action,
            would_block: resolved.would,
            matched: vec![matched(rule)],
        });
        if resolved.action == Action::Block {
            return Err(self.deny(403, Label::HeaderDlp, "request header contains secret"));
        }
        Ok(())
    }

    // --- denying -------------------------------------------------------------

    /// Detect-only instances note what enforcement would have refused.
    fn enforce_or_note(
        &mut self,
        label: Label,
        reason: &str,
        score: f64,
        status: u16,
    ) -> Judgement {
        if self.snapshot.policy.enforcement == Enforcement::Enforce {
            return Err(self.deny(status, label, reason));
        }
        let reason = Clean::text(&self.snapshot.redactor(), &told(label, reason));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a score lies between 0 and 1"
        )]
        let score = score as f32;
        self.emit(EventKind::Anomaly {
            label: Some(label),
            reason,
            score,
            would_block: Some(Action::Block),
        });
        Ok(())
    }

    /// Tells of notes, or refuses for the first that stops it.
    fn settle(&mut self, notes: Vec<Note>) -> Judgement {
        for note in notes {
            if note.stops() {
                return Err(self.deny(403, note.label, &note.reason));
            }
            self.emit(note.event(&self.snapshot));
        }
        Ok(())
    }

    fn limit_reached(&mut self, status: u16, label: Label, words: &str) -> Judgement {
        let reason = format!("{words}{}", self.parsed().host());
        let judged = self.enforce_or_note(label, &reason, 0.7, status);
        judged.map_err(|mut denial| {
            denial.retry_after = Some(60);
            denial
        })
    }

    /// Refuses: gives the rate slot back, tells the observers, shapes the reply.
    fn deny(&mut self, status: u16, label: Label, reason: &str) -> Box<Denial> {
        self.give_back_rate_slot();
        if self.snapshot.policy.cross_request.is_some() {
            let bits = std::mem::take(&mut self.weighed);
            let crossing = &self.shared.crossing;
            crossing.forget(self.caller.ip(), self.id.0, bits);
        }
        let redactor = self.snapshot.redactor();
        let text = Clean::text(&redactor, &told(label, reason));
        let hint = self
            .snapshot
            .policy
            .explain_blocks
            .then(|| Clean::text(&redactor, &url::hint(label, self.target.as_ref())));
        let totals = Totals {
            status,
            duration: self.elapsed(),
            ..Totals::default()
        };
        self.emit(EventKind::Blocked {
            label,
            reason: text.clone(),
            totals,
        });
        Box::new(Denial {
            status,
            reason: Reason { label, text },
            hint,
            retry_after: None,
            request_id: self.id,
            body: match (status, self.ingress) {
                (400 | 501, _) => DenialBody::Plain,
                (_, Ingress::Connect) => DenialBody::Connect,
                _ => DenialBody::Blocked,
            },
        })
    }

    fn give_back_rate_slot(&mut self) {
        if std::mem::take(&mut self.rate_taken) {
            self.shared.give_rate_back(self.parsed());
        }
    }

    // --- small things -----------------------------------------------------------

    fn parsed(&self) -> &Target {
        self.target
            .as_ref()
            .expect("the URL stage ran first and kept its target")
    }

    fn sender<'s>(&'s self, snapshot: &'s Snapshot) -> Sender<'s> {
        Sender {
            snapshot,
            target: self.parsed(),
            session: self.caller.ip(),
            owner: self.id.0,
            now_ms: self.shared.now_ms(),
        }
    }

    fn elapsed(&self) -> Duration {
        self.shared
            .ports
            .clock
            .monotonic()
            .saturating_sub(self.started)
    }

    fn emit(&self, kind: EventKind) {
        self.shared.emit(Some(self.subject()), kind);
    }

    fn subject(&self) -> Subject {
        Subject {
            transport: self.ingress.transport(),
            method: method_text(&self.snapshot, &self.head.method),
            target: self.shown_target(),
            client_ip: self.caller.ip(),
            request_id: self.id,
            agent: self.agent.clone(),
            profile: "_default",
        }
    }

    fn shown_target(&self) -> Clean {
        let redactor = self.snapshot.redactor();
        match (&self.target, self.ingress) {
            // What no parser reads, no rule can search.
            (None, _) => Clean::constant("[redacted-url]"),
            (Some(target), Ingress::Connect) => {
                Clean::text(&redactor, &format!("{}:{}", target.host(), target.port()))
            }
            (Some(target), _) if self.url == UrlText::Clean => Clean::url(&Searched, target.raw()),
            (Some(target), _) if self.url == UrlText::Random => {
                let (scheme, domain) = (target.origin.scheme.as_str(), target.registrable());
                Clean::text(&redactor, &format!("{scheme}://{domain}/[redacted]"))
            }
            (Some(target), _) => Clean::url(&redactor, target.raw()),
        }
    }
}

/// What a query carries: values in wire order, bare words among them, and the names.
struct Query {
    values: Vec<u8>,
    keys: Vec<u8>,
}

impl Query {
    fn read(query: &str) -> Self {
        let (mut values, mut keys) = (Vec::new(), Vec::new());
        for pair in query.split('&') {
            let value = match pair.split_once('=') {
                Some((key, value)) => {
                    keys.extend_from_slice(&decode_leniently(key.as_bytes()));
                    value
                }
                None => pair,
            };
            values.extend_from_slice(&decode_leniently(value.as_bytes()));
        }
        Self { values, keys }
    }
}

/// The text layers of a URL, without what the operator's file silences there.
pub(crate) fn judge_url(snapshot: &Snapshot, target: &Target) -> UrlReport {
    let spares = |rule: &Rule| snapshot.suppresses(rule, target.raw());
    url::judge_sparing(target, &snapshot.policy.url, &snapshot.engine, spares)
}

/// True when a match that only warns blocks as in the reference.
pub(crate) fn placeholders_block(snapshot: &Snapshot, finding: &Finding) -> bool {
    snapshot.policy.precision == Precision::Reference
        && snapshot.engine.rule(finding.rule).action == RuleAction::Enforce
}

/// Label and reason of such a match.
pub(crate) fn placeholder_block(rule: &Rule) -> (Label, String) {
    let label = if rule.core {
        Label::CoreDlp
    } else {
        Label::Dlp
    };
    let reason = format!("DLP match: {} ({})", rule.name, rule.severity.as_str());
    (label, reason)
}

/// A reason about randomness quotes the random part: a secret that no rule knows.
pub(crate) fn told(label: Label, reason: &str) -> Cow<'_, str> {
    let quoted = reason.find('"').zip(reason.rfind('"'));
    match (label, quoted) {
        (Label::Entropy | Label::SubdomainEntropy, Some((start, end))) if start < end => {
            Cow::Owned(format!("{}[redacted]{}", &reason[..=start], &reason[end..]))
        }
        _ => Cow::Borrowed(reason),
    }
}

/// What the URL stage found out about showing the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UrlText {
    /// Not searched, or it holds a match: the redactor decides.
    Suspect,
    /// Part of it is random: a secret that no rule knows. Only the domain is shown.
    Random,
    /// Searched, nothing found.
    Clean,
}

/// For URLs in which the URL stage found no secret: the rest of the redaction.
struct Searched;

impl pipelock_model::Redactor for Searched {
    fn redact(&self, text: &str, limit: usize) -> String {
        redact::clean_url(text, limit)
    }

    fn redact_url(&self, url: &str, limit: usize) -> String {
        redact::clean_url(url, limit)
    }
}

fn method_text(snapshot: &Snapshot, method: &Method) -> Clean {
    match method {
        Method::Get => Clean::constant("GET"),
        Method::Post => Clean::constant("POST"),
        Method::Connect => Clean::constant("CONNECT"),
        other => Clean::text(&snapshot.redactor(), other.as_str()),
    }
}

/// `host`, or `host:port` when the port is not the scheme's.
fn authority(origin: &Origin) -> String {
    if origin.port == origin.scheme.default_port() {
        origin.host.to_string()
    } else {
        format!("{}:{}", origin.host, origin.port)
    }
}

/// Sets a field, leaving the head as it was sent where it already says so.
fn set_once(fields: &mut Fields, name: &str, value: &[u8]) {
    let mut values = fields.values(name);
    let already = values.next() == Some(value) && values.next().is_none();
    drop(values);
    if !already {
        fields.set(name, value);
    }
}

fn names_port(authority: &str) -> bool {
    authority
        .rsplit(']')
        .next()
        .is_some_and(|rest| rest.contains(':'))
}

fn names_no_path(absolute: &str) -> bool {
    absolute
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']))
}

/// Fields that identify the client side or that only we may set.
pub(crate) fn is_identity_field(name: &str) -> bool {
    IDENTITY_FIELDS
        .iter()
        .any(|field| field.eq_ignore_ascii_case(name))
}

/// RFC 9421 signatures: a dictionary, of which any member may pose as ours.
fn is_our_signature(name: &str, value: &[u8]) -> bool {
    (name.eq_ignore_ascii_case("Signature") || name.eq_ignore_ascii_case("Signature-Input"))
        && value
            .split(|byte| *byte == b',')
            .any(|member| member.trim_ascii_start().starts_with(b"pipelock"))
}

fn in_header_scope(scope: &HeaderScope, name: &str) -> bool {
    let listed = |names: &std::collections::BTreeSet<String>| {
        names.iter().any(|have| have.eq_ignore_ascii_case(name))
    };
    match scope {
        HeaderScope::Off => false,
        HeaderScope::Sensitive(names) => listed(names),
        HeaderScope::AllBut(names) => !listed(names),
    }
}

pub(crate) fn matched(rule: &Rule) -> Matched {
    // A rule's name comes from a rule file or the operator's own file, never from traffic.
    Matched {
        pattern: Clean::text(&Names, &rule.name),
        severity: rule.severity,
    }
}

/// Rule names need no redaction, only a bound.
struct Names;

impl pipelock_model::Redactor for Names {
    fn redact(&self, text: &str, limit: usize) -> String {
        OwnWords.redact(text, limit.min(128))
    }

    fn redact_url(&self, url: &str, limit: usize) -> String {
        self.redact(url, limit)
    }
}

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// What is done.
    pub(crate) action: Action,
    /// What enforcement would have done.
    pub(crate) would: Option<Action>,
}

/// The one place where a wish becomes an action: the rule's own action,
/// confidence, approval and the enforcement mode all resolve here.
pub(crate) fn resolve_action(
    snapshot: &Snapshot,
    rule: &Rule,
    finding: &Finding,
    wish: Action,
) -> Resolved {
    let policy = &snapshot.policy;
    let placeholder =
        finding.confidence == Confidence::Low && policy.precision == Precision::Improved;
    if rule.action == RuleAction::Warn || placeholder {
        return Resolved {
            action: wish.min(Action::Warn),
            would: None,
        };
    }
    // Nobody can be asked on this path yet.
    let wish = if wish == Action::Ask {
        Action::Block
    } else {
        wish
    };
    match policy.enforcement {
        Enforcement::DetectOnly if wish.acts() => Resolved {
            action: Action::Warn,
            would: Some(wish),
        },
        _ => Resolved {
            action: wish,
            would: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_about_randomness_does_not_quote_it() {
        let cases = [
            (
                Label::Entropy,
                "high entropy query key \"k\"x\" (5.00 > 4.50 threshold)",
                "high entropy query key \"[redacted]\" (5.00 > 4.50 threshold)",
            ),
            (
                Label::SubdomainEntropy,
                "high entropy subdomain label \"q\" (4.10)",
                "high entropy subdomain label \"[redacted]\" (4.10)",
            ),
            (
                Label::Entropy,
                "high entropy path segment (5.00 > 4.50 threshold)",
                "high entropy path segment (5.00 > 4.50 threshold)",
            ),
            (
                Label::Scheme,
                "scheme \"ftp\" not allowed",
                "scheme \"ftp\" not allowed",
            ),
        ];
        for (label, reason, wanted) in cases {
            assert_eq!(told(label, reason), wanted);
        }
    }
}
