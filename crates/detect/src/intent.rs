//! Intents: what a text wants of a model, found by the structure of its sentences.
//!
//! Not a list of phrases: words of many languages stand for concepts (to dismiss,
//! an instruction, a secret, a channel, a model), and a grammar over concepts says
//! which of them together, how near, in what mood and beside which other signals
//! make an attack. The words are data: see `rules/intent/README.md`.
//!
//! A sweep looks every third byte up in a bitmap of four-byte grams and notes which
//! rare concepts a block of 512 bytes holds. Only where two neighbouring blocks hold
//! what some rule of the grammar needs is the window read word by word. Text must
//! come normalised: marks deleted, look-alikes mapped.
//!
//! Limits: a window is at most 1 KiB; what is said over a longer distance is not
//! seen as one. Windows lie at fixed offsets, so that pieces change nothing.
//! Start reading at [`Watch`].

pub mod compile;

mod concept;
mod grammar;
mod hits;
mod judge;
mod kept;
mod standing;
mod tables;
mod watch;

pub use concept::Concept;
pub use judge::explain;
pub use standing::standing;
pub use tables::{GATE_WORDS, Lexicon, LexiconTables};
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
}

impl Intent {
    /// Every intent, in the order of the rules.
    pub const ALL: [Self; 11] = [
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
        }
    }

    /// Severity of its rule.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Override | Self::Exfiltration | Self::Secrecy | Self::FakeTurn => {
                Severity::Critical
            }
            Self::Role | Self::Extraction | Self::ToolMisuse | Self::Authority => Severity::High,
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
    /// `Medium` acts, `Low` warns.
    pub confidence: Confidence,
}
