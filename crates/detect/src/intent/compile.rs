//! From files of words to tables; build scripts and tests run it.

mod gate;
mod spelling;
mod tree;

use super::concept::Concept;
use super::tables::{FORM, GATE_WORDS, LexiconTables, RUN, TYPO, WILD};
use std::fmt::Write;

/// Whether blanks stand between the words of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// They do.
    Words,
    /// They do not, or words carry prefixes: a word may stand inside a run.
    Runs,
}

/// How an order shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// By its place: first in a clause, or behind "please" or "you must".
    Place,
    /// By the form of the verb.
    Form,
}

/// The words of one language.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, for messages.
    pub language: String,
    /// Whether blanks stand between words.
    pub script: Script,
    /// How an order shows.
    pub mood: Mood,
    /// The words of each concept, in the notation of `rules/intent/README.md`.
    pub concepts: Vec<(Concept, Vec<String>)>,
}

/// Why words cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// A brace is not closed, or the word stands for too many.
    #[error("{language}: {concept}: cannot expand {word:?}")]
    Notation {
        /// Language.
        language: String,
        /// Concept.
        concept: &'static str,
        /// The word as written.
        word: String,
    },
    /// More words or languages than the tables hold.
    #[error("too many words or languages")]
    TooMany,
}

/// Tables that were made at run time, or are to be written as source.
#[derive(Debug)]
pub struct Compiled {
    gate: Box<[u64; GATE_WORDS]>,
    grams: Vec<u8>,
    tree: Vec<u8>,
}

/// One spelling of one word.
struct Spelt {
    /// Bytes as written, separators as one blank.
    bytes: Vec<u8>,
    concept: Concept,
    language: u8,
    flags: u8,
    /// Digits for letters count at the gate too.
    leet: bool,
}

/// Makes the tables; the first source is that of all languages.
///
/// # Errors
/// The first word that cannot be expanded, or more words than fit.
pub fn compile(sources: &[Source]) -> Result<Compiled, LexiconError> {
    let mut words = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let language = u8::try_from(number).map_err(|_| LexiconError::TooMany)?;
        for (concept, written) in &source.concepts {
            for word in written {
                words.extend(spelt(source, language, *concept, word)?);
            }
        }
    }
    let (gate, grams) = gate::tables(&words);
    Ok(Compiled {
        gate,
        grams,
        tree: tree::tree(&words).ok_or(LexiconError::TooMany)?,
    })
}

fn spelt(
    source: &Source,
    language: u8,
    concept: Concept,
    written: &str,
) -> Result<Vec<Spelt>, LexiconError> {
    let wrong = || LexiconError::Notation {
        language: source.language.clone(),
        concept: concept.word(),
        word: written.to_owned(),
    };
    let (written, tolerant) = match written.strip_prefix('~') {
        Some(rest) => (rest, true),
        None => (written, false),
    };
    let mut out = Vec::new();
    for word in spelling::expand(written).ok_or_else(wrong)? {
        let (word, wild) = match word.strip_suffix('*') {
            Some(stem) => (stem, WILD),
            None => (word.as_str(), 0),
        };
        let run = if source.script == Script::Runs && !word.is_ascii() {
            RUN
        } else {
            0
        };
        let form = if source.mood == Mood::Form { FORM } else { 0 };
        let mut push = |bytes: Vec<u8>, flags: u8, leet: bool| {
            if !bytes.is_empty() {
                out.push(Spelt {
                    bytes,
                    concept,
                    language,
                    flags,
                    leet,
                });
            }
        };
        for bytes in spelling::variants(word) {
            push(bytes, wild | run | form, tolerant);
        }
        if tolerant {
            for typo in spelling::typos(word) {
                push(typo, wild | run | form | TYPO, false);
            }
        }
    }
    Ok(out)
}

impl Compiled {
    /// Tables for as long as the program runs; for tests.
    #[must_use]
    pub fn leak(self) -> &'static LexiconTables {
        Box::leak(Box::new(LexiconTables {
            gate: Box::leak(self.gate),
            grams: self.grams.leak(),
            tree: self.tree.leak(),
        }))
    }

    /// The grams and the tree, each for a file that the program includes.
    #[must_use]
    pub fn files(&self) -> (&[u8], &[u8]) {
        (&self.grams, &self.tree)
    }

    /// The bitmap as an expression.
    #[must_use]
    pub fn gate_to_rust(&self) -> String {
        let mut out = String::from("[");
        for word in self.gate.iter() {
            // Writing to a String cannot fail.
            let _ = write!(out, "{word:#x},");
        }
        out.push(']');
        out
    }
}
