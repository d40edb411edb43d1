//! Real text: packages unpacked below a directory.

mod kind;
mod walk;

use crate::judge::{Hit, Judge};
use crate::{Options, Output, Show};
use kind::Kind;
use pipelock_detect::engine::{Kinds, Outcome, RuleKind};
use pipelock_testkit::genuine;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use walk::Package;

/// Whether the packages are listed.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manifest {
    #[default]
    Omit,
    Print,
}

/// What one rule found.
#[derive(Default)]
struct Found {
    kind: &'static str,
    /// Findings that no allow list explains.
    open: usize,
    files: usize,
    /// Genuine keys in test data and documented examples.
    genuine: usize,
}

#[derive(Default)]
struct Totals {
    bytes: BTreeMap<Kind, u64>,
    rules: BTreeMap<String, Found>,
    unfinished: usize,
}

/// Scans everything and prints findings per 100 MB.
pub(crate) fn report(judge: &Judge, options: &Options) -> io::Result<()> {
    let mut totals = Totals::default();
    if options.manifest == Manifest::Print {
        println!("package\tversion\tsha256\tbytes\tkinds");
    }
    for dir in &options.benign {
        for package in walk::packages(dir)? {
            scan(judge, options, &package, &mut totals)?;
        }
    }
    match options.output {
        Output::Text => print_text(&totals),
        Output::Json => print_json(&totals),
    }
    Ok(())
}

fn scan(
    judge: &Judge,
    options: &Options,
    package: &Package,
    totals: &mut Totals,
) -> io::Result<()> {
    let mut hash = Sha256::new();
    let mut bytes: BTreeMap<Kind, u64> = BTreeMap::new();
    for path in walk::files(&package.dir)? {
        let text = fs::read(&path)?;
        let name = path.strip_prefix(&package.dir).unwrap_or(&path);
        let Some(kind) = Kind::of(name, &text) else {
            continue;
        };
        hash.update(name.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(&text);
        *bytes.entry(kind).or_default() += text.len() as u64;
        file(judge, options, &package.name, name, &text, totals);
    }
    if options.manifest == Manifest::Print {
        let digest: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let all: u64 = bytes.values().sum();
        let kinds: Vec<String> = bytes
            .iter()
            .map(|(kind, bytes)| format!("{}={bytes}", kind.as_str()))
            .collect();
        let (name, version) = (&package.name, &package.version);
        println!("{name}\t{version}\t{digest}\t{all}\t{}", kinds.join(" "));
    }
    for (kind, count) in bytes {
        *totals.bytes.entry(kind).or_default() += count;
    }
    Ok(())
}

fn file(
    judge: &Judge,
    options: &Options,
    package: &str,
    name: &Path,
    text: &[u8],
    totals: &mut Totals,
) {
    let (hits, outcome) = judge.hits(Kinds::ALL, text);
    totals.unfinished += usize::from(outcome == Outcome::BudgetExceeded);
    let mut seen: Vec<&str> = Vec::new();
    let place = format!("{package}/{}", name.display());
    for hit in &hits {
        let found = totals.rules.entry(hit.rule.to_owned()).or_default();
        found.kind = match hit.kind {
            RuleKind::Dlp => "credentials",
            RuleKind::Injection => "injection",
        };
        if genuine::explains(hit.rule, &place) {
            found.genuine += 1;
            continue;
        }
        found.open += 1;
        if !seen.contains(&hit.rule) {
            seen.push(hit.rule);
            found.files += 1;
        }
        if options.show == Show::Cases {
            show(&place, text, hit);
        }
    }
}

/// File, line, rule, and the neighbourhood with the match itself masked when it may
/// be a secret.
fn show(place: &str, text: &[u8], hit: &Hit<'_>) {
    let length = text.len();
    let start = usize::try_from(hit.finding.span.start).map_or(length, |at| at.min(length));
    let end = usize::try_from(hit.finding.span.end).map_or(length, |at| at.clamp(start, length));
    let line = text[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
    let lossy = |range: std::ops::Range<usize>| {
        String::from_utf8_lossy(&text[range])
            .escape_debug()
            .to_string()
    };
    let before = lossy(start.saturating_sub(40)..start);
    let after = lossy(end..(end + 40).min(length));
    let matched = match hit.kind {
        RuleKind::Dlp => masked(&text[start..end]),
        RuleKind::Injection => lossy(start..end.min(start + 160)),
    };
    println!(
        "{} {} {place}:{line}: {before}\u{ab}{matched}\u{bb}{after}",
        hit.rule,
        hit.finding.view.as_str()
    );
}

/// The first four bytes and the length.
fn masked(secret: &[u8]) -> String {
    let head = String::from_utf8_lossy(&secret[..secret.len().min(4)]);
    format!("{}… {} bytes", head.escape_debug(), secret.len())
}

fn print_text(totals: &Totals) {
    let all: u64 = totals.bytes.values().sum();
    println!("\nbytes scanned");
    for (kind, bytes) in &totals.bytes {
        println!("{:16} {:>14}", kind.as_str(), bytes);
    }
    println!("{:16} {all:>14}", "all");
    let per = |count: usize| count as f64 * 1e8 / all.max(1) as f64;
    println!(
        "\n{:38} {:12} {:>8} {:>7} {:>11} {:>8}",
        "rule", "kind", "findings", "files", "per 100 MB", "genuine"
    );
    let mut rows: Vec<_> = totals.rules.iter().collect();
    rows.sort_by_key(|(_, found)| (found.kind, std::cmp::Reverse(found.open)));
    for (rule, found) in rows {
        println!(
            "{rule:38} {:12} {:>8} {:>7} {:>11.2} {:>8}",
            found.kind,
            found.open,
            found.files,
            per(found.open),
            found.genuine
        );
    }
    for kind in ["credentials", "injection"] {
        let open = sum(totals, kind, |found| found.open);
        let genuine = sum(totals, kind, |found| found.genuine);
        println!(
            "all {kind}: {open} findings, {:.2} per 100 MB; genuine {genuine}",
            per(open)
        );
    }
    println!("files not judged to their end: {}", totals.unfinished);
}

fn sum(totals: &Totals, kind: &str, count: fn(&Found) -> usize) -> usize {
    let of_kind = totals.rules.values().filter(|found| found.kind == kind);
    of_kind.map(count).sum()
}

fn print_json(totals: &Totals) {
    let bytes: Vec<String> = totals
        .bytes
        .iter()
        .map(|(kind, bytes)| format!("\"{}\":{bytes}", kind.as_str()))
        .collect();
    let rules: Vec<String> = totals
        .rules
        .iter()
        .map(|(rule, found)| {
            format!(
                "\"{rule}\":{{\"kind\":\"{}\",\"findings\":{},\"files\":{},\"genuine\":{}}}",
                found.kind, found.open, found.files, found.genuine
            )
        })
        .collect();
    println!(
        "{{\"bytes\":{{{}}},\"rules\":{{{}}},\"unfinished\":{}}}",
        bytes.join(","),
        rules.join(","),
        totals.unfinished
    );
}
