//! `pipelock rules status`.

use crate::commands::Failure;
use crate::settings::{self, ConfigFlag, Flags};
use crate::{build, terminal};
use anyhow::anyhow;
use pipelock_detect::rule::RuleKind;
use serde_json::json;
use std::process::ExitCode;

/// Arguments of `rules status`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: ConfigFlag,

    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// Exits 0: compiled rules are never degraded, and bundles are not built yet.
pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let loaded = settings::load(args.settings.config.as_deref(), &Flags::default())
        .map_err(Failure::usage)?;
    let Ok(policy) = loaded.policy else {
        let origin = settings::origin(args.settings.config.as_deref());
        return Err(Failure::usage(anyhow!("{origin} does not load")));
    };
    let count = |kind: RuleKind, core: bool| {
        let rules = policy.rules.iter();
        rules
            .filter(|rule| rule.kind == kind && rule.core == core)
            .count()
    };
    let (core_dlp, core_response) = (count(RuleKind::Dlp, true), count(RuleKind::Injection, true));
    let (dlp, response) = (
        count(RuleKind::Dlp, false),
        count(RuleKind::Injection, false),
    );
    let source = |count: usize| if count > 0 { "compiled" } else { "none" };
    let standard = |count: usize| {
        json!({
            "source": source(count),
            "version": build::VERSION,
            "count": count,
        })
    };
    if args.json {
        terminal::json(&json!({
            "healthy": true,
            "degraded": false,
            "core": {"source": "compiled", "dlp": core_dlp, "response": core_response},
            "standard_dlp": standard(dlp),
            "standard_response": standard(response),
            "standard_dlp_source": source(dlp),
            "standard_response_source": source(response),
            "bundles": [],
            "errors": [],
            "warnings": [],
            "schema_version": 1,
        }));
    } else {
        terminal::line("Rules:    healthy");
        terminal::line(format_args!(
            "Core:     {core_dlp} DLP, {core_response} response (compiled)"
        ));
        terminal::line(format_args!(
            "Standard: {dlp} DLP, {response} response (compiled, {})",
            build::VERSION
        ));
        terminal::line("Bundles:  none");
    }
    Ok(ExitCode::SUCCESS)
}
