//! How well the held-out texts are told apart.

use crate::data::{Probe, read};
use crate::learn::strongest;
use crate::mine::Real;
use pipelock_detect::intent::score::{LIMIT, Weights};
use pipelock_testkit::corpus::{self, Level, Part};
use std::collections::BTreeMap;

/// Limits that are tried, relative to the one in use.
const TRIED: [f32; 7] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];
const SHOWN: usize = 150;

/// Prints the share of each group that is found at several limits.
pub(crate) fn print(weights: &(impl Weights + Sync), real: &Real, probes: &[Probe], show: bool) {
    let mut rows: BTreeMap<String, Vec<f32>> = BTreeMap::new();
    let least = LIMIT + TRIED[0];
    let score = |text: &str| {
        let best = strongest(weights, &read(text.as_bytes()), least);
        best.map_or(f32::MIN, |peak| peak.score)
    };
    for case in corpus::attacks() {
        if case.part == Part::HeldOut && case.level != Level::Encoded {
            let score = score(&case.text);
            let english = if case.language == "en" { "en" } else { "other" };
            let level = format!("{} {english}", case.level.as_str());
            rows.entry(level).or_default().push(score);
            if show {
                let language = format!("language {}", case.language);
                rows.entry(language).or_default().push(score);
            }
        }
    }
    for case in corpus::benign() {
        if case.part == Part::HeldOut {
            let about = case.category == "about";
            let key = if about {
                "texts about attacks"
            } else {
                "honest"
            };
            rows.entry(key.to_owned())
                .or_default()
                .push(score(&case.text));
        }
    }
    for probe in probes {
        let score = score(&probe.text);
        let key = match (probe.attack, probe.group.as_str()) {
            (true, level) => format!("probe {level}"),
            (false, "about") => "probe about".to_owned(),
            (false, _) => "probe honest".to_owned(),
        };
        if show && probe.attack != (score >= LIMIT) {
            println!("WRONG {key} {score:.1} {}", probe.text.escape_debug());
        }
        rows.entry(key).or_default().push(score);
    }
    for (key, scores) in rows {
        line(&key, &scores, 100.0 / scores.len() as f32);
    }
    let (found, bytes) = real.false_alarms(weights, least);
    let alarms = found.iter().filter(|(_, score)| show && *score >= LIMIT);
    for (text, score) in alarms.take(SHOWN) {
        println!("{score:.1} {:?}", String::from_utf8_lossy(text));
    }
    let scores: Vec<f32> = found.iter().map(|(_, score)| *score).collect();
    line("real text, per 100 MB", &scores, 1e8 / bytes as f32);
}

fn line(key: &str, scores: &[f32], unit: f32) {
    print!("  {key:24}");
    for tried in TRIED {
        let found = scores
            .iter()
            .filter(|score| **score >= LIMIT + tried)
            .count();
        print!("{:8.1}", found as f32 * unit);
    }
    println!("   of {}", scores.len());
}
