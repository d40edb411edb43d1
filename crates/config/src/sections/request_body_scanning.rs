//! `request_body_scanning`: bodies and headers that leave.

use crate::hash::Canonical;
use crate::problem::Problems;
use crate::section::Section;
use pipelock_model::Action;
use pipelock_policy as policy;
use pipelock_policy::{HeaderScope, Oversize, RequestInjection};
use std::collections::BTreeSet;

/// As written, defaults filled in.
pub(crate) struct RequestBodyScanning {
    enabled: bool,
    settings: policy::RequestScanning,
}

impl RequestBodyScanning {
    pub(crate) fn read(root: &Section<'_>, problems: &mut Problems) -> Self {
        let section = root.section("request_body_scanning");
        let defaults = policy::RequestScanning::default();
        let settings = policy::RequestScanning {
            action: match section.text("action") {
                Some("block") => Action::Block,
                _ => Action::Warn,
            },
            max_body: section
                .positive("max_body_bytes", problems)
                .unwrap_or(defaults.max_body),
            oversize: match section.text("oversize_action") {
                Some("stream_scan") => Oversize::StreamScan,
                _ => Oversize::Block,
            },
            headers: headers(&section),
            injection: match section.text("injection") {
                Some("off") => RequestInjection::Off,
                Some("warn") => RequestInjection::Warn,
                Some("block") => RequestInjection::Block,
                _ => RequestInjection::Auto,
            },
        };
        Self {
            enabled: section.flag("enabled").unwrap_or(true),
            settings,
        }
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        let mut section = out.below("request_body_scanning");
        let settings = &self.settings;
        section.set("enabled", self.enabled);
        section.set("action", settings.action.as_str());
        section.set("max_body_bytes", settings.max_body);
        section.set(
            "oversize_action",
            match settings.oversize {
                Oversize::Block => "block",
                Oversize::StreamScan => "stream_scan",
            },
        );
        section.set(
            "injection",
            match settings.injection {
                RequestInjection::Auto => "auto",
                RequestInjection::Off => "off",
                RequestInjection::Warn => "warn",
                RequestInjection::Block => "block",
            },
        );
        match &settings.headers {
            HeaderScope::Off => section.set("scan_headers", false),
            HeaderScope::Sensitive(names) => {
                section.set("scan_headers", true);
                section.set("header_mode", "sensitive");
                section.set("sensitive_headers", names.iter());
            }
            HeaderScope::AllBut(names) => {
                section.set("scan_headers", true);
                section.set("header_mode", "all");
                section.set("ignore_headers", names.iter());
            }
        }
    }

    /// `None` when disabled.
    pub(crate) fn policy(self) -> Option<policy::RequestScanning> {
        self.enabled.then_some(self.settings)
    }
}

/// Both lists cannot be emptied: `[]` means the default, as before.
fn headers(section: &Section<'_>) -> HeaderScope {
    if section.flag("scan_headers") == Some(false) {
        return HeaderScope::Off;
    }
    let names = |key: &str, defaults: &[&str]| -> BTreeSet<String> {
        let listed: BTreeSet<String> = section
            .texts(key)
            .unwrap_or_default()
            .iter()
            .map(|item| item.text.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect();
        if listed.is_empty() {
            defaults.iter().map(|name| (*name).to_owned()).collect()
        } else {
            listed
        }
    };
    match section.text("header_mode") {
        Some("all") => HeaderScope::AllBut(names("ignore_headers", &policy::IGNORED_HEADERS)),
        _ => HeaderScope::Sensitive(names("sensitive_headers", &policy::SENSITIVE_HEADERS)),
    }
}
