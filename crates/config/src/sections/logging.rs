//! `logging`: the audit log.

use crate::path::Paths;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_policy as policy;

pub(crate) fn read(
    root: &Section<'_>,
    paths: &Paths<'_>,
    problems: &mut Problems,
) -> policy::Logging {
    let section = root.section("logging");
    if section.text("format") == Some("text") {
        section.warn(
            problems,
            Code::NotBuilt,
            "format",
            "the text log is not built yet: JSON is written",
        );
    }
    let output = section.text("output").unwrap_or("stdout");
    let wanted = matches!(output, "file" | "both");
    let file = paths.resolve(&section, "file", problems).filter(|_| wanted);
    if wanted && file.is_none() {
        let message = format!("`output: {output}` needs a file");
        section.error(problems, Code::Missing, "file", message);
    }
    policy::Logging {
        stdout: output != "file",
        file,
        include_allowed: section.flag("include_allowed").unwrap_or(true),
        include_blocked: section.flag("include_blocked").unwrap_or(true),
    }
}
