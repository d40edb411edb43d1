//! One mapping of a file, as a section reads it.
//!
//! The schema has already reported unknown keys and wrong types, so a reader here
//! answers `None` for what is absent or broken and says nothing. A debug build
//! panics on a key that the schema does not know: both lists must agree.

use crate::problem::{Code, Place, Problems};
use crate::yaml::{Map, Node, Value, join};
use std::time::Duration;

/// A section, present or not.
#[derive(Debug, Clone)]
pub(crate) struct Section<'a> {
    map: Option<&'a Map>,
    path: String,
    place: Place,
}

/// A text and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    pub(crate) text: &'a str,
    pub(crate) place: Place,
    /// Dotted path with the index.
    pub(crate) key: String,
}

impl<'a> Section<'a> {
    /// The top level.
    pub(crate) fn root(map: Option<&'a Map>) -> Self {
        Self {
            map,
            path: String::new(),
            place: Place::default(),
        }
    }

    fn node(&self, key: &str) -> Option<&'a Node> {
        #[cfg(debug_assertions)]
        {
            let path = without_indexes(&join(&self.path, key));
            debug_assert!(
                crate::schema::knows(&path),
                "the schema does not know {path}"
            );
        }
        let node = &self.map?.get(key)?.value;
        (!node.is_null()).then_some(node)
    }

    /// True when the key has a value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.node(key).is_some()
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match &self.node(key)?.value {
            Value::Scalar(scalar) => scalar.flag().ok(),
            _ => None,
        }
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        match &self.node(key)?.value {
            Value::Scalar(scalar) => scalar.integer().ok().map(|integer| integer.value),
            _ => None,
        }
    }

    pub(crate) fn float(&self, key: &str) -> Option<f64> {
        match &self.node(key)?.value {
            Value::Scalar(scalar) => scalar.float().ok(),
            _ => None,
        }
    }

    /// Text that is not empty.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        match &self.node(key)?.value {
            Value::Scalar(scalar) => Some(&*scalar.text).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// A list of text; nulls in it are dropped. `None` when absent.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<Item<'a>>> {
        let Value::List(items) = &self.node(key)?.value else {
            return None;
        };
        let path = join(&self.path, key);
        let texts = items.iter().enumerate().filter(|(_, item)| !item.is_null());
        Some(
            texts
                .filter_map(|(index, item)| match &item.value {
                    Value::Scalar(scalar) => {
                        let key = format!("{path}[{index}]");
                        Some(Item {
                            text: &scalar.text,
                            place: item.place,
                            key,
                        })
                    }
                    _ => None,
                })
                .collect(),
        )
    }

    /// A list of integers; the broken ones are left out.
    pub(crate) fn integers(&self, key: &str) -> Option<Vec<(i64, Place)>> {
        let Value::List(items) = &self.node(key)?.value else {
            return None;
        };
        let integer = |item: &Node| match &item.value {
            Value::Scalar(scalar) => scalar
                .integer()
                .ok()
                .map(|integer| (integer.value, item.place)),
            _ => None,
        };
        Some(items.iter().filter_map(integer).collect())
    }

    /// Length of a list, nulls included. `None` when absent.
    pub(crate) fn length(&self, key: &str) -> Option<usize> {
        match &self.node(key)?.value {
            Value::List(items) => Some(items.len()),
            _ => None,
        }
    }

    /// A section below this one, present or not.
    pub(crate) fn section(&self, key: &str) -> Section<'a> {
        let node = self.node(key);
        let place = self
            .map
            .and_then(|map| map.get(key))
            .map_or(self.place, |entry| entry.place);
        Section {
            map: node.and_then(Node::map),
            path: join(&self.path, key),
            place,
        }
    }

    /// Mappings of a list.
    pub(crate) fn sections(&self, key: &str) -> Vec<Section<'a>> {
        let Some(Value::List(items)) = self.node(key).map(|node| &node.value) else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        let section = |(index, item): (usize, &'a Node)| {
            Some(Section {
                map: Some(item.map()?),
                path: format!("{path}[{index}]"),
                place: item.place,
            })
        };
        items.iter().enumerate().filter_map(section).collect()
    }

    /// Dotted path of a key of this section.
    pub(crate) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Where the value of a key stands, or else the section.
    pub(crate) fn place(&self, key: &str) -> Place {
        self.map
            .and_then(|map| map.get(key))
            .map_or(self.place, |entry| entry.value.place)
    }

    pub(crate) fn error(
        &self,
        problems: &mut Problems,
        code: Code,
        key: &str,
        message: impl Into<String>,
    ) {
        problems.error(code, self.place(key), &self.path(key), message);
    }

    pub(crate) fn warn(
        &self,
        problems: &mut Problems,
        code: Code,
        key: &str,
        message: impl Into<String>,
    ) {
        problems.warn(code, self.place(key), &self.path(key), message);
    }

    /// Seconds above zero, at most ten years: more would overflow a clock.
    pub(crate) fn seconds(&self, key: &str, problems: &mut Problems) -> Option<Duration> {
        const LONGEST: u64 = 10 * 365 * 86_400;
        self.positive(key, problems)
            .map(|seconds| Duration::from_secs(seconds.min(LONGEST)))
    }

    /// A number above zero. Absent and zero mean the default, and so does a
    /// negative number, which is an error.
    pub(crate) fn positive(&self, key: &str, problems: &mut Problems) -> Option<u64> {
        let value = self.integer(key)?;
        if value < 0 {
            self.error(problems, Code::OutOfRange, key, "must not be negative");
        }
        u64::try_from(value).ok().filter(|value| *value > 0)
    }
}

#[cfg(debug_assertions)]
fn without_indexes(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for char in path.chars() {
        match char {
            '[' => inside = true,
            ']' => inside = false,
            char if !inside => out.push(char),
            _ => {}
        }
    }
    out
}
