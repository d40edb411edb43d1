//! What detectors found, and what they were not shown.

use super::page::{Metric, Page};
use super::registry::{Grid, Keyed, Row};
use super::requests::by_agent;
use super::{DEFAULT_PROFILE, Fact, Family, PROFILES, TRANSPORTS};
use pipelock_model::event::Uninspected;
use pipelock_model::{Action, EventKind, Label};

const BODY_DLP: Metric = Metric::counter(
    "body_dlp_hits_total",
    "Request bodies with a secret, by what was done.",
);
const HEADER_DLP: Metric = Metric::counter(
    "header_dlp_hits_total",
    "Request headers with a secret, by what was done.",
);
const ACTIONS: [Action; 5] = [
    Action::Allow,
    Action::Warn,
    Action::Strip,
    Action::Ask,
    Action::Block,
];

const DLP_WARN: Metric = Metric::counter(
    "dlp_warn_matches_total",
    "Matches of patterns that only warn.",
);
/// Patterns with a series of their own; operators name patterns as they like.
const PATTERNS: usize = 256;

const EXEMPT: Metric = Metric::counter(
    "response_scan_exempt_total",
    "Responses that were not scanned for injection.",
);
const EXEMPTIONS: [&str; 3] = ["exempt_domain", "suppress", "other"];

const WOULD_BLOCK: Metric = Metric::counter(
    "would_block_total",
    "Findings that enforcement would have acted on.",
);

const UNSCANNED: Metric =
    Metric::counter("unscanned_total", "Content that passed without inspection.");

pub(super) struct Findings {
    body_dlp: Keyed<Row<{ ACTIONS.len() }>>,
    header_dlp: Keyed<Row<{ ACTIONS.len() }>>,
    dlp_warn: Keyed<Row<{ TRANSPORTS.len() }>>,
    exempt: Grid<{ EXEMPTIONS.len() }, { TRANSPORTS.len() }>,
    would_block: Grid<{ Label::ALL.len() }, { TRANSPORTS.len() }>,
    unscanned: Grid<{ Uninspected::ALL.len() }, { TRANSPORTS.len() }>,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            body_dlp: Keyed::with_known(PROFILES, DEFAULT_PROFILE),
            header_dlp: Keyed::with_known(PROFILES, DEFAULT_PROFILE),
            dlp_warn: Keyed::new(PATTERNS),
            exempt: Grid::default(),
            would_block: Grid::default(),
            unscanned: Grid::default(),
        }
    }
}

impl Findings {
    fn would_block(&self, fact: &Fact<'_>, label: Label, would: Option<Action>) {
        if would.is_some() {
            self.would_block
                .inc(label as usize, fact.transport as usize);
        }
    }
}

impl Family for Findings {
    fn fold(&self, fact: &Fact<'_>) {
        let transport = fact.transport as usize;
        match fact.kind {
            EventKind::BodyDlp {
                action,
                would_block,
                ..
            } => {
                self.body_dlp
                    .with(fact.profile, |row| row.inc(*action as usize));
                self.would_block(fact, Label::BodyDlp, *would_block);
            }
            EventKind::HeaderDlp {
                action,
                would_block,
                ..
            } => {
                self.header_dlp
                    .with(fact.profile, |row| row.inc(*action as usize));
                self.would_block(fact, Label::HeaderDlp, *would_block);
            }
            EventKind::ResponseScan { would_block, .. } => {
                self.would_block(fact, Label::ResponseScan, *would_block);
            }
            EventKind::Anomaly {
                label: Some(label),
                would_block,
                ..
            } => {
                self.would_block(fact, *label, *would_block);
            }
            EventKind::DlpWarn { matched } => {
                self.dlp_warn
                    .with(matched.pattern.as_str(), |row| row.inc(transport));
            }
            EventKind::ResponseScanExempt { why, .. } => {
                let other = EXEMPTIONS.len() - 1;
                let reason = EXEMPTIONS
                    .iter()
                    .position(|known| known == why)
                    .unwrap_or(other);
                self.exempt.inc(reason, transport);
            }
            EventKind::Unscanned { why } => self.unscanned.inc(*why as usize, transport),
            _ => {}
        }
    }

    fn expose(&self, page: &mut Page) {
        let actions = ACTIONS.map(Action::as_str);
        by_agent(
            &mut page.open(&BODY_DLP),
            "action",
            &actions,
            &self.body_dlp,
        );
        by_agent(
            &mut page.open(&HEADER_DLP),
            "action",
            &actions,
            &self.header_dlp,
        );
        let mut samples = page.open(&DLP_WARN);
        self.dlp_warn.each(|pattern, row| {
            for (transport, count) in TRANSPORTS.iter().zip(row.values()).filter(|(_, n)| *n > 0) {
                samples.sample(
                    &[("pattern", pattern), ("transport", transport.as_str())],
                    count,
                );
            }
        });
        by_transport(page, &EXEMPT, "reason", &EXEMPTIONS, &self.exempt);
        let scanners: Vec<_> = Label::ALL.iter().map(|label| label.as_str()).collect();
        by_transport(page, &WOULD_BLOCK, "scanner", &scanners, &self.would_block);
        by_transport(
            page,
            &UNSCANNED,
            "reason",
            &Uninspected::ALL.map(Uninspected::as_str),
            &self.unscanned,
        );
    }
}

/// Samples of a label and the transport.
pub(super) fn by_transport<const R: usize, const C: usize>(
    page: &mut Page,
    metric: &Metric,
    label: &'static str,
    values: &[&str],
    counters: &Grid<R, C>,
) {
    let mut samples = page.open(metric);
    for (value, row) in values.iter().zip(counters.rows()) {
        for (transport, count) in TRANSPORTS.iter().zip(row.values()) {
            samples.sample(&[(label, value), ("transport", transport.as_str())], count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipelock_model::event::{KillSource, SniCategory, UpstreamFailure};

    #[test]
    fn an_enum_counts_at_its_place_in_the_list_of_all() {
        assert!(
            Label::ALL
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
        assert!(
            ACTIONS
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
        assert!(
            TRANSPORTS
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
        assert!(
            Uninspected::ALL
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
        assert!(
            UpstreamFailure::ALL
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
        assert!(
            SniCategory::ALL
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
        assert!(
            KillSource::ALL
                .iter()
                .enumerate()
                .all(|(at, one)| at == *one as usize)
        );
    }
}
