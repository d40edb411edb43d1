//! `pipelock check`: does a configuration load, would a URL or a text pass?

mod text;

use super::Failure;
use crate::settings::{self, ConfigFlag, Flags};
use crate::{assess, terminal};
use pipelock_config::{Code, Loaded, Problem, Problems};
use pipelock_gate::Assessment;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: ConfigFlag,

    /// Judge a request for this URL (its name is looked up, nothing is requested);
    /// exit 1 if it is blocked.
    #[arg(long, value_name = "URL", group = "what")]
    url: Option<String>,

    /// Judge this text; exit 1 if it would be blocked.
    #[arg(long, value_name = "TEXT", group = "what")]
    text: Option<String>,

    /// Judge the text of this file; `-` is standard input.
    #[arg(long, value_name = "FILE", group = "what")]
    file: Option<PathBuf>,

    /// `-`: judge the text of standard input.
    #[arg(value_name = "-", group = "what", value_parser = ["-"])]
    input: Option<String>,

    /// What to look for in a text.
    #[arg(long, value_enum, default_value_t = text::Kind::All)]
    kind: text::Kind,

    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,

    /// Exit 1 on a warning too, and 2 instead of 1 on an invalid file.
    #[arg(long)]
    strict: bool,
}

/// Exits 0 when valid and allowed, 1 otherwise, 2 when a text cannot be read.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let loaded = settings::load(args.settings.config.as_deref(), &Flags::default())
        .map_err(Failure::usage)?;
    let policy = match &loaded.policy {
        Ok(policy) => policy.clone(),
        Err(errors) => return Ok(invalid(args, &loaded, errors)),
    };
    let (mut url, mut checked) = (None, None);
    if let Some(asked) = &args.url {
        let snapshot = settings::snapshot(policy).map_err(Failure::usage)?;
        url = Some(assess::url(&snapshot, asked));
    } else if let Some(source) = text::Source::of(args) {
        let text = source.read().map_err(Failure::usage)?;
        let snapshot = settings::snapshot(policy).map_err(Failure::usage)?;
        checked = Some(text::Checked::new(&snapshot, source, text, args.kind));
    }
    let blocked = url
        .as_ref()
        .is_some_and(|assessment| assessment.denied.is_some())
        || checked.as_ref().is_some_and(text::Checked::blocked);
    if args.json {
        let url = args.url.as_deref().zip(url.as_ref());
        let url = url.map(|(url, assessment)| url_report(url, assessment));
        let text = checked.as_ref().map(text::Checked::to_json);
        terminal::json(&report(&loaded, &[], url, text));
    } else {
        print(&loaded, args, url.as_ref(), checked.as_ref());
    }
    let warned = args.strict && !loaded.warnings.is_empty();
    Ok(if blocked || warned {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn invalid(args: &Args, loaded: &Loaded, errors: &Problems) -> ExitCode {
    if args.json {
        let errors: Vec<&Problem> = errors.iter().collect();
        terminal::json(&report(loaded, &errors, None, None));
    } else {
        errors
            .iter()
            .chain(&loaded.warnings)
            .for_each(terminal::note);
        terminal::note(format_args!(
            "Config validation FAILED: {} in {}",
            plural(errors.len(), "error"),
            settings::origin(args.settings.config.as_deref())
        ));
    }
    ExitCode::from(if args.strict { 2 } else { 1 })
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn print(
    loaded: &Loaded,
    args: &Args,
    assessment: Option<&Assessment>,
    checked: Option<&text::Checked>,
) {
    loaded.warnings.iter().for_each(terminal::note);
    let asked = assessment.is_some() || checked.is_some();
    if args.settings.config.is_some() || !asked {
        terminal::line("Config validation: OK");
        terminal::line(loaded.summary.to_string().trim_end());
    }
    if let Some(checked) = checked {
        checked.print();
    }
    let Some(assessment) = assessment else { return };
    match &assessment.denied {
        Some((label, reason)) => {
            terminal::line("Result:  BLOCKED");
            terminal::line(format_args!("Scanner: {label}"));
            terminal::line(format_args!("Reason:  {reason}"));
            terminal::line(format_args!("Score:   {:.2}", assessment.score));
            if let Some(hint) = &assessment.hint {
                terminal::line(format_args!("Hint:    {hint}"));
            }
        }
        None => {
            terminal::line("Result:  ALLOWED");
            terminal::line("Scanner: all");
            terminal::line(format_args!("Score:   {:.2}", assessment.score));
        }
    }
    for matched in &assessment.warned {
        let (pattern, severity) = (&matched.pattern, matched.severity.as_str());
        terminal::line(format_args!(
            "Warning: {pattern} ({severity}) would be reported"
        ));
    }
}

fn report(loaded: &Loaded, errors: &[&Problem], url: Option<Value>, text: Option<Value>) -> Value {
    let json_of = |problems: &mut dyn Iterator<Item = &Problem>| {
        problems.map(Problem::to_json).collect::<Vec<_>>()
    };
    let unknown = |problem: &&Problem| problem.code == Code::UnknownKey;
    json!({
        "valid": loaded.policy.is_ok(),
        "errors": json_of(&mut errors.iter().copied()),
        "warnings": json_of(&mut loaded.warnings.iter()),
        "unknown_fields": json_of(&mut errors.iter().copied().filter(unknown)),
        "unbuilt": loaded.unbuilt.iter().map(|unbuilt| unbuilt.key.as_str()).collect::<Vec<_>>(),
        "summary": loaded.summary.to_json(),
        "config_hash": loaded.config_hash,
        "policy_hash": loaded.policy_hash,
        "url_result": url,
        "text_result": text,
        "schema_version": 1,
    })
}

fn url_report(url: &str, assessment: &Assessment) -> Value {
    let denied = assessment.denied.as_ref();
    let warned = assessment.warned.iter();
    json!({
        // What was asked, without what must not be repeated.
        "url": if denied.is_some() { "" } else { url },
        "allowed": denied.is_none(),
        "scanner": denied.map_or("all", |(label, _)| label.as_str()),
        "reason": denied.map_or("", |(_, reason)| reason.as_str()),
        "hint": assessment.hint.as_ref().map(|hint| hint.as_str()),
        "score": assessment.score,
        "warn_matches": warned.map(|m| json!({
            "pattern_name": m.pattern.as_str(),
            "severity": m.severity.as_str(),
        })).collect::<Vec<_>>(),
    })
}
