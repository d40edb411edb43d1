//! Text that may be logged.

use std::fmt;

/// Takes secrets, userinfo and control characters out of text.
pub trait Redactor {
    /// Returns text that is safe to show: no matched secret, no userinfo, no
    /// control character but tab and line feed, at most `limit` bytes.
    fn redact(&self, text: &str, limit: usize) -> String;

    /// The same for a URL, whose long query values are masked too.
    fn redact_url(&self, url: &str, limit: usize) -> String;
}

/// For words that no traffic is in: of the operator, of rule files, of ours. Only
/// control characters but tab and line feed are dropped.
#[derive(Debug, Clone, Copy)]
pub struct OwnWords;

impl Redactor for OwnWords {
    fn redact(&self, text: &str, limit: usize) -> String {
        let mut out = String::new();
        for char in text
            .chars()
            .filter(|char| !char.is_control() || matches!(char, '\t' | '\n'))
        {
            if out.len() + char.len_utf8() > limit {
                break;
            }
            out.push(char);
        }
        out
    }

    fn redact_url(&self, url: &str, limit: usize) -> String {
        self.redact(url, limit)
    }
}

/// Text that went through a [`Redactor`] or is a constant of ours. Events,
/// reasons and replies carry nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Clean(std::borrow::Cow<'static, str>);

impl Clean {
    /// Longest text of one field, in bytes.
    pub const LIMIT: usize = 2048;

    /// A constant of ours.
    #[must_use]
    pub const fn constant(text: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(text))
    }

    /// Any text, through the redactor.
    pub fn text(redactor: &(impl Redactor + ?Sized), text: &str) -> Self {
        Self(redactor.redact(text, Self::LIMIT).into())
    }

    /// A URL, through the redactor.
    pub fn url(redactor: &(impl Redactor + ?Sized), url: &str) -> Self {
        Self(redactor.redact_url(url, Self::LIMIT).into())
    }

    /// Joins a constant of ours before clean text.
    #[must_use]
    pub fn prefixed(prefix: &'static str, rest: &Self) -> Self {
        Self(format!("{prefix}{}", rest.0).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_words_lose_control_characters_and_keep_whole_ones_within_the_limit() {
        for (text, limit, wanted) in [
            ("a\u{1b}[1mb\r\tc\n", 99, "a[1mb\tc\n"),
            ("aéé", 4, "aé"),
            ("é", 1, ""),
        ] {
            assert_eq!(OwnWords.redact(text, limit), wanted, "{text:?}");
        }
    }
}
