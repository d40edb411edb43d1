//! `cross_request_detection`.

use super::lists::{Purpose, domains};
use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_model::Action;
use pipelock_policy::{Counted, CrossRequest, EntropyBudget, Fragments};
use std::time::Duration;

/// Longest window, in minutes: a day.
const LONGEST: i64 = 1440;

/// Reads the section; `None` when it is off.
pub(crate) fn read(root: &Section<'_>, problems: &mut Problems) -> Option<CrossRequest> {
    let section = root.section("cross_request_detection");
    let on = section.flag("enabled") == Some(true);
    let entropy = entropy(&section, on, problems);
    let fragments = fragments(&section);
    if !on {
        return None;
    }
    if entropy.is_none() && fragments.is_none() {
        let message = "needs `entropy_budget.enabled` or `fragment_reassembly.enabled`";
        section.error(problems, Code::Conflict, "enabled", message);
    }
    Some(CrossRequest {
        action: action(&section, Action::Block),
        entropy,
        fragments,
    })
}

fn action(section: &Section<'_>, default: Action) -> Action {
    match section.text("action") {
        Some("warn") => Action::Warn,
        Some("block") => Action::Block,
        _ => default,
    }
}

/// Zero and less mean the default.
fn window(section: &Section<'_>) -> Duration {
    let minutes = section.integer("window_minutes").filter(|value| *value > 0);
    minutes.map_or(CrossRequest::WINDOW, |minutes| {
        Duration::from_secs(minutes.min(LONGEST).unsigned_abs() * 60)
    })
}

fn entropy(section: &Section<'_>, on: bool, problems: &mut Problems) -> Option<EntropyBudget> {
    let budget = section.section("entropy_budget");
    let exempt = domains(&budget, "exempt_domains", Purpose::Exempt, problems).unwrap_or_default();
    if !on && !exempt.is_empty() {
        let message = "without effect while cross-request detection is off";
        budget.warn(problems, Code::NoEffect, "exempt_domains", message);
    }
    let bits = budget.float("bits_per_window").filter(|bits| *bits > 0.0);
    (budget.flag("enabled") == Some(true)).then(|| EntropyBudget {
        bits: bits.unwrap_or(CrossRequest::BITS),
        window: window(&budget),
        action: action(&budget, Action::Warn),
        exempt,
        count: match budget.text("count") {
            Some("all") => Counted::All,
            _ => Counted::Novel,
        },
    })
}

fn fragments(section: &Section<'_>) -> Option<Fragments> {
    let fragments = section.section("fragment_reassembly");
    let buffer = fragments.integer("max_buffer_bytes");
    let buffer = buffer.filter(|bytes| *bytes > 0);
    (fragments.flag("enabled") == Some(true)).then(|| Fragments {
        buffer: buffer.map_or(CrossRequest::BUFFER, |bytes| {
            usize::try_from(bytes).unwrap_or(usize::MAX)
        }),
        window: window(&fragments),
    })
}

pub(crate) fn describe(settings: Option<&CrossRequest>, out: &mut Canonical) {
    let Some(settings) = settings else { return };
    let mut section = out.below("cross_request_detection");
    section.set("enabled", true);
    section.set("action", settings.action.as_str());
    if let Some(budget) = &settings.entropy {
        let mut section = section.below("entropy_budget");
        section.set("bits_per_window", budget.bits);
        section.set("window_minutes", budget.window.as_secs() / 60);
        section.set("action", budget.action.as_str());
        section.set("exempt_domains", budget.exempt.patterns());
        let all = budget.count == Counted::All;
        section.set("count", if all { "all" } else { "novel" });
    }
    if let Some(fragments) = settings.fragments {
        let mut section = section.below("fragment_reassembly");
        section.set("max_buffer_bytes", fragments.buffer as u64);
        section.set("window_minutes", fragments.window.as_secs() / 60);
    }
}
