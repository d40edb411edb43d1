//! `pipelock test`: do the settings stop what they should, and pass the rest?
//!
//! Vectors run through the judgement that traffic meets: URLs through the whole
//! URL pipeline (names count as public, nothing is looked up), texts through the
//! engine with the policy's rules.

mod vectors;

use super::Failure;
use crate::settings::{self, ConfigFlag, Flags};
use crate::{assess, terminal};
use anyhow::anyhow;
use pipelock_gate::{Deadline, Snapshot, Subject, TextAssessment};
use serde_json::{Value, json};
use std::process::ExitCode;
use vectors::{Category, Payload, Vector};

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: ConfigFlag,

    /// Only these categories, separated by commas.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    category: Vec<String>,

    /// Exit 1 also when a category could not be tested.
    #[arg(long)]
    fail_on_gap: bool,

    /// Name the categories and their vectors, and test nothing.
    #[arg(long)]
    list: bool,

    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,

    /// Accepted for scripts: the text has no colours.
    #[arg(long)]
    no_color: bool,
}

/// How a vector came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Pass,
    Fail,
    Skip,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// A vector that was judged, or skipped.
struct Outcome {
    vector: Vector,
    blocked: bool,
    status: Status,
    detail: String,
}

/// Exits 0 when all came out right, 1 otherwise, 2 on a bad configuration or
/// category.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let categories = chosen(&args.category).map_err(Failure::usage)?;
    if args.list {
        list(&categories);
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = settings::load(args.settings.config.as_deref(), &Flags::default())
        .map_err(Failure::usage)?;
    let origin = settings::origin(args.settings.config.as_deref());
    let policy = match loaded.policy {
        Ok(policy) => policy,
        Err(problems) => {
            problems.iter().for_each(terminal::note);
            return Err(Failure::usage(anyhow!("{origin} does not load")));
        }
    };
    let mode = policy.mode;
    let snapshot = settings::snapshot(policy).map_err(Failure::usage)?;
    let mut gaps = Vec::new();
    let mut outcomes = Vec::new();
    for category in categories {
        let gap = category.gap(&snapshot.policy);
        if let Some(why) = gap {
            gaps.push(format!("{}: {why}", category.as_str()));
        }
        for vector in category.vectors(&snapshot.policy) {
            outcomes.push(match gap {
                Some(why) => skipped(vector, why),
                None => judge(&snapshot, vector),
            });
        }
    }
    let count = |status| outcomes.iter().filter(|one| one.status == status).count();
    let failed = count(Status::Fail);
    if args.json {
        terminal::json(&json!({
            "config_file": args.settings.config.as_ref().map_or("", |path| path.to_str().unwrap_or("")),
            "mode": mode.as_str(),
            "total": outcomes.len(),
            "passed": count(Status::Pass),
            "failed": failed,
            "skipped": count(Status::Skip),
            "vectors": outcomes.iter().map(Outcome::to_json).collect::<Vec<_>>(),
            "gaps": gaps,
            "schema_version": 1,
        }));
    } else {
        outcomes.iter().for_each(Outcome::print);
        for gap in &gaps {
            terminal::line(format_args!("gap   {gap}"));
        }
        terminal::line(format_args!(
            "{} passed, {failed} failed, {} skipped ({origin}, {})",
            count(Status::Pass),
            count(Status::Skip),
            mode.as_str()
        ));
    }
    let gap = args.fail_on_gap && !gaps.is_empty();
    Ok(if failed > 0 || gap {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn chosen(words: &[String]) -> anyhow::Result<Vec<Category>> {
    let words = words.iter().map(|word| word.trim());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Ok(Category::ALL.to_vec());
    }
    if let Some(unknown) = words
        .iter()
        .find(|word| Category::ALL.iter().all(|known| known.as_str() != **word))
    {
        let known: Vec<&str> = Category::ALL.iter().map(|one| one.as_str()).collect();
        return Err(anyhow!(
            "--category {unknown}: not one of {}",
            known.join(", ")
        ));
    }
    let named = |category: &Category| words.contains(&category.as_str());
    Ok(Category::ALL.into_iter().filter(named).collect())
}

fn list(categories: &[Category]) {
    let policy = pipelock_policy::Policy::default();
    for category in categories {
        for vector in category.vectors(&policy) {
            let expected = if vector.blocked { "block" } else { "allow" };
            terminal::line(format_args!(
                "{:<20} {expected}  {}",
                category.as_str(),
                vector.name
            ));
        }
    }
}

fn skipped(vector: Vector, why: &str) -> Outcome {
    Outcome {
        vector,
        blocked: false,
        status: Status::Skip,
        detail: why.to_owned(),
    }
}

fn judge(snapshot: &Snapshot, vector: Vector) -> Outcome {
    let (blocked, detail) = match &vector.payload {
        Payload::Url(url) => {
            let assessment = assess::public_url(snapshot, url);
            let said = assessment.denied.as_ref();
            let detail = said.map(|(label, reason)| format!("{label}: {reason}"));
            (said.is_some(), detail.unwrap_or_default())
        }
        Payload::Content(text) => text_verdict(snapshot, Subject::Injection(text.as_bytes())),
        Payload::ToolCall { name, arguments } => {
            text_verdict(snapshot, Subject::ToolCall { name, arguments })
        }
    };
    let status = if blocked == vector.blocked {
        Status::Pass
    } else {
        Status::Fail
    };
    Outcome {
        vector,
        blocked,
        status,
        detail,
    }
}

/// Detection counts: whether it then warns or blocks is for the action of the
/// surface to say.
fn text_verdict(snapshot: &Snapshot, subject: Subject<'_>) -> (bool, String) {
    let TextAssessment {
        evidence, limit, ..
    } = snapshot.assess_text(subject, None, Deadline::NONE);
    let stops = evidence
        .iter()
        .find(|one| one.would_block || one.action.acts());
    match (stops, limit) {
        (Some(one), _) => (true, one.name.as_str().to_owned()),
        (None, Some(limit)) => (true, limit.as_str().to_owned()),
        (None, None) => (false, String::new()),
    }
}

impl Outcome {
    fn to_json(&self) -> Value {
        json!({
            "name": self.vector.name,
            "category": self.vector.category.as_str(),
            "status": self.status.as_str(),
            "blocked": self.blocked,
            "expected": self.vector.blocked,
            "detail": self.detail,
        })
    }

    fn print(&self) {
        let verdict = match (self.status, self.blocked) {
            (Status::Skip, _) => "skipped",
            (_, true) => "blocked",
            (_, false) => "allowed",
        };
        terminal::line(format_args!(
            "{:<5} {:<20} {:<34} {verdict}{}{}",
            self.status.as_str(),
            self.vector.category.as_str(),
            self.vector.name,
            if self.detail.is_empty() { "" } else { ": " },
            self.detail
        ));
    }
}
