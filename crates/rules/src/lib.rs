//! The built-in rules, and how an operator's rules join them.
//!
//! A rule is one file below `rules/` (see `rules/README.md`); the build script
//! turns the files into static tables, so that a start parses nothing. This crate
//! judges nothing: the engine in `detect` does.
//!
//! Invariants: the order is that of the specification; ids and names are unique
//! and never reused; a core rule stays in every merged list, flagged core.
//! Start reading at [`builtin`], then [`merge()`]; [`notation`] writes examples.

pub mod merge;
pub mod notation;

mod embedded;

#[cfg(test)]
#[allow(dead_code, reason = "the build script reads the rest")]
mod format;

#[cfg(test)]
mod tests;

pub use embedded::{
    builtin, builtin_dlp, builtin_injection, core, intents, model, preset_only, seed_phrases,
};
pub use merge::{IncludeDefaults, merge};
