//! The text layers of the URL pipeline, in their order.

use super::{Target, decode, scan, subdomain, views};
use crate::domain::DomainSet;
use crate::engine::{Engine, Outcome};
use crate::entropy::{self, LENGTH_MIN};
use crate::rule::{Rule, RuleAction};
use pipelock_model::http::Host;
use pipelock_model::{Confidence, Finding, Label};
use std::borrow::Cow;

/// Settings of the text layers.
#[derive(Debug, Clone, PartialEq)]
pub struct UrlRules {
    /// Hosts that strict mode reaches; `None` in other modes.
    pub allowlist: Option<DomainSet>,
    /// Hosts that are refused in every mode.
    pub blocklist: DomainSet,
    /// Bits a character in path segments and queries.
    pub entropy_threshold: f64,
    /// The same in host labels.
    pub subdomain_entropy_threshold: f64,
    /// Hosts whose labels and path segments may be random.
    pub subdomain_entropy_exclusions: DomainSet,
    /// Longest URL in bytes, fragment included.
    pub max_url_length: usize,
}

/// Sites whose purpose is to take whatever is posted.
const DEFAULT_BLOCKLIST: [&str; 6] = [
    "*.pastebin.com",
    "*.hastebin.com",
    "*.paste.ee",
    "*.transfer.sh",
    "*.file.io",
    "*.requestbin.com",
];

/// The `balanced` preset.
impl Default for UrlRules {
    fn default() -> Self {
        Self {
            allowlist: None,
            blocklist: DomainSet::new(DEFAULT_BLOCKLIST),
            entropy_threshold: 4.5,
            subdomain_entropy_threshold: 4.0,
            subdomain_entropy_exclusions: DomainSet::default(),
            max_url_length: 2048,
        }
    }
}

/// What the layers say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UrlReport {
    /// The first layer that refuses.
    pub blocked: Option<UrlBlock>,
    /// DLP matches that only warn, one a rule.
    pub warned: Vec<Finding>,
    /// Other things worth a line in a log.
    pub signals: Vec<Signal>,
    /// A match was let pass because its rule exempts the host: the URL still holds it.
    pub exempted: bool,
}

/// Worth a look, and never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A dot-dot segment in the query.
    QueryTraversal,
}

impl Signal {
    /// The layer to which it belongs.
    #[must_use]
    pub const fn label(self) -> Label {
        match self {
            Self::QueryTraversal => Label::PathTraversal,
        }
    }

    /// The sentence of the event.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::QueryTraversal => "path traversal sequence in query",
        }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct UrlBlock {
    /// The layer.
    pub label: Label,
    /// The sentence. It may repeat a host, a query key or a pattern name, so it goes
    /// through the redactor like any other text.
    pub reason: String,
    /// 0 to 1.
    pub score: f64,
    /// The DLP match, where one is the cause.
    pub finding: Option<Finding>,
}

impl UrlBlock {
    fn new(label: Label, reason: impl Into<String>, score: f64) -> Option<Self> {
        Some(Self {
            label,
            reason: reason.into(),
            score,
            finding: None,
        })
    }
}

/// Runs every text layer until one refuses. Whether that is enforced is not
/// decided here. Allocates nothing for a clean URL without escapes.
#[must_use]
pub fn judge(target: &Target, rules: &UrlRules, engine: &Engine) -> UrlReport {
    judge_sparing(target, rules, engine, |_| false)
}

/// As [`judge`], without the matches of rules that `spares` names. The floor is never
/// spared.
#[must_use]
pub fn judge_sparing(
    target: &Target,
    rules: &UrlRules,
    engine: &Engine,
    spares: impl Fn(&Rule) -> bool,
) -> UrlReport {
    let mut report = UrlReport::default();
    report.blocked = lines_and_dots(target, &mut report.signals)
        .or_else(|| lists(target, rules))
        .or_else(|| dlp(target, rules, engine, spares, &mut report))
        .or_else(|| length(target, rules))
        .or_else(|| randomness(target, rules))
        .or_else(|| host_randomness(target, rules));
    report
}

fn lines_and_dots(target: &Target, signals: &mut Vec<Signal>) -> Option<UrlBlock> {
    if let Some(sentence) = scan::line_end(&target.raw[..target.end]) {
        return UrlBlock::new(Label::CrlfInjection, sentence, 0.9);
    }
    if let Some(sentence) = scan::traversal(target.path()) {
        return UrlBlock::new(Label::PathTraversal, sentence, 0.7);
    }
    if target.query().is_some_and(scan::query_traversal) {
        signals.push(Signal::QueryTraversal);
    }
    None
}

fn lists(target: &Target, rules: &UrlRules) -> Option<UrlBlock> {
    let host = target.host();
    if rules
        .allowlist
        .as_ref()
        .is_some_and(|list| list.matches(host).is_none())
    {
        return UrlBlock::new(
            Label::Allowlist,
            format!("domain not in allowlist: {host}"),
            1.0,
        );
    }
    let pattern = rules.blocklist.matches(host)?;
    UrlBlock::new(
        Label::Blocklist,
        format!("domain blocked: {host} matches {pattern}"),
        1.0,
    )
}

