//! Running other programs, visibly.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// A command that prints itself before it runs and fails when it fails.
pub(crate) struct Run {
    command: Command,
    shown: String,
}

impl Run {
    /// `program` with `dir` as its working directory and no standard input.
    pub(crate) fn new(dir: &Path, program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(dir).stdin(Stdio::null());
        Self {
            command,
            shown: program.to_string_lossy().into_owned(),
        }
    }

    /// Cargo, the one that runs us.
    pub(crate) fn cargo(dir: &Path) -> Self {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut run = Self::new(dir, program);
        run.shown = "cargo".into();
        run
    }

    /// Adds arguments, given as one string split at blanks.
    pub(crate) fn words(mut self, words: &str) -> Self {
        for word in words.split_whitespace() {
            self = self.arg(word);
        }
        self
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        let arg = arg.as_ref();
        self.shown.push(' ');
        self.shown.push_str(&arg.to_string_lossy());
        self.command.arg(arg);
        self
    }

    /// Sets an environment variable for the child.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.shown.insert_str(0, &format!("{name}='{value}' "));
        self.command.env(name, value);
        self
    }

    /// Runs to the end. Whether it succeeded is the answer.
    ///
    /// # Errors
    /// The program could not be started.
    pub(crate) fn succeeds(mut self) -> anyhow::Result<bool> {
        println!("+ {}", self.shown);
        let status = self
            .command
            .status()
            .with_context(|| format!("cannot start `{}`", self.shown))?;
        Ok(status.success())
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// The program could not be started, or failed.
    pub(crate) fn check(self) -> anyhow::Result<()> {
        let shown = self.shown.clone();
        if !self.succeeds()? {
            bail!("`{shown}` failed");
        }
        Ok(())
    }
}
