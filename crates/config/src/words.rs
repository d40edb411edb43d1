//! Words of the operator that appear in replies and logs.

use pipelock_model::{Clean, OwnWords};

/// Takes text of the configuration file into replies.
pub(crate) fn clean(text: &str) -> Clean {
    Clean::text(&OwnWords, text)
}
