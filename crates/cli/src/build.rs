//! What this binary is.

/// Program version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Source revision.
pub(crate) const COMMIT: &str = match option_env!("PIPELOCK_COMMIT") {
    Some(commit) => commit,
    None => "unknown",
};
/// Date of the build.
pub(crate) const DATE: &str = match option_env!("PIPELOCK_BUILD_DATE") {
    Some(date) => date,
    None => "unknown",
};
/// Compiler.
pub(crate) const TOOLCHAIN: &str = env!("PIPELOCK_TOOLCHAIN");
/// Target triple.
pub(crate) const TARGET: &str = env!("PIPELOCK_TARGET");
