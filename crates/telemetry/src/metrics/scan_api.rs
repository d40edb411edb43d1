//! The scan API.

use super::page::{Metric, Page};
use super::registry::{Gauge, Grid, Histogram};
use super::{Fact, Family};
use pipelock_model::event::{Scan, ScanDecision};
use pipelock_model::{EventKind, Severity};
use std::array;

const REQUESTS: Metric = Metric::counter(
    "scan_api_requests_total",
    "Requests of the scan API by what was decided.",
);
const DURATION: Metric = Metric::histogram(
    "scan_api_duration_seconds",
    "From a request to its decision.",
);
const DURATION_BOUNDS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];
const FINDINGS: Metric = Metric::counter(
    "scan_api_findings_total",
    "Findings of the scan API, those that only warn included.",
);
const ERRORS: Metric = Metric::counter(
    "scan_api_errors_total",
    "Requests of the scan API without a decision, by their error.",
);
const INFLIGHT: Metric = Metric::gauge(
    "scan_api_inflight_requests",
    "Requests of the scan API that are being read or judged.",
);

/// The last two: a word that is no kind, and nothing known yet.
const KINDS: [&str; 6] = ["url", "dlp", "prompt_injection", "tool_call", "unknown", ""];
/// Kinds that exist from the start.
const USUAL: usize = 4;
/// Every status that an error may have; a client that left saw none.
const STATUSES: [u16; 7] = [0, 400, 401, 405, 429, 500, 503];
const STATUS_WORDS: [&str; 7] = ["0", "400", "401", "405", "429", "500", "503"];
const SCANNERS: [&str; 4] = ["url", "dlp", "prompt_injection", "other"];
const SEVERITIES: [Severity; 4] = [
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];
const CODES: [&str; 16] = [
    "method_not_allowed",
    "unauthorized",
    "rate_limited",
    "kill_switch_active",
    "scan_deadline_exceeded",
    "scan_unavailable",
    "read_error",
    "body_too_large",
    "invalid_json",
    "invalid_kind",
    "kind_disabled",
    "invalid_input",
    "request_canceled",
    "internal_error",
    "config_unavailable",
    "other",
];

pub(super) struct ScanApi {
    decided: Grid<{ KINDS.len() }, 2>,
    failed: Grid<{ KINDS.len() }, { STATUSES.len() }>,
    duration: [Histogram<{ DURATION_BOUNDS.len() }>; KINDS.len()],
    findings: Grid<{ KINDS.len() }, { SCANNERS.len() * SEVERITIES.len() }>,
    errors: Grid<{ KINDS.len() }, { CODES.len() }>,
    inflight: Gauge,
}

impl Default for ScanApi {
    fn default() -> Self {
        Self {
            decided: Grid::default(),
            failed: Grid::default(),
            duration: array::from_fn(|_| Histogram::new(&DURATION_BOUNDS)),
            findings: Grid::default(),
            errors: Grid::default(),
            inflight: Gauge::default(),
        }
    }
}

/// The place of a word, or the last one.
fn place(words: &[&str], word: &str) -> usize {
    let at = words.iter().position(|known| *known == word);
    at.unwrap_or(words.len() - 1)
}

impl ScanApi {
    fn ended(&self, scan: &Scan) {
        let kind = place(&KINDS, scan.kind);
        match scan.decision {
            ScanDecision::Allow => self.decided.inc(kind, 0),
            ScanDecision::Deny => self.decided.inc(kind, 1),
            ScanDecision::Error => {
                let status = STATUSES.iter().position(|known| *known == scan.status);
                self.failed.inc(kind, status.unwrap_or(0));
                let code = place(&CODES, scan.error.unwrap_or_default());
                self.errors.inc(kind, code);
            }
        }
        if let Some(histogram) = self.duration.get(kind) {
            histogram.observe(scan.duration);
        }
        for finding in &scan.findings {
            let scanner = place(&SCANNERS, finding.scanner);
            let column = scanner * SEVERITIES.len() + finding.severity as usize;
            self.findings.inc(kind, column);
        }
    }

    fn requests(&self, page: &mut Page) {
        let mut samples = page.open(&REQUESTS);
        let rows = self.decided.rows().zip(self.failed.rows());
        for (at, (kind, (decided, failed))) in KINDS.into_iter().zip(rows).enumerate() {
            for (decision, count) in ["allow", "deny"].into_iter().zip(decided.values()) {
                let labels = [
                    ("kind", kind),
                    ("decision", decision),
                    ("status_code", "200"),
                ];
                if count > 0 || at < USUAL {
                    samples.sample(&labels, count);
                }
            }
            for (status, count) in STATUS_WORDS.into_iter().zip(failed.values()) {
                let labels = [
                    ("kind", kind),
                    ("decision", "error"),
                    ("status_code", status),
                ];
                if count > 0 {
                    samples.sample(&labels, count);
                }
            }
        }
    }
}

impl Family for ScanApi {
    fn fold(&self, fact: &Fact<'_>) {
        match fact.kind {
            EventKind::ScanStarted => self.inflight.add(1),
            EventKind::ScanEnded(scan) => {
                self.inflight.add(-1);
                self.ended(scan);
            }
            _ => {}
        }
    }

    fn expose(&self, page: &mut Page) {
        self.requests(page);
        let mut samples = page.open(&DURATION);
        for (kind, histogram) in KINDS.into_iter().zip(&self.duration).take(USUAL) {
            samples.labelled_histogram(&[("kind", kind)], histogram);
        }
        let mut samples = page.open(&FINDINGS);
        for (kind, row) in KINDS.into_iter().zip(self.findings.rows()) {
            let columns = SCANNERS
                .into_iter()
                .flat_map(|scanner| SEVERITIES.map(|severity| (scanner, severity)));
            for ((scanner, severity), count) in columns.zip(row.values()) {
                let severity = severity.as_str();
                if count > 0 {
                    let labels = [("kind", kind), ("scanner", scanner), ("severity", severity)];
                    samples.sample(&labels, count);
                }
            }
        }
        let mut samples = page.open(&ERRORS);
        for (kind, row) in KINDS.into_iter().zip(self.errors.rows()) {
            for (code, count) in CODES.into_iter().zip(row.values()) {
                if count > 0 {
                    samples.sample(&[("kind", kind), ("error_code", code)], count);
                }
            }
        }
        page.open(&INFLIGHT).sample(&[], self.inflight.get());
    }
}
