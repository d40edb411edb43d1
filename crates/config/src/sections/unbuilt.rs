//! Settings of sections that are not built, and cannot work together: a file
//! that is wrong should not wait for the release that acts on it.

use crate::problem::{Code, Problems};
use crate::section::Section;

/// Sections that need another one, while both are switched on by `enabled`.
const NEEDS: &[(&str, &str)] = &[
    ("mcp_session_binding", "mcp_tool_scanning"),
    ("adaptive_enforcement", "session_profiling"),
    ("airlock", "session_profiling"),
];

/// Keys that an enabled section must have.
const REQUIRED: &[(&str, &str)] = &[
    ("reverse_proxy", "listen"),
    ("reverse_proxy", "upstream"),
    ("mcp_binary_integrity", "manifest_path"),
    ("behavioral_baseline", "profile_dir"),
];

/// Lists that an enabled section must not leave empty.
const NOT_EMPTY: &[(&str, &str, Absent)] = &[
    ("mcp_tool_policy", "rules", Absent::Default),
    ("canary_tokens", "tokens", Absent::Error),
    ("file_sentry", "watch_paths", Absent::Error),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// An absent list has a default.
    Default,
    /// An absent list is empty.
    Error,
}

pub(crate) fn check(root: &Section<'_>, problems: &mut Problems) {
    let on = |name: &str| root.section(name).flag("enabled") == Some(true);
    for (name, other) in NEEDS {
        if on(name) && !on(other) {
            let message = format!("needs `{other}.enabled: true`");
            root.section(name)
                .error(problems, Code::Conflict, "enabled", message);
        }
    }
    for (name, key) in REQUIRED {
        let section = root.section(name);
        if on(name) && section.text(key).is_none() {
            section.error(
                problems,
                Code::Missing,
                key,
                "required while the section is enabled",
            );
        }
    }
    for (name, key, absent) in NOT_EMPTY {
        let section = root.section(name);
        let empty = match section.length(key) {
            Some(length) => length == 0,
            None => *absent == Absent::Error,
        };
        if on(name) && empty {
            section.error(
                problems,
                Code::Missing,
                key,
                "empty while the section is enabled",
            );
        }
    }
    if on("websocket_proxy") {
        let section = root.section("websocket_proxy");
        if section.flag("strip_compression") == Some(false) {
            let message = "must stay true: compressed frames cannot be read";
            section.error(problems, Code::Conflict, "strip_compression", message);
        }
    }
}
