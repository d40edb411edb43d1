//! Intents: what a sentence wants of a model, found by its structure.

/// What an instruction to a model is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// To void earlier instructions.
    Override,
}
