//! The tables of `testkit`, measured.

use crate::judge::Judge;
use crate::tally::Tally;
use crate::{Options, Output, Show};
use pipelock_detect::engine::Kinds;
use pipelock_testkit::corpus::{self, Attack, Benign, Level, Part};
use pipelock_testkit::credentials::{self, Dress};

/// Which part of the tables is measured.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    #[default]
    Tuning,
    HeldOut,
}

impl Which {
    fn part(self) -> Part {
        match self {
            Self::Tuning => Part::Tuning,
            Self::HeldOut => Part::HeldOut,
        }
    }
}

const LEVELS: [&str; 4] = ["stock", "reworded", "encoded", "indirect"];

/// Measures and prints.
pub(crate) fn report(judge: &Judge, options: &Options) {
    let run = Run { judge, options };
    let wanted = |word| options.only.as_deref().is_none_or(|only| only == word);
    let mut tallies = Vec::new();
    if wanted("attacks") {
        tallies.extend(run.attacks());
    }
    if wanted("benign") {
        tallies.extend(run.benign());
    }
    if wanted("credentials") {
        tallies.extend(run.credentials());
    }
    match options.output {
        Output::Text => tallies.iter().for_each(|tally| print!("{}", tally.text())),
        Output::Json => {
            let parts: Vec<String> = tallies.iter().map(Tally::json).collect();
            println!("{{{}}}", parts.join(","));
        }
    }
}

struct Run<'r> {
    judge: &'r Judge,
    options: &'r Options,
}

impl Run<'_> {
    fn measures(&self, part: Part) -> bool {
        part == self.options.part.part()
    }

    /// Held-out texts are never printed.
    fn show(&self, part: Part, what: &str, text: &str) {
        if self.options.show == Show::Cases && part == Part::Tuning {
            println!("{what}: {}", text.escape_debug());
        }
    }

    fn attacks(&self) -> Vec<Tally> {
        let mut languages = Tally::new("attacks found, by language", &LEVELS);
        let mut families = Tally::new("attacks found, by family", &LEVELS);
        let mut forms = Tally::new("usual phrases found, by encoding", &["found"]);
        let mut carried = Tally::new("attacks found between two honest texts", &LEVELS);
        let carriers = self.carriers();
        for attack in corpus::attacks() {
            if !self.measures(attack.part) {
                continue;
            }
            let found = !self.judge.rules(Kinds::INJECTION, &attack.text).is_empty();
            let level = attack.level.as_str();
            languages.add(attack.language, level, found);
            families.add(attack.family, level, found);
            if attack.level == Level::Encoded {
                forms.add(attack.form, "found", found);
            } else if let Some(text) = self.between(&carriers, &attack) {
                let found = !self.judge.rules(Kinds::INJECTION, &text).is_empty();
                carried.add(attack.language, level, found);
            }
            if !found {
                let what = format!(
                    "missed {} {} {}",
                    attack.language, attack.family, attack.form
                );
                self.show(attack.part, &what, &attack.text);
            }
        }
        vec![languages, families, carried, forms]
    }

    /// Honest texts that nothing blocks, with their language.
    fn carriers(&self) -> Vec<Benign> {
        let passes = |text: &Benign| {
            self.measures(text.part)
                && text.category != "about"
                && self.judge.rules(Kinds::INJECTION, &text.text).is_empty()
        };
        corpus::benign().into_iter().filter(passes).collect()
    }

    fn benign(&self) -> Vec<Tally> {
        let columns = ["injection", "credentials"];
        let mut categories = Tally::new("honest texts blocked, by category", &columns);
        let mut languages = Tally::new("honest texts blocked, by language", &columns);
        let mut about = Tally::new("texts about attacks blocked", &columns);
        for text in corpus::benign() {
            if !self.measures(text.part) {
                continue;
            }
            for (column, kinds) in [("injection", Kinds::INJECTION), ("credentials", Kinds::DLP)] {
                let rules = self.judge.rules(kinds, &text.text);
                let blocked = !rules.is_empty();
                if text.category == "about" {
                    about.add(text.language, column, blocked);
                } else {
                    categories.add(text.category, column, blocked);
                    languages.add(text.language, column, blocked);
                }
                if blocked {
                    let rules = rules.join(" ");
                    let what = format!("blocked {} {} by {rules}", text.language, text.category);
                    self.show(text.part, &what, &text.text);
                }
            }
        }
        vec![categories, languages, about]
    }

    fn credentials(&self) -> Vec<Tally> {
        let dresses = ["plain", "wrapped", "split", "encoded", "disguised"];
        let mut groups = Tally::new("credentials found, by group", &dresses);
        let mut forms = Tally::new("credentials found, by form", &[]);
        let mut near = Tally::new("near misses blocked", &[]);
        for case in credentials::cases() {
            if !self.measures(case.part) {
                continue;
            }
            let rules = self.judge.rules(Kinds::DLP, &case.text);
            let found = !rules.is_empty();
            let group = case.group.as_str();
            if case.dress == Dress::NearMiss {
                near.add(case.form, group, found);
            } else {
                groups.add(group, case.dress.as_str(), found);
                forms.add(
                    &format!("{}: {}", case.dress.as_str(), case.form),
                    group,
                    found,
                );
            }
            if found == (case.dress == Dress::NearMiss) {
                let what = match rules.as_slice() {
                    [] => "missed".to_owned(),
                    rules => format!("blocked by {}", rules.join(" ")),
                };
                let what = format!("{what}: {group} {} {}", case.format, case.form);
                self.show(case.part, &what, &case.text);
            }
        }
        vec![groups, forms, near]
    }
}

/// Pairs of texts that are tried as a carrier.
const PAIRS: u64 = 16;

impl Run<'_> {
    /// The attack between two texts of its language, or of English where nothing blocks
    /// these without it.
    fn between(&self, carriers: &[Benign], attack: &Attack) -> Option<String> {
        let hash = corpus::fnv1a(attack.text.as_bytes());
        for language in [attack.language, "en"] {
            let texts: Vec<&str> = carriers
                .iter()
                .filter(|text| text.language == language)
                .map(|text| text.text.as_str())
                .collect();
            let pick = |number: u64| {
                let index = hash.wrapping_add(number).wrapping_mul(0x9e37_79b9) >> 8;
                texts.get((index % texts.len().max(1) as u64) as usize)
            };
            for pair in 0..PAIRS {
                let (before, behind) = (pick(2 * pair)?, pick(2 * pair + 1)?);
                let honest = format!("{before}\n\n{behind}");
                if self.judge.rules(Kinds::INJECTION, &honest).is_empty() {
                    return Some(format!("{before}\n\n{}\n\n{behind}", attack.text));
                }
            }
        }
        None
    }
}
