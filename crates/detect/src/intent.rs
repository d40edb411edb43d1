//! Intents: what a text wants of a model, learnt from its wording.
//!
//! Not a list of phrases: a linear model weighs words, parts of words, and pairs of
//! words near each other. It learnt from attacks and from honest texts that resemble
//! them, in 25 languages (`rules/model`), and from real text. A text is an attack where
//! the sum of the weights, with what stands around it, rises above a limit.
//!
//! Three steps: the [`gate`] looks up the first bytes of each word and adds up what it
//! weighs; where a window of 512 bytes holds enough, it does the same with neighbours;
//! only what passes both is read word by word ([`token`]), as features ([`features`]),
//! whose weights ([`Model`]) are summed ([`score`]), as it is written, moved by thirteen
//! letters and backwards ([`form`]), and with blanks between words that have none. Text must come decoded; letter case, marks,
//! look-alikes and digits for letters do not matter.
//!
//! Limits: a passage is at most 64 words and signs; what is said over a longer distance
//! is not seen as one. Blocks lie at fixed offsets, so that pieces change nothing.
//! Start reading at [`Watch`].

pub mod features;
pub mod form;
pub mod gate;
mod glued;
mod kept;
pub mod model;
mod reading;
pub mod score;
mod standing;
pub mod token;
mod watch;

pub use model::Model;
pub use standing::standing;
pub use watch::Watch;

use pipelock_model::{Confidence, Severity};
use std::ops::Range;

/// What an instruction to a model is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intent {
    /// To void earlier instructions.
    Override,
    /// To give the model another role, without limits.
    Role,
    /// To hide something from the user.
    Secrecy,
    /// To send secrets or data somewhere.
    Exfiltration,
    /// To have the system prompt told.
    Extraction,
    /// To have tools called or commands run.
    ToolMisuse,
    /// To be obeyed as somebody who may command.
    Authority,
    /// To look like a turn of the conversation or its end.
    FakeTurn,
    /// To stay in force in memory or later sessions.
    Persistence,
    /// To speak to a model that reads what people should read.
    Address,
    /// To steer what a model recommends, rates or says.
    Steering,
    /// To read or show keys, passwords and tokens.
    Credential,
    /// To decode and follow what is hidden elsewhere.
    Payload,
}

impl Intent {
    /// Every intent, in the order of the rules.
    pub const ALL: [Self; 13] = [
        Self::Override,
        Self::Role,
        Self::Secrecy,
        Self::Exfiltration,
        Self::Extraction,
        Self::ToolMisuse,
        Self::Authority,
        Self::FakeTurn,
        Self::Persistence,
        Self::Address,
        Self::Steering,
        Self::Credential,
        Self::Payload,
    ];

    /// Stable slug of its rule.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Override => "intent-override",
            Self::Role => "intent-role",
            Self::Secrecy => "intent-secrecy",
            Self::Exfiltration => "intent-exfiltration",
            Self::Extraction => "intent-extraction",
            Self::ToolMisuse => "intent-tool-misuse",
            Self::Authority => "intent-authority",
            Self::FakeTurn => "intent-fake-turn",
            Self::Persistence => "intent-persistence",
            Self::Address => "intent-address",
            Self::Steering => "intent-steering",
            Self::Credential => "intent-credential",
            Self::Payload => "intent-payload",
        }
    }

    /// Public name of its rule.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Override => "Override Intent",
            Self::Role => "Role Intent",
            Self::Secrecy => "Secrecy Intent",
            Self::Exfiltration => "Exfiltration Intent",
            Self::Extraction => "Prompt Extraction Intent",
            Self::ToolMisuse => "Tool Misuse Intent",
            Self::Authority => "False Authority Intent",
            Self::FakeTurn => "Fake Turn Intent",
            Self::Persistence => "Persistence Intent",
            Self::Address => "Hidden Address Intent",
            Self::Steering => "Steering Intent",
            Self::Credential => "Credential Intent",
            Self::Payload => "Payload Intent",
        }
    }

    /// Severity of its rule.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Override
            | Self::Exfiltration
            | Self::Secrecy
            | Self::FakeTurn
            | Self::Credential => Severity::Critical,
            Self::Role | Self::Extraction | Self::ToolMisuse | Self::Authority | Self::Payload => {
                Severity::High
            }
            Self::Persistence | Self::Address | Self::Steering => Severity::Medium,
        }
    }
}

/// One intent in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// What is wanted.
    pub intent: Intent,
    /// From the first to the last word that says so, offsets into the view.
    pub span: Range<u64>,
    /// How sure it is.
    pub confidence: Confidence,
}
