//! The form of a rule file. The build script and the tests read it; the program
//! itself carries tables only.

use pipelock_detect::pattern::Case;
use pipelock_detect::validate::{Checksum, Validator};
use pipelock_model::Severity;
use std::path::{Path, PathBuf};

/// A directory of rule files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// `rules/dlp`.
    Dlp,
    /// `rules/injection`.
    Injection,
}

impl Shelf {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Dlp, Self::Injection];

    /// Its directory below `rules`.
    pub(crate) const fn directory(self) -> &'static str {
        match self {
            Self::Dlp => "dlp",
            Self::Injection => "injection",
        }
    }

    /// Name of its static table.
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Dlp => "DLP",
            Self::Injection => "INJECTION",
        }
    }
}

/// Where a rule belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// The defaults that a configuration may replace.
    Default,
    /// The floor alone.
    CoreOnly,
    /// The copies in preset files alone.
    PresetOnly,
}

impl Set {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "default" => Some(Self::Default),
            "core_only" => Some(Self::CoreOnly),
            "preset_only" => Some(Self::PresetOnly),
            _ => None,
        }
    }
}

/// One rule file.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// Where it stands.
    pub(crate) path: PathBuf,
    /// `dlp/name.toml`, for messages.
    pub(crate) label: String,
    /// Stable slug, equal to the file's name.
    pub(crate) id: String,
    /// Public name.
    pub(crate) name: String,
    /// Place in reports.
    pub(crate) order: i64,
    /// Where it belongs.
    pub(crate) set: Set,
    /// Part of the floor.
    pub(crate) core: bool,
    /// Severity.
    pub(crate) severity: Severity,
    /// Test that a match must pass.
    pub(crate) validator: Option<Validator>,
    /// Checksum that makes a match certain.
    pub(crate) checksum: Option<Checksum>,
    /// Letter case of the pattern.
    pub(crate) case: Case,
    /// Pattern in the RE2 dialect.
    pub(crate) regex: String,
    /// Examples that the rule reports, in the notation.
    pub(crate) matches: Vec<String>,
    /// Examples that the rule lets pass, in the notation.
    pub(crate) passes: Vec<String>,
}

const KEYS: [&str; 14] = [
    "id",
    "name",
    "order",
    "set",
    "core",
    "severity",
    "validator",
    "checksum",
    "case",
    "regex",
    "source",
    "description",
    "matches",
    "passes",
];

/// Reads every file of a shelf, in report order.
///
/// # Errors
/// Every problem found, each beginning with the file and the key.
pub(crate) fn read(root: &Path, shelf: Shelf) -> Result<Vec<RuleFile>, Vec<String>> {
    let directory = root.join(shelf.directory());
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for path in
        toml_files(&directory).map_err(|error| vec![format!("{}: {error}", shelf.directory())])?
    {
        match read_one(&path, shelf) {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    files.sort_by(|a, b| a.order.cmp(&b.order).then_with(|| a.id.cmp(&b.id)));
    for pair in files.windows(2) {
        if pair[0].order == pair[1].order {
            problems.push(format!(
                "{}: order: {} has the same",
                pair[1].label, pair[0].label
            ));
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(problems)
    }
}

fn toml_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_one(path: &Path, shelf: Shelf) -> Result<RuleFile, String> {
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let label = format!("{}/{stem}.toml", shelf.directory());
    let at = |key: &str, what: &str| format!("rules/{label}: {key}: {what}");
    let text = std::fs::read_to_string(path).map_err(|error| at("file", &error.to_string()))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| at("file", error.message()))?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(at(key, "unknown key"));
    }
    let keys = Keys {
        table: &table,
        at: &at,
    };
    let id = keys.text("id")?;
    if id != stem {
        return Err(at("id", "must be the name of the file"));
    }
    keys.text("source")?;
    keys.text("description")?;
    Ok(RuleFile {
        path: path.to_owned(),
        id,
        name: keys.text("name")?,
        order: keys.order()?,
        set: keys.word("set", Set::parse)?.unwrap_or(Set::Default),
        core: keys.flag("core")?,
        severity: keys.required("severity", Severity::parse)?,
        validator: keys.word("validator", Validator::parse)?,
        checksum: keys.word("checksum", Checksum::parse)?,
        case: keys.required("case", |word| match word {
            "insensitive" => Some(Case::Dlp),
            "as_written" => Some(Case::AsWritten),
            _ => None,
        })?,
        regex: keys.text("regex")?,
        matches: keys.examples("matches")?,
        passes: keys.examples("passes")?,
        label,
    })
}

/// The keys of one file, with messages that name file and key.
struct Keys<'a> {
    table: &'a toml::Table,
    at: &'a dyn Fn(&str, &str) -> String,
}

impl Keys<'_> {
    fn text(&self, key: &str) -> Result<String, String> {
        self.table
            .get(key)
            .and_then(toml::Value::as_str)
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
            .ok_or_else(|| (self.at)(key, "must be a text"))
    }

    fn word<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        if self.table.contains_key(key) {
            self.required(key, parse).map(Some)
        } else {
            Ok(None)
        }
    }

    fn required<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        parse(&self.text(key)?).ok_or_else(|| (self.at)(key, "unknown word"))
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        self.table
            .get(key)
            .map_or(Some(false), toml::Value::as_bool)
            .ok_or_else(|| (self.at)(key, "must be true or false"))
    }

    fn order(&self) -> Result<i64, String> {
        self.table
            .get("order")
            .and_then(toml::Value::as_integer)
            .ok_or_else(|| (self.at)("order", "must be a whole number"))
    }

    fn examples(&self, key: &str) -> Result<Vec<String>, String> {
        let list = self.table.get(key).and_then(toml::Value::as_array);
        let texts: Option<Vec<_>> = list.and_then(|list| {
            list.iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        });
        texts
            .filter(|texts| texts.len() >= 3)
            .ok_or_else(|| (self.at)(key, "must be a list of three examples or more"))
    }
}
