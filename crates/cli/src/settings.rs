//! Loads settings the way every command needs them.

use anyhow::anyhow;
use pipelock_config::{Environment, Loaded, Overrides, Token, Unimplemented};
use pipelock_gate::Snapshot;
use pipelock_model::{Clean, OwnWords};
use pipelock_policy::{Mode, Policy};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The file that a command reads and does not serve by.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigFlag {
    /// Configuration file (YAML) [default: none, the built-in defaults].
    #[arg(
        short,
        long,
        value_name = "FILE",
        env = "PIPELOCK_CONFIG",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
}

/// What the command line says beside the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--mode`.
    pub(crate) mode: Option<String>,
    /// `--listen`.
    pub(crate) listen: Option<String>,
}

impl Flags {
    fn overrides(&self) -> anyhow::Result<Overrides> {
        let mode = self.mode.as_deref().map(|word| {
            [Mode::Strict, Mode::Balanced, Mode::Audit]
                .into_iter()
                .find(|mode| mode.as_str() == word)
                .ok_or_else(|| anyhow!("--mode {word}: strict, balanced or audit"))
        });
        let listen = self.listen.as_deref().map(|text| {
            let wrong =
                || anyhow!("--listen {text}: not an address and a port such as 127.0.0.1:8888");
            listen_address(text).ok_or_else(wrong)
        });
        Ok(Overrides {
            mode: mode.transpose()?,
            listen: listen.transpose()?,
        })
    }
}

/// `host:port`; a missing host means every address.
fn listen_address(text: &str) -> Option<SocketAddr> {
    let text = match text.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None => text.replacen("localhost:", "127.0.0.1:", 1),
    };
    text.parse().ok()
}

/// Loads a file, or the defaults without one.
///
/// # Errors
/// A flag with a bad value. Problems of the file are in the result.
pub(crate) fn load(file: Option<&Path>, flags: &Flags) -> anyhow::Result<Loaded> {
    let environment = Environment {
        memory_limit: pipelock_runtime::memory_limit(),
        unimplemented: match std::env::var_os("PIPELOCK_ALLOW_UNIMPLEMENTED") {
            Some(value) if value == "1" => Unimplemented::Allow,
            _ => Unimplemented::Refuse,
        },
        kill_switch_token: match std::env::var_os("PIPELOCK_KILLSWITCH_API_TOKEN") {
            Some(value) if !value.is_empty() => Token::Given,
            _ => Token::Absent,
        },
        working_directory: std::env::current_dir().ok(),
        now: seconds_since_1970(),
        overrides: flags.overrides()?,
    };
    Ok(match file {
        Some(path) => pipelock_config::load(path, &environment),
        None => pipelock_config::defaults(&environment),
    })
}

/// The policy with what this process and its file of secrets know, as `run` builds it.
///
/// # Errors
/// A file of secrets that cannot be read.
pub(crate) fn snapshot(policy: Policy) -> anyhow::Result<Snapshot> {
    let known = pipelock_runtime::known(&policy.secrets, pipelock_runtime::environment())?;
    Ok(Snapshot::with_known(policy, known.rules))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the loader takes the date as an argument"
)]
fn seconds_since_1970() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// Names of files, hashes and warnings of the loader, which echoes no secret.
pub(crate) fn clean(text: &str) -> Clean {
    Clean::text(&OwnWords, text)
}

/// What the operator calls the settings.
pub(crate) fn origin(file: Option<&Path>) -> String {
    file.map_or_else(
        || "built-in defaults (balanced)".into(),
        |path| path.display().to_string(),
    )
}
