//! Presets: complete files for a purpose, rendered from one definition.
//!
//! They state what differs from the built-in defaults or what a newcomer looks
//! for, and include the built-in patterns instead of copying them, so that they
//! gain new ones. Sections that are not built yet are left out.

use std::fmt::Write;

struct Preset {
    name: &'static str,
    purpose: &'static str,
    mode_note: &'static str,
    allowlist: Option<&'static str>,
    max_url_length: u32,
    entropy: &'static str,
    subdomain_entropy: &'static str,
    requests_per_minute: u32,
    request_action: &'static str,
    header_mode: &'static str,
    response_action: &'static str,
}

const BALANCED: Preset = Preset {
    name: "balanced",
    purpose: "every host is reachable, secrets in URLs and internal addresses are refused",
    mode_note: "Also: strict (only hosts of api_allowlist), audit (log everything, block nothing).",
    allowlist: Some("Not enforced in balanced mode; strict mode reaches only these."),
    max_url_length: 2048,
    entropy: "4.5",
    subdomain_entropy: "4.0",
    requests_per_minute: 60,
    request_action: "warn",
    header_mode: "sensitive",
    response_action: "warn",
};

const STRICT: Preset = Preset {
    name: "strict",
    purpose: "only listed hosts are reachable, and every finding blocks",
    mode_note: "Also: balanced (every host that passes), audit (log everything, block nothing).",
    allowlist: Some("The only hosts that can be reached. Add what your agent needs."),
    max_url_length: 500,
    entropy: "3.5",
    subdomain_entropy: "3.5",
    requests_per_minute: 30,
    request_action: "block",
    header_mode: "all",
    response_action: "block",
};

const AUDIT: Preset = Preset {
    name: "audit",
    purpose: "nothing is blocked; the log says what would have been",
    mode_note: "Change to balanced or strict once the log holds no surprise, and remove `enforce`.",
    allowlist: None,
    ..BALANCED
};

const PRESETS: [&Preset; 3] = [&STRICT, &BALANCED, &AUDIT];

/// Names of the presets, in order of the reference.
pub const NAMES: [&str; 3] = [STRICT.name, BALANCED.name, AUDIT.name];

/// Presets for single agents; later.
const LATER: [&str; 4] = ["claude-code", "cursor", "generic-agent", "hostile-model"];

/// Hosts of model providers and code forges. Messaging platforms are no part of
/// it: they carry data out.
const ALLOWLIST: [&str; 6] = [
    "*.anthropic.com",
    "*.openai.com",
    "github.com",
    "*.github.com",
    "*.githubusercontent.com",
    concat!("registry.", "npmjs.org"),
];

/// Why there is no such preset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// Nobody knows this name.
    #[error("unknown preset; known are {}", NAMES.join(", "))]
    Unknown,
    /// The name is reserved.
    #[error("preset \"{name}\" is not built yet; known are {}", NAMES.join(", "))]
    Later {
        /// Its name.
        name: &'static str,
    },
}

/// Renders a preset as a commented file.
///
/// # Errors
/// When there is none of this name.
pub fn preset(name: &str) -> Result<String, PresetError> {
    if let Some(preset) = PRESETS.into_iter().find(|preset| preset.name == name) {
        return Ok(preset.render());
    }
    let later = LATER.into_iter().find(|later| *later == name);
    Err(later.map_or(PresetError::Unknown, |name| PresetError::Later { name }))
}

/// The preset of a run without a file.
pub(crate) fn balanced() -> String {
    BALANCED.render()
}

impl Preset {
    fn render(&self) -> String {
        let mut out = String::with_capacity(4096);
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        self.write_top(out)?;
        self.write_network(out)?;
        self.write_scanning(out)
    }

    fn write_top(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "# Pipelock preset \"{}\": {}.",
            self.name, self.purpose
        )?;
        writeln!(out, "#")?;
        writeln!(
            out,
            "# Keys left out have their defaults; the built-in patterns are included and grow"
        )?;
        writeln!(
            out,
            "# with the product. Sections that this version does not act on are left out."
        )?;
        writeln!(
            out,
            "# Check a change with:  pipelock check --config FILE\n"
        )?;
        writeln!(out, "version: 1\n")?;
        writeln!(out, "# {}", self.mode_note)?;
        writeln!(out, "mode: {}", self.name)?;
        if self.name == AUDIT.name {
            writeln!(out, "enforce: false")?;
        }
        writeln!(out)?;
        if let Some(note) = self.allowlist {
            writeln!(out, "# {note}")?;
            writeln!(out, "# \"*.d\" is d and every name below it.")?;
            writeln!(out, "api_allowlist:")?;
            for host in ALLOWLIST {
                writeln!(out, "  - \"{host}\"")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_network(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "fetch_proxy:")?;
        writeln!(
            out,
            "  # Agents use this address as HTTP_PROXY and HTTPS_PROXY."
        )?;
        writeln!(out, "  listen: \"127.0.0.1:8888\"")?;
        writeln!(out, "  monitoring:")?;
        writeln!(out, "    max_url_length: {}", self.max_url_length)?;
        writeln!(
            out,
            "    # Shannon bits a character; random text such as a key has more."
        )?;
        writeln!(out, "    entropy_threshold: {}", self.entropy)?;
        writeln!(
            out,
            "    subdomain_entropy_threshold: {}",
            self.subdomain_entropy
        )?;
        writeln!(
            out,
            "    # For each registrable domain; `unlimited: true` instead switches it off."
        )?;
        writeln!(
            out,
            "    max_requests_per_minute: {}",
            self.requests_per_minute
        )?;
        writeln!(
            out,
            "    # Refused whatever the mode, unless `enforce: false`."
        )?;
        writeln!(out, "    blocklist:")?;
        for host in pipelock_detect::url::UrlRules::default()
            .blocklist
            .patterns()
        {
            writeln!(out, "      - \"{host}\"")?;
        }
        writeln!(out, "\nforward_proxy:")?;
        writeln!(out, "  enabled: true")?;
        writeln!(out, "  # Seconds without a byte in either direction.")?;
        writeln!(out, "  idle_timeout_seconds: 120\n")?;
        writeln!(out, "# Internal services that agents may reach:")?;
        writeln!(out, "# trusted_domains: [\"*.corp.example.com\"]")?;
        writeln!(out, "# ssrf:\n#   ip_allowlist: [\"10.1.2.0/24\"]\n")
    }

    fn write_scanning(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "# Secrets that leave. Secrets in URLs are refused unless `enforce: false`."
        )?;
        writeln!(out, "dlp:\n  include_defaults: true\n")?;
        writeln!(out, "# Request bodies and headers: warn or block.")?;
        writeln!(out, "request_body_scanning:")?;
        writeln!(out, "  action: {}", self.request_action)?;
        writeln!(out, "  header_mode: {}\n", self.header_mode)?;
        writeln!(
            out,
            "# Instructions hidden in what the agent reads: warn, strip, block or ask."
        )?;
        writeln!(out, "response_scanning:")?;
        writeln!(out, "  action: {}", self.response_action)?;
        writeln!(out, "  include_defaults: true")
    }
}
