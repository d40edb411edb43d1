//! `kill_switch`: the sources that this version has.

use super::lists::{HostBits, networks};
use crate::hash::Canonical;
use crate::load::{Environment, Token};
use crate::path::Paths;
use crate::problem::{Code, Problems};
use crate::section::Section;
use crate::words::clean;
use pipelock_policy as policy;
use std::net::SocketAddr;

/// As written, defaults filled in.
pub(crate) struct KillSwitch(policy::KillSwitch);

impl KillSwitch {
    pub(crate) fn read(
        root: &Section<'_>,
        environment: &Environment,
        main: SocketAddr,
        paths: &Paths<'_>,
        problems: &mut Problems,
    ) -> Self {
        let section = root.section("kill_switch");
        let defaults = policy::KillSwitch::default();
        api(
            &section,
            root,
            main,
            environment.kill_switch_token,
            problems,
        );
        Self(policy::KillSwitch {
            active: section.flag("enabled").unwrap_or(false),
            sentinel: paths.resolve(&section, "sentinel_file", problems),
            message: section.text("message").map_or(defaults.message, clean),
            health_exempt: section.flag("health_exempt").unwrap_or(true),
            metrics_exempt: section.flag("metrics_exempt").unwrap_or(true),
            allowlist: networks(&section, "allowlist_ips", HostBits::Dropped, problems)
                .unwrap_or_default(),
        })
    }

    pub(crate) fn describe(&self, out: &mut Canonical) {
        let mut section = out.below("kill_switch");
        section.set("enabled", self.0.active);
        if let Some(sentinel) = &self.0.sentinel {
            section.set("sentinel_file", sentinel.to_string_lossy().as_ref());
        }
        section.set("message", self.0.message.as_str());
        section.set("health_exempt", self.0.health_exempt);
        section.set("metrics_exempt", self.0.metrics_exempt);
        section.set(
            "allowlist_ips",
            self.0.allowlist.iter().map(ToString::to_string),
        );
    }

    pub(crate) fn policy(self) -> policy::KillSwitch {
        self.0
    }
}

fn api(
    section: &Section<'_>,
    root: &Section<'_>,
    main: SocketAddr,
    token: Token,
    problems: &mut Problems,
) {
    if section.has("api_token") && section.has("api_token_file") {
        section.error(
            problems,
            Code::Conflict,
            "api_token_file",
            "given beside api_token: use one of them",
        );
    }
    let Some(text) = section.text("api_listen") else {
        return;
    };
    let Some(listen) = crate::text::listen(text) else {
        let message = "must be an address and a port, such as 127.0.0.1:9090";
        section.error(problems, Code::BadListen, "api_listen", message);
        return;
    };
    let has_token = section.text("api_token").is_some()
        || section.text("api_token_file").is_some()
        || token == Token::Given;
    if !has_token {
        let message = "needs `api_token`, `api_token_file` or PIPELOCK_KILLSWITCH_API_TOKEN";
        section.error(problems, Code::Missing, "api_listen", message);
    }
    for (other, name) in [
        (Some(main), "fetch_proxy.listen"),
        (
            root.text("metrics_listen").and_then(crate::text::listen),
            "metrics_listen",
        ),
    ] {
        if listen.port() != 0 && other.is_some_and(|other| other.port() == listen.port()) {
            let message = format!("same port as `{name}`");
            section.error(problems, Code::Conflict, "api_listen", message);
        }
    }
}
