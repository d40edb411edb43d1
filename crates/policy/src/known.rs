//! Values that the operator knows: the environment, a file of secrets, canaries.

use pipelock_model::Secret;
use std::path::PathBuf;

/// `dlp.scan_env`, `dlp.secrets_file`, `dlp.min_env_secret_length`. The values are
/// read by whoever builds the engine.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Values of this process's environment are searched for.
    pub environment: Environment,
    /// File with one value a line.
    pub file: Option<PathBuf>,
    /// Shortest value, in bytes.
    pub min_length: usize,
}

/// `dlp.scan_env`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Its values are searched for.
    Searched,
    /// It is left alone.
    Ignored,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            environment: Environment::Searched,
            file: None,
            min_length: Self::MIN_LENGTH,
        }
    }
}

impl Secrets {
    /// Shortest value where nobody sets one.
    pub const MIN_LENGTH: usize = 16;
}

/// `canary_tokens`: values whose only use is to be seen where they must not be.
/// Names differ in more than case, values differ, each has eight characters or more.
#[derive(Debug, Clone, Default)]
pub struct Canaries(Vec<Canary>);

/// One canary.
#[derive(Debug, Clone)]
pub struct Canary {
    /// Name in findings: `Canary Token (NAME)`.
    pub name: String,
    /// What is searched for.
    pub value: Secret<String>,
}

impl Canaries {
    /// Takes canaries that the loader has checked.
    #[must_use]
    pub fn new(canaries: Vec<Canary>) -> Self {
        Self(canaries)
    }

    /// The canaries.
    #[must_use]
    pub fn as_slice(&self) -> &[Canary] {
        &self.0
    }
}
