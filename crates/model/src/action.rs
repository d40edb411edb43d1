//! What a setting wishes, how bad a finding is, and how sure we are of it.

/// A configured wish. The gate resolves it into an effective action; the order
/// is strictness, so the strictest of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Deliver without a word.
    Allow,
    /// Deliver and report.
    Warn,
    /// Rewrite the matched spans and deliver; block where that is impossible.
    Strip,
    /// Ask a human; deny without an answer.
    Ask,
    /// Refuse.
    Block,
}

impl Action {
    /// The word that configuration files, logs and metrics use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Strip => "strip",
            Self::Ask => "ask",
            Self::Block => "block",
        }
    }

    /// True for every wish that stops or changes the traffic.
    #[must_use]
    pub const fn acts(self) -> bool {
        matches!(self, Self::Strip | Self::Ask | Self::Block)
    }
}

/// Severity of a rule. It flows to events and filters and never decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// The word that reasons and events use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads the word of a rule file, ignoring case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|severity| severity.as_str().eq_ignore_ascii_case(word))
    }
}

/// How sure a detector is. `Low` is reported and acts as a warning whatever the
/// action says; the others act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A placeholder, or a header quoted alone in prose.
    Low,
    /// The shape is right.
    Medium,
    /// A checksum or structure confirms it.
    Certain,
}

impl Confidence {
    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::Certain => "certain",
        }
    }
}
