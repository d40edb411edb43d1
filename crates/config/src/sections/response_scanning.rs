//! `response_scanning`: what reaches the agent.

use super::dlp::Patterns;
use super::lists::{Purpose, domains};
use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::engine::{Rule, RuleKind};
use pipelock_model::Action;
use pipelock_policy as policy;

/// Most that may be held before the first byte goes.
const MOST_HELD: i64 = 16 << 20;

/// As written, defaults filled in.
pub(crate) struct ResponseScanning {
    settings: policy::ResponseScanning,
    patterns: Patterns,
}

impl ResponseScanning {
    pub(crate) fn read(root: &Section<'_>, max_response: u64, problems: &mut Problems) -> Self {
        let section = root.section("response_scanning");
        let defaults = policy::ResponseScanning::default();
        let enabled = section.flag("enabled").unwrap_or(true);
        let exempt =
            domains(&section, "exempt_domains", Purpose::Exempt, problems).unwrap_or_default();
        if !enabled && !exempt.is_empty() {
            section.warn(
                problems,
                Code::NoEffect,
                "exempt_domains",
                "without effect while scanning is off",
            );
        }
        let settings = policy::ResponseScanning {
            enabled,
            action: action(&section, enabled),
            exempt,
            providers: domains(&section, "provider_domains", Purpose::Exempt, problems)
                .unwrap_or(defaults.providers),
            hold: hold(&section, defaults.hold, problems),
            max_response,
            dlp_action: match section.text("dlp_action") {
                Some("off") => Action::Allow,
                Some("block") => Action::Block,
                _ => Action::Warn,
            },
            sse: sse(&section, problems),
        };
        // Patterns are checked also when they do not run: the next reload may need them.
        let patterns = Patterns::read(&section, RuleKind::Injection, problems);
        let patterns = if enabled {
            patterns
        } else {
            Patterns::floor(RuleKind::Injection)
        };
        Self { settings, patterns }
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        let mut section = out.below("response_scanning");
        let settings = &self.settings;
        section.set("enabled", settings.enabled);
        section.set("action", settings.action.as_str());
        section.set("exempt_domains", settings.exempt.patterns());
        section.set("provider_domains", settings.providers.patterns());
        section.set("hold_bytes", settings.hold);
        let off = settings.dlp_action == Action::Allow;
        section.set(
            "dlp_action",
            if off {
                "off"
            } else {
                settings.dlp_action.as_str()
            },
        );
        self.patterns.describe(&mut section);
        let mut sse = section.below("sse_streaming");
        sse.set("enabled", settings.sse.is_some());
        if let Some(scanning) = &settings.sse {
            sse.set("action", scanning.action.as_str());
            sse.set("max_event_bytes", scanning.max_event as u64);
        }
    }

    pub(crate) fn split(self) -> (policy::ResponseScanning, Vec<Rule>) {
        (self.settings, self.patterns.rules())
    }
}

/// With scanning off the floor acts as the file says, and blocks when it says nothing.
fn action(section: &Section<'_>, enabled: bool) -> Action {
    match section.text("action") {
        Some("block") => Action::Block,
        Some("strip") => Action::Strip,
        Some("ask") => Action::Ask,
        Some("warn") => Action::Warn,
        _ if enabled => Action::Warn,
        _ => Action::Block,
    }
}

fn hold(section: &Section<'_>, default: u64, problems: &mut Problems) -> u64 {
    let Some(bytes) = section.integer("hold_bytes") else {
        return default;
    };
    if !(0..=MOST_HELD).contains(&bytes) {
        section.error(
            problems,
            Code::OutOfRange,
            "hold_bytes",
            format!("must be 0 to {MOST_HELD}"),
        );
    }
    u64::try_from(bytes).unwrap_or(default)
}

fn sse(section: &Section<'_>, problems: &mut Problems) -> Option<policy::SseScanning> {
    let section = section.section("sse_streaming");
    let defaults = policy::SseScanning::default();
    let max_event = section.positive("max_event_bytes", problems);
    if section.flag("enabled") == Some(false) {
        section.warn(
            problems,
            Code::Weakened,
            "enabled",
            "event streams reach the agent unread",
        );
        return None;
    }
    Some(policy::SseScanning {
        action: match section.text("action") {
            Some("warn") => Action::Warn,
            _ => defaults.action,
        },
        max_event: max_event.map_or(defaults.max_event, |bytes| {
            usize::try_from(bytes).unwrap_or(usize::MAX)
        }),
    })
}
