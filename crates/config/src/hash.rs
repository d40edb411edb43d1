//! Hashes of the file and of what it means.
//!
//! The policy hash is the SHA-256 of `pipelock-policy-v1\n` and the RFC 8785 form
//! of the effective settings under their YAML keys, so comments, order and
//! spelling do not change it. Addresses to listen on and logs are left out: they
//! decide nothing.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Separates this hash from every other one.
const DOMAIN: &str = "pipelock-policy-v1\n";

/// Hash of a run without a file.
pub(crate) const NO_FILE: &str = "defaults";

/// Lower-case hex SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let mut hex = String::with_capacity(64);
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Effective settings by dotted key.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    values: BTreeMap<String, Value>,
}

/// One section of a [`Tree`].
#[derive(Debug)]
pub(crate) struct Canonical<'a> {
    tree: &'a mut Tree,
    prefix: String,
}

impl Tree {
    pub(crate) fn root(&mut self) -> Canonical<'_> {
        Canonical {
            tree: self,
            prefix: String::new(),
        }
    }

    /// The policy hash, 64 hex digits.
    pub(crate) fn hash(&self) -> String {
        let mut text = String::from(DOMAIN);
        write_value(&self.nested(), &mut text);
        sha256(text.as_bytes())
    }

    fn nested(&self) -> Value {
        let mut root = serde_json::Map::new();
        for (key, value) in &self.values {
            let mut at = &mut root;
            let mut parts = key.split('.').peekable();
            while let Some(part) = parts.next() {
                if parts.peek().is_none() {
                    at.insert(part.to_owned(), value.clone());
                    break;
                }
                let inner = at
                    .entry(part)
                    .or_insert_with(|| Value::Object(serde_json::Map::new()));
                let Value::Object(map) = inner else { break };
                at = map;
            }
        }
        Value::Object(root)
    }
}

impl Canonical<'_> {
    /// A section below this one.
    pub(crate) fn below(&mut self, key: &str) -> Canonical<'_> {
        let prefix = format!("{}{key}.", self.prefix);
        Canonical {
            tree: self.tree,
            prefix,
        }
    }

    /// Sets a value. Lists given as iterators are sets: sorted, without repeats.
    pub(crate) fn set<M>(&mut self, key: &str, value: impl IntoCanonical<M>) {
        self.tree
            .values
            .insert(format!("{}{key}", self.prefix), value.into_canonical());
    }
}

/// What can be a canonical value; `M` only tells scalars from sets.
pub(crate) trait IntoCanonical<M> {
    fn into_canonical(self) -> Value;
}

/// Marks one value.
pub(crate) struct One;
/// Marks a set of texts.
pub(crate) struct Set;

impl<T: Into<Value>> IntoCanonical<One> for T {
    fn into_canonical(self) -> Value {
        self.into()
    }
}

impl<T: AsRef<str>, I: Iterator<Item = T>> IntoCanonical<Set> for I {
    fn into_canonical(self) -> Value {
        let mut texts: Vec<String> = self.map(|text| text.as_ref().to_owned()).collect();
        texts.sort_unstable();
        texts.dedup();
        Value::Array(texts.into_iter().map(Value::String).collect())
    }
}

/// RFC 8785: keys by UTF-16 order, no blanks, numbers as ECMAScript prints them.
fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write_value(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Value::String(text) => write_text(text, out),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => write_float(float, out),
            _ => out.push_str(&number.to_string()),
        },
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            char if char < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
}

fn write_float(float: f64, out: &mut String) {
    let size = float.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        // Rust leaves out the plus sign of an exponent.
        let text = format!("{float:e}");
        out.push_str(&if text.contains("e-") {
            text
        } else {
            text.replace('e', "e+")
        });
    } else {
        let _ = write!(out, "{}", if float == 0.0 { 0.0 } else { float });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_text_are_written_as_rfc_8785_says() {
        let cases = [
            (json!(4.0), "4"),
            (json!(4.5), "4.5"),
            (json!(-0.0), "0"),
            (json!(1e21), "1e+21"),
            (json!(1e-7), "1e-7"),
            (json!(0.1 + 0.2), "0.30000000000000004"),
            (
                json!("\u{20ac}$\u{f}\n\"\\"),
                "\"\u{20ac}$\\u000f\\n\\\"\\\\\"",
            ),
            (
                json!({"b": [true, null], "a": {}}),
                "{\"a\":{},\"b\":[true,null]}",
            ),
        ];
        for (value, expected) in cases {
            let mut out = String::new();
            write_value(&value, &mut out);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn sets_do_not_depend_on_order_or_repeats() {
        let hash = |items: &[&str]| {
            let mut tree = Tree::default();
            tree.root().set("a.b", items.iter());
            tree.hash()
        };
        assert_eq!(hash(&["x", "y"]), hash(&["y", "x", "y"]));
        assert_ne!(hash(&["x"]), hash(&["y"]));
    }
}
