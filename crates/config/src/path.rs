//! Relative paths: from the directory of the file, and for old deployments from
//! the working directory.

use crate::problem::{Code, Problems};
use crate::section::Section;
use std::path::{Path, PathBuf};

/// Where relative paths start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paths<'a> {
    /// Directory of the file; absent without a file.
    pub(crate) config: Option<&'a Path>,
    /// Working directory.
    pub(crate) working: Option<&'a Path>,
}

impl Paths<'_> {
    /// Reads a path. Relative ones are below the directory of the file, unless
    /// they exist only below the working directory.
    pub(crate) fn resolve(
        &self,
        section: &Section<'_>,
        key: &str,
        problems: &mut Problems,
    ) -> Option<PathBuf> {
        let text = section.text(key)?;
        if text.contains('\0') {
            section.error(problems, Code::BadText, key, "not a path");
            return None;
        }
        let path = Path::new(text);
        if path.is_absolute() {
            return Some(path.to_owned());
        }
        let beside = self.config.map(|directory| directory.join(path));
        let working = self.working.map(|directory| directory.join(path));
        match (beside, working) {
            (Some(beside), Some(working)) if !exists(&beside) && exists(&working) => {
                let message = "taken from the working directory, where it exists; relative paths start at \
                               the directory of this file";
                section.warn(problems, Code::PathFallback, key, message);
                Some(working)
            }
            (Some(beside), _) => Some(beside),
            (None, Some(working)) => Some(working),
            (None, None) => Some(path.to_owned()),
        }
    }
}

/// A dangling link counts: it names something.
fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
