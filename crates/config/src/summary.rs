//! What `check` prints about a policy.

use pipelock_policy::{Enforcement, Mode, Policy};
use serde_json::{Value, json};
use std::fmt;
use std::net::SocketAddr;

/// Figures of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Mode.
    pub mode: Mode,
    /// What becomes of content verdicts.
    pub enforcement: Enforcement,
    /// Main listener.
    pub listen: SocketAddr,
    /// Entries of `api_allowlist`.
    pub allowlist: usize,
    /// Entries of `fetch_proxy.monitoring.blocklist`.
    pub blocklist: usize,
    /// DLP patterns in force.
    pub dlp_patterns: usize,
    /// Injection patterns in force.
    pub injection_patterns: usize,
    /// Bits a character.
    pub entropy_threshold: f64,
    /// Longest URL.
    pub max_url_length: usize,
}

impl Summary {
    pub(crate) fn of(policy: &Policy) -> Self {
        Self {
            mode: policy.mode,
            enforcement: policy.enforcement,
            listen: policy.listener.listen,
            allowlist: policy.api_allowlist.len(),
            blocklist: policy.url.blocklist.len(),
            dlp_patterns: policy.rules.dlp_count(),
            injection_patterns: policy.rules.injection_count(),
            entropy_threshold: policy.url.entropy_threshold,
            max_url_length: policy.url.max_url_length,
        }
    }

    const fn enforcement_word(&self) -> &'static str {
        match self.enforcement {
            Enforcement::Enforce => "enforce",
            Enforcement::DetectOnly => "detect only",
        }
    }

    /// The form of `check --json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "mode": self.mode.as_str(),
            "enforce": self.enforcement == Enforcement::Enforce,
            "listen": self.listen.to_string(),
            "api_allowlist": self.allowlist,
            "blocklist": self.blocklist,
            "dlp_patterns": self.dlp_patterns,
            "response_patterns": self.injection_patterns,
            "entropy_threshold": self.entropy_threshold,
            "max_url_length": self.max_url_length,
        })
    }
}

/// One line a figure.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  Mode:              {}", self.mode.as_str())?;
        writeln!(f, "  Enforcement:       {}", self.enforcement_word())?;
        writeln!(f, "  Listen:            {}", self.listen)?;
        writeln!(f, "  API allowlist:     {} domains", self.allowlist)?;
        writeln!(f, "  Blocklist:         {} domains", self.blocklist)?;
        writeln!(f, "  DLP patterns:      {}", self.dlp_patterns)?;
        writeln!(f, "  Response patterns: {}", self.injection_patterns)?;
        writeln!(f, "  Entropy threshold: {:.1}", self.entropy_threshold)?;
        write!(f, "  Max URL length:    {}", self.max_url_length)
    }
}
