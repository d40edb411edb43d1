//! Keys of the top level.

use super::lists::{Purpose, domains};
use crate::hash::Canonical;
use crate::load::Overrides;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_detect::domain::DomainSet;
use pipelock_policy::{AgentName, Enforcement, Mode};
use std::net::SocketAddr;
use std::time::Duration;

/// Longest drain, in seconds.
const LONGEST_GRACE: i64 = 600;

/// As written, defaults filled in.
pub(crate) struct Top {
    pub(crate) mode: Mode,
    pub(crate) enforcement: Enforcement,
    pub(crate) explain_blocks: bool,
    pub(crate) api_allowlist: DomainSet,
    pub(crate) default_agent: Option<AgentName>,
    pub(crate) bind_default_agent: bool,
    pub(crate) shutdown_grace: Duration,
}

impl Top {
    pub(crate) fn read(root: &Section<'_>, overrides: &Overrides, problems: &mut Problems) -> Self {
        if root.integer("version").is_some_and(|version| version != 1) {
            root.error(
                problems,
                Code::OutOfRange,
                "version",
                "only version 1 is known",
            );
        }
        let mode = overrides.mode.unwrap_or(match root.text("mode") {
            Some("strict") => Mode::Strict,
            Some("audit") => Mode::Audit,
            _ => Mode::Balanced,
        });
        let api_allowlist =
            domains(root, "api_allowlist", Purpose::Destination, problems).unwrap_or_default();
        if mode == Mode::Strict && api_allowlist.is_empty() {
            let message = "strict mode reaches only listed hosts, and none is listed";
            root.error(problems, Code::Missing, "api_allowlist", message);
        }
        let (default_agent, bind_default_agent) = agent(root, problems);
        Self {
            mode,
            enforcement: enforcement(root, mode, problems),
            explain_blocks: root.flag("explain_blocks").unwrap_or(false),
            api_allowlist,
            default_agent,
            bind_default_agent,
            shutdown_grace: grace(root, problems),
        }
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        out.set("version", 1_u64);
        out.set("mode", self.mode.as_str());
        out.set("enforce", self.enforcement == Enforcement::Enforce);
        out.set("explain_blocks", self.explain_blocks);
        out.set("api_allowlist", self.api_allowlist.patterns());
        out.set(
            "default_agent_identity",
            self.default_agent.as_ref().map_or("", AgentName::as_str),
        );
        out.set("bind_default_agent_identity", self.bind_default_agent);
        out.set("shutdown_grace_seconds", self.shutdown_grace.as_secs());
    }
}

/// Audit blocks nothing unless the file says `enforce: true`.
fn enforcement(root: &Section<'_>, mode: Mode, problems: &mut Problems) -> Enforcement {
    match (root.flag("enforce"), mode) {
        (Some(false), _) | (None, Mode::Audit) => Enforcement::DetectOnly,
        (Some(true), Mode::Audit) => {
            let message = "audit mode with `enforce: true` blocks traffic";
            root.warn(problems, Code::NoEffect, "enforce", message);
            Enforcement::Enforce
        }
        _ => Enforcement::Enforce,
    }
}

fn agent(root: &Section<'_>, problems: &mut Problems) -> (Option<AgentName>, bool) {
    const KEY: &str = "default_agent_identity";
    let name = root.text(KEY);
    if name.is_some_and(|name| name.trim() != name) {
        root.error(
            problems,
            Code::BadText,
            KEY,
            "must not start or end with blanks",
        );
    }
    let bind = root.flag("bind_default_agent_identity").unwrap_or(false);
    if bind && name.is_none() {
        let message = "true needs a `default_agent_identity`";
        root.error(
            problems,
            Code::Missing,
            "bind_default_agent_identity",
            message,
        );
    }
    (name.map(AgentName::sanitised), bind)
}

fn grace(root: &Section<'_>, problems: &mut Problems) -> Duration {
    const KEY: &str = "shutdown_grace_seconds";
    let default = pipelock_policy::Policy::default().shutdown_grace;
    let Some(seconds) = root.integer(KEY) else {
        return default;
    };
    if !(0..=LONGEST_GRACE).contains(&seconds) {
        root.error(
            problems,
            Code::OutOfRange,
            KEY,
            format!("must be 0 to {LONGEST_GRACE}"),
        );
    }
    u64::try_from(seconds).map_or(default, Duration::from_secs)
}

/// Reads `metrics_listen`.
pub(crate) fn metrics_listen(
    root: &Section<'_>,
    main: SocketAddr,
    problems: &mut Problems,
) -> Option<SocketAddr> {
    let text = root.text("metrics_listen")?;
    let Some(listen) = crate::text::listen(text) else {
        let message = "must be an address and a port, such as 127.0.0.1:9100";
        root.error(problems, Code::BadListen, "metrics_listen", message);
        return None;
    };
    if listen.port() == main.port() && listen.port() != 0 {
        root.error(
            problems,
            Code::Conflict,
            "metrics_listen",
            "same port as `fetch_proxy.listen`",
        );
    }
    Some(listen)
}