/// Of a URL that is too long anyway only the permitted length is searched, so that
/// an alarm about a secret keeps its label and a long URL costs no more than a
/// short one.
fn dlp(
    target: &Target,
    rules: &UrlRules,
    engine: &Engine,
    spares: impl Fn(&Rule) -> bool,
    report: &mut UrlReport,
) -> Option<UrlBlock> {
    let UrlReport {
        warned, exempted, ..
    } = report;
    let mut found = Vec::new();
    let outcome = views::search(target, rules.max_url_length, engine, &mut found);
    let mut worst: Option<(&Rule, Finding)> = None;
    for finding in found {
        let rule = engine.rule(finding.rule);
        if !rule.core && (rule.exempt.matches(target.host()).is_some() || spares(rule)) {
            *exempted = true;
            continue;
        }
        let acts = rule.action == RuleAction::Enforce && finding.confidence != Confidence::Low;
        if !acts {
            if !warned.iter().any(|known| known.rule == finding.rule) {
                warned.push(finding);
            }
        } else if worst
            .as_ref()
            .is_none_or(|(first, other)| rank(rule, &finding) < rank(first, other))
        {
            worst = Some((rule, finding));
        }
    }
    match worst {
        Some((rule, finding)) => Some(dlp_block(rule, finding)),
        None if outcome == Outcome::BudgetExceeded => UrlBlock::new(
            Label::ContentLimit,
            "URL scan exceeded its work budget",
            1.0,
        ),
        None => None,
    }
}

/// Core rules first, then the order of the rules.
const fn rank(rule: &Rule, finding: &Finding) -> (bool, u16) {
    (!rule.core, finding.rule.0)
}

fn dlp_block(rule: &Rule, finding: Finding) -> UrlBlock {
    let (label, prefix) = if rule.core {
        (Label::CoreDlp, "core DLP match")
    } else {
        (Label::Dlp, "DLP match")
    };
    let reason = format!("{prefix}: {} ({})", rule.name, rule.severity.as_str());
    UrlBlock {
        label,
        reason,
        score: 1.0,
        finding: Some(finding),
    }
}

fn length(target: &Target, rules: &UrlRules) -> Option<UrlBlock> {
    let (len, max) = (target.raw.len(), rules.max_url_length);
    if len <= max {
        return None;
    }
    UrlBlock::new(
        Label::Length,
        format!("URL length {len} exceeds maximum {max}"),
        0.8,
    )
}

fn randomness(target: &Target, rules: &UrlRules) -> Option<UrlBlock> {
    let threshold = rules.entropy_threshold;
    let excluded = rules
        .subdomain_entropy_exclusions
        .matches(target.host())
        .is_some();
    if !excluded {
        let found = random_segment(target.path(), threshold);
        if let Some(bits) = found {
            return entropy_block("path segment", bits, threshold);
        }
    }
    target.query()?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = || decoded(key, Plus::Blank);
        let named =
            |what, bits| entropy_block(&format!("{what} {:?}", shown(&name())), bits, threshold);
        random(key, Plus::Blank, threshold)
            .and_then(|bits| named("query key", bits))
            .or_else(|| {
                random(value, Plus::Blank, threshold).and_then(|bits| named("query param", bits))
            })
    })
}

/// Segments are those of the decoded path, never longer than as sent.
fn random_segment(path: &str, threshold: f64) -> Option<f64> {
    let long = path.split('/').any(|segment| segment.len() >= LENGTH_MIN);
    long.then(|| decoded(path, Plus::Kept))?
        .split('/')
        .find_map(|segment| random(segment, Plus::Kept, threshold))
}

/// The entropy of a piece, if it is long and random. Decoding makes nothing longer,
/// so that short pieces cost nothing.
fn random(piece: &str, plus: Plus, threshold: f64) -> Option<f64> {
    if piece.len() < LENGTH_MIN {
        return None;
    }
    let text = match plus {
        Plus::Blank => decoded(piece, plus),
        Plus::Kept => Cow::Borrowed(piece),
    };
    if text.len() < LENGTH_MIN {
        return None;
    }
    entropy::above(&text, threshold).filter(|_| !entropy::is_low_risk(&text))
}

fn entropy_block(what: &str, bits: f64, threshold: f64) -> Option<UrlBlock> {
    let reason = format!("high entropy {what} ({bits:.2} > {threshold:.2} threshold)");
    UrlBlock::new(Label::Entropy, reason, entropy_score(bits))
}

/// A key is the attacker's text: enough of it to know it again.
fn shown(key: &str) -> &str {
    crate::redact::prefix(key, 64)
}

pub(super) fn entropy_score(bits: f64) -> f64 {
    (bits / 8.0).min(1.0)
}

fn host_randomness(target: &Target, rules: &UrlRules) -> Option<UrlBlock> {
    let Host::Name(name) = target.host() else {
        return None;
    };
    let found = subdomain::judge(name, rules.subdomain_entropy_threshold)?;
    if rules
        .subdomain_entropy_exclusions
        .matches(target.host())
        .is_some()
    {
        return None;
    }
    UrlBlock::new(Label::SubdomainEntropy, found.reason, found.score)
}

/// What a plus sign means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Kept,
    Blank,
}

fn decoded(text: &str, plus: Plus) -> Cow<'_, str> {
    let bytes = match plus {
        Plus::Blank => decode::form_decoded(text.as_bytes()),
        Plus::Kept if text.contains('%') => Cow::Owned(decode::once(text.as_bytes())),
        Plus::Kept => Cow::Borrowed(text.as_bytes()),
    };
    match bytes {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
