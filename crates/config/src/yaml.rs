//! A file as a tree whose every node knows its place.
//!
//! Scalars stay text: whether `on` is a flag or a word depends on the key, which
//! the schema knows. Aliases are expanded and `<<` merged here, under limits.

use crate::problem::{Code, Place, Problems};
use builder::{Builder, Flow};
use saphyr_parser::{Parser, Span};
use std::rc::Rc;

mod builder;
pub(crate) mod scalar;

/// Deepest nesting.
pub(crate) const DEPTH: usize = 64;
/// Most nodes that aliases may add.
pub(crate) const ALIAS_NODES: usize = 100_000;
/// Most text that aliases may add: as much as a file may hold.
const ALIAS_BYTES: usize = 4 << 20;

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Map),
}

/// A scalar as written. Quoted text is never anything but text.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub(crate) text: Rc<str>,
    pub(crate) quoted: bool,
}

/// A mapping in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    pub(crate) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Rc<str>,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

impl Map {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key == key)
    }
}

impl Node {
    /// True for null in every spelling, and for nothing at all.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.is_null())
    }

    pub(crate) fn map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value {
            Some(map)
        } else {
            None
        }
    }
}

/// Reads a file. `None` with no error reported means an empty one.
pub(crate) fn read(text: &str, problems: &mut Problems) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if builder.event(event, place(span), problems) == Flow::Stop {
                    return None;
                }
            }
            Err(error) => {
                let marker = error.marker();
                let place = Place {
                    line: marker.line().max(1),
                    column: marker.col() + 1,
                };
                problems.error(
                    Code::Syntax,
                    place,
                    "",
                    format!("not valid YAML: {}", error.info()),
                );
                return None;
            }
        }
    }
    builder.finish()
}

fn place(span: Span) -> Place {
    Place {
        line: span.start.line().max(1),
        column: span.start.col() + 1,
    }
}

/// Appends a key to a dotted path.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests;
