//! Values that are known to be secret: of this process's environment and of
//! `dlp.secrets_file` (`detection.md` §2.5).
//!
//! Values become rules and are told to nobody; what was left out is told by line
//! number and count.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::entropy::shannon;
use pipelock_detect::rule::{Finds, KnownSecret, Rule, RuleAction, RuleKind};
use pipelock_model::Severity;
use pipelock_policy::{Environment, Secrets};
use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

/// Most values of the file.
const MOST: usize = 1000;
/// Most values of the environment.
const MOST_VARIABLES: usize = 1000;
/// Longest value, in bytes.
const LONGEST: usize = 4096;
/// Longest file: as many of the longest lines as count, and comments.
const LARGEST: u64 = 16 << 20;
/// Bits a character above which a value is no word.
const RANDOM: f64 = 3.0;

/// Variables whose values are no secrets.
const ORDINARY: &[&str] = &[
    "PWD",
    "OLDPWD",
    "HOME",
    "PATH",
    "TMPDIR",
    "TEMP",
    "TMP",
    "_",
    "USER",
    "LOGNAME",
    "USERNAME",
    "HOSTNAME",
    "HOST",
    "SHELL",
    "SHLVL",
    "TERM",
    "TERM_PROGRAM",
    "COLORTERM",
    "COLORFGBG",
    "LANG",
    "LANGUAGE",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "LESS",
    "LS_COLORS",
    "LSCOLORS",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "GOPATH",
    "GOROOT",
    "GOBIN",
    "PYTHONPATH",
    "PYTHONHOME",
    "NODE_PATH",
    "MANPATH",
    "INFOPATH",
    "PS1",
    "PS2",
    "PS3",
    "PS4",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMFILES",
    "PROGRAMDATA",
    "SYSTEMROOT",
    "WINDIR",
    "COMSPEC",
    "COMPUTERNAME",
    "PATHEXT",
    "SESSIONNAME",
];
/// Beginnings of further ones.
const ORDINARY_PREFIXES: &[&str] = &["LC_", "XDG_"];

/// What was read.
#[derive(Debug, Default)]
pub struct Known {
    /// One rule a value.
    pub rules: Vec<Rule>,
    /// Values of the environment.
    pub environment: usize,
    /// Values of the file.
    pub file: usize,
    /// What was left out of the file, and why.
    pub warnings: Vec<String>,
}

/// The file of secrets cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read dlp.secrets_file {path}")]
pub struct SecretsFileError {
    path: String,
    source: std::io::Error,
}

