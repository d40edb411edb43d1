//! The form of a file of words below `rules/intent`. The build script and the tests
//! read it; the program itself carries tables only.

use pipelock_detect::intent::Concept;
use pipelock_detect::intent::compile::{Mood, Script, Source};
use std::path::{Path, PathBuf};

/// The file that holds in all languages; it is the first source.
const SHARED: &str = "any";
const KEYS: [&str; 6] = [
    "language", "script", "mood", "attacks", "honest", "concepts",
];

/// One file of words.
#[derive(Debug)]
pub(crate) struct WordFile {
    /// Where it stands.
    pub(crate) path: PathBuf,
    /// Its words.
    pub(crate) source: Source,
    /// Texts that must be found.
    pub(crate) attacks: Vec<String>,
    /// Texts that must not be found.
    pub(crate) honest: Vec<String>,
}

/// Reads every file, the shared one first, the others by name.
///
/// # Errors
/// Every problem found, each beginning with the file and the key.
pub(crate) fn read(root: &Path) -> Result<Vec<WordFile>, Vec<String>> {
    let directory = root.join("intent");
    let entries = std::fs::read_dir(&directory).map_err(|error| vec![error.to_string()])?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    paths.sort_by_key(|path| (!path.ends_with("any.toml"), path.clone()));
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match read_one(&path) {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(format!("{}: {problem}", path.display())),
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(problems)
    }
}

fn read_one(path: &Path) -> Result<WordFile, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("{key}: unknown key"));
    }
    let word = |key: &str| {
        let value = table.get(key).and_then(toml::Value::as_str);
        value.ok_or_else(|| format!("{key}: must be a text"))
    };
    let language = word("language")?.to_owned();
    if path
        .file_stem()
        .is_none_or(|stem| stem != language.as_str())
    {
        return Err("language: must be the name of the file".to_owned());
    }
    let least = if language == SHARED { 0 } else { 4 };
    let script = match word("script")? {
        "words" => Script::Words,
        "runs" => Script::Runs,
        _ => return Err("script: must be \"words\" or \"runs\"".to_owned()),
    };
    let mood = match word("mood")? {
        "place" => Mood::Place,
        "form" => Mood::Form,
        _ => return Err("mood: must be \"place\" or \"form\"".to_owned()),
    };
    Ok(WordFile {
        path: path.to_owned(),
        source: Source {
            language,
            script,
            mood,
            concepts: concepts(&table)?,
        },
        attacks: examples(&table, "attacks", least)?,
        honest: examples(&table, "honest", least)?,
    })
}

fn concepts(table: &toml::Table) -> Result<Vec<(Concept, Vec<String>)>, String> {
    let table = table
        .get("concepts")
        .and_then(toml::Value::as_table)
        .ok_or("concepts: must be a table")?;
    let read = |(key, value): (&String, &toml::Value)| {
        let concept = Concept::parse(key).ok_or_else(|| format!("{key}: unknown concept"))?;
        let words = texts(value).ok_or_else(|| format!("{key}: must be a list of words"))?;
        Ok((concept, words))
    };
    table.iter().map(read).collect()
}

fn examples(table: &toml::Table, key: &str, least: usize) -> Result<Vec<String>, String> {
    table
        .get(key)
        .map_or(Some(Vec::new()), texts)
        .filter(|texts| texts.len() >= least)
        .ok_or_else(|| format!("{key}: must be a list of {least} texts or more"))
}

fn texts(value: &toml::Value) -> Option<Vec<String>> {
    let list = value.as_array()?.iter();
    list.map(|item| item.as_str().map(str::to_owned)).collect()
}
