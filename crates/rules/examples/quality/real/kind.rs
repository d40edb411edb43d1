//! What kind of text a file holds.

use std::path::Path;

/// Kinds that the report counts bytes of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Documentation,
    ManPage,
    Locale,
    C,
    Go,
    Java,
    JavaScript,
    Perl,
    Php,
    Python,
    Ruby,
    Rust,
    Shell,
    OtherSource,
    Data,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::ManPage => "man pages",
            Self::Locale => "locale",
            Self::C => "C and C++",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Perl => "Perl",
            Self::Php => "PHP",
            Self::Python => "Python",
            Self::Ruby => "Ruby",
            Self::Rust => "Rust",
            Self::Shell => "shell",
            Self::OtherSource => "other source",
            Self::Data => "data",
        }
    }

    /// `None` for what is no text: a NUL or too much that is not UTF-8 at its
    /// beginning. Message catalogues count although they hold NULs.
    pub(super) fn of(name: &Path, text: &[u8]) -> Option<Self> {
        let extension = name
            .extension()
            .map(|extension| extension.to_string_lossy().to_ascii_lowercase())
            .unwrap_or_default();
        if matches!(extension.as_str(), "mo" | "po" | "pot") {
            return Some(Self::Locale);
        }
        let head = &text[..text.len().min(8192)];
        if head.is_empty() || head.contains(&0) {
            return None;
        }
        Some(match extension.as_str() {
            "c" | "h" | "cc" | "cpp" | "hpp" | "ipp" => Self::C,
            "go" => Self::Go,
            "java" => Self::Java,
            "js" | "mjs" | "cjs" | "ts" | "jsx" => Self::JavaScript,
            "pl" | "pm" | "t" => Self::Perl,
            "php" => Self::Php,
            "py" | "pyi" => Self::Python,
            "rb" => Self::Ruby,
            "rs" => Self::Rust,
            "sh" | "bash" => Self::Shell,
            "el" | "vim" | "lua" | "s" | "css" | "r" | "sql" | "cmake" | "tcl" => Self::OtherSource,
            "json" | "xml" | "toml" | "yaml" | "yml" | "csv" | "tab" | "svg" | "ini" => Self::Data,
            digit if digit.starts_with(|c: char| ('1'..='9').contains(&c)) => Self::ManPage,
            _ if std::str::from_utf8(head).is_ok() => Self::Documentation,
            _ if String::from_utf8_lossy(head).matches('\u{fffd}').count() * 20 < head.len() => {
                Self::Documentation
            }
            _ => return None,
        })
    }
}