/// Reads the values that the settings ask for, each once.
///
/// # Errors
/// [`SecretsFileError`]: without its values the protection is not the one that was
/// asked for.
pub fn known(
    settings: &Secrets,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Known, SecretsFileError> {
    let mut reader = Reader {
        known: Known::default(),
        seen: HashSet::new(),
        least: settings.min_length,
    };
    if settings.environment == Environment::Searched {
        for (name, value) in environment.take(MOST_VARIABLES) {
            reader.variable(&name, &value);
        }
    }
    if let Some(path) = &settings.file {
        reader.file(path).map_err(|source| SecretsFileError {
            path: path.display().to_string(),
            source,
        })?;
    }
    Ok(reader.known)
}

/// The environment of this process, without what is not text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

struct Reader {
    known: Known,
    seen: HashSet<String>,
    least: usize,
}

impl Reader {
    /// A value of several lines is searched for by the line.
    fn variable(&mut self, name: &str, value: &str) {
        if is_ordinary(name) || is_place(value) {
            return;
        }
        for line in value.lines().map(str::trim) {
            let long = line.len() >= self.least && line.len() <= LONGEST;
            if long && shannon(line) > RANDOM && self.add("Environment Variable Leak", line) {
                self.known.environment += 1;
            }
        }
    }

    fn file(&mut self, path: &Path) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(std::io::Error::new(
                std::io::ErrorKind::FileTooLarge,
                "larger than 16 MiB",
            ));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            if self.known.file >= MOST {
                let left = format!("line {number} and what follows: more than {MOST} values");
                self.known.warnings.push(left);
                break;
            }
            if let Err(why) = self.line(line) {
                self.known
                    .warnings
                    .push(format!("line {number} is left out: {why}"));
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Result<(), &'static str> {
        if line.contains(&0) {
            return Err("it holds NUL");
        }
        if line.len() > LONGEST {
            return Err("longer than 4096 bytes");
        }
        if line.len() < self.least {
            return Err("shorter than dlp.min_env_secret_length");
        }
        let line = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
        if self.add("Known Secret Leak", line) {
            self.known.file += 1;
        }
        Ok(())
    }

    /// False when it is known already, or too short to be looked for.
    fn add(&mut self, name: &'static str, value: &str) -> bool {
        if self.seen.contains(value) {
            return false;
        }
        let Some(secret) = KnownSecret::new(value) else {
            return false;
        };
        self.seen.insert(value.to_owned());
        let number = self.known.rules.len() + 1;
        self.known.rules.push(Rule {
            id: format!("known-secret-{number}").into(),
            name: name.into(),
            kind: RuleKind::Dlp,
            severity: Severity::Critical,
            core: false,
            action: RuleAction::Enforce,
            validator: None,
            checksum: None,
            exempt: DomainSet::default(),
            finds: Finds::Secret(secret),
        });
        true
    }
}

fn is_ordinary(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ORDINARY.contains(&name.as_str())
        || ORDINARY_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// True for paths that are there: programs name them everywhere, and no secret is one.
fn is_place(value: &str) -> bool {
    value
        .split(':')
        .all(|part| part.starts_with('/') && Path::new(part).symlink_metadata().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(settings: &Secrets, environment: &[(&str, &str)]) -> Known {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        known(settings, environment).unwrap()
    }

    #[test]
    fn only_long_random_values_of_other_than_ordinary_variables_count() {
        let secret = "Zq111xY222Kp333Wv";
        let path = std::env::temp_dir();
        let long_path = format!("{0}:{0}:{0}:{0}", path.display());
        let cases = [
            ("API_KEY", secret, 1),
            ("api_key", secret, 1),
            ("path", secret, 0),
            ("LC_ALL", secret, 0),
            ("XDG_RUNTIME_DIR", secret, 0),
            ("API_KEY", &secret[..15], 0),
            ("API_KEY", "aaaaaaaaaaaaaaaaaaaaaaaa", 0),
            ("TOOLS", &long_path, 0),
            (
                "KEY",
                "first-l1ne-Zq111xY222\n  \nsecond-l1ne-Kp333Wv\nshort",
                2,
            ),
        ];
        for (name, value, count) in cases {
            let found = read(&Secrets::default(), &[(name, value)]);
            assert_eq!(found.environment, count, "{name}");
        }
        let twice = read(&Secrets::default(), &[("A", secret), ("B", secret)]);
        assert_eq!((twice.environment, twice.rules.len()), (1, 1));
        let off = Secrets {
            environment: Environment::Ignored,
            ..Secrets::default()
        };
        assert_eq!(read(&off, &[("A", secret)]).rules.len(), 0);
    }

    #[test]
    fn the_file_has_one_value_a_line_and_says_what_it_left_out() {
        let path = std::env::temp_dir().join(format!("known-{}", std::process::id()));
        let long = "x".repeat(4097);
        let text = format!(
            "\u{feff}first-value-of-file\r\n# a comment that is long enough\n\n  second-value-of-file \n\
             in-the-environment\nshort\n{long}\nnul-\0-in-the-middle\n"
        );
        std::fs::write(&path, text).unwrap();
        let settings = Secrets {
            file: Some(path.clone()),
            ..Secrets::default()
        };
        let found = read(&settings, &[("A", "in-the-environment")]);
        std::fs::remove_file(&path).unwrap();
        assert_eq!((found.environment, found.file), (1, 2));
        let said = found.warnings.join("; ");
        for line in ["line 6 ", "line 7 ", "line 8 "] {
            assert!(said.contains(line), "{said}");
        }
        assert!(!said.contains("short ") && !format!("{found:?}").contains("value-of"));
        assert!(known(&settings, std::iter::empty()).is_err(), "it is gone");
    }
}
