//! Words of the operator that appear in replies and logs.

use pipelock_model::{Clean, Redactor};

/// Operators may say what they like; only control characters are dropped.
struct Operator;

impl Redactor for Operator {
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

/// Takes text of the configuration file into replies.
pub(crate) fn clean(text: &str) -> Clean {
    Clean::text(&Operator, text)
}
