//! Every key that a file may hold, with its kind and its state of building.
//!
//! The tables are the only list of spellings. [`check`] walks a file along them
//! once, reports every unknown key and every value of a wrong type, and notes
//! what is not built yet. Sections read afterwards, and need not report again.

use crate::problem::{Code, Level, Place, Problems};
use crate::yaml::{Map, Node, Value, join};

mod hints;
mod state;
mod tables;

use state::{expected, found, holds, is_set, section_on};

/// What a value may be. Null is always fine: it means unset.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// `true`, `false`, `yes`, `no`, `on`, `off`, unquoted.
    Flag,
    /// A 64-bit integer.
    Int,
    /// A finite number.
    Float,
    /// Any scalar, kept as written.
    Text,
    /// `1h30m`.
    Duration,
    /// RFC 3339 date-time or plain date.
    Time,
    /// One of these words, always.
    Word(&'static [&'static str]),
    /// One of these words while the section is on; a warning otherwise.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Kind),
    /// A mapping with free keys.
    Map(&'static Kind),
    /// A mapping with these keys.
    Table(&'static [Key]),
    /// A scalar or a mapping with these keys.
    TextOr(&'static [Key]),
    /// Accepted unchecked.
    Any,
}

/// Whether this version acts on a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum State {
    /// Read here, or part of a section that is not built.
    Known,
    /// Tunes something that is not built: ignored, with a warning when set.
    Later,
    /// Adds protection that is not built: refused when switched on.
    Protects(When),
    /// A section that is not built: one warning when it is on.
    Unbuilt(Switch),
    /// A section that protects and is not built: refused when it is on.
    Guards(Switch),
    /// A licence key: ignored.
    Licence,
}

/// When a single key counts as switched on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// Anything but null, false, zero and empty.
    Set,
    /// One of these words.
    Is(&'static [&'static str]),
}

/// When a section counts as switched on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Switch {
    /// `enabled: true`.
    DefaultOff,
    /// Anything but `enabled: false`.
    DefaultOn,
    /// Any key that is set.
    Content,
}

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) state: State,
}

/// A key that is known.
pub(crate) const fn key(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        state: State::Known,
    }
}

impl Key {
    const fn state(self, state: State) -> Self {
        Self {
            name: self.name,
            kind: self.kind,
            state,
        }
    }

    pub(crate) const fn later(self) -> Self {
        self.state(State::Later)
    }

    pub(crate) const fn protects(self, when: When) -> Self {
        self.state(State::Protects(when))
    }

    pub(crate) const fn unbuilt(self, switch: Switch) -> Self {
        self.state(State::Unbuilt(switch))
    }

    pub(crate) const fn guards(self, switch: Switch) -> Self {
        self.state(State::Guards(switch))
    }

    pub(crate) const fn licence(self) -> Self {
        self.state(State::Licence)
    }
}

/// What is done with protections that are switched on and not built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unimplemented {
    /// The file is not loaded.
    #[default]
    Refuse,
    /// They are ignored with a warning.
    Allow,
}

/// A section or key that the file switches on and this version does not act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbuilt {
    /// Dotted path.
    pub key: String,
    /// Line in the file.
    pub line: usize,
}

/// Walks a file along the tables.
pub(crate) fn check(
    root: &Map,
    unimplemented: Unimplemented,
    problems: &mut Problems,
) -> Vec<Unbuilt> {
    let mut walk = Walk {
        problems,
        unimplemented,
        unbuilt: Vec::new(),
    };
    walk.table(
        root,
        tables::ROOT,
        "",
        Scope {
            on: true,
            built: true,
        },
    );
    walk.licences(root);
    walk.unbuilt
}

/// True when a dotted path (without indexes) is in the tables.
#[cfg(debug_assertions)]
pub(crate) fn knows(path: &str) -> bool {
    let mut keys = tables::ROOT;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(key) = keys.iter().find(|key| key.name == part) else {
            return false;
        };
        let mut kind = key.kind;
        while let Kind::List(inner) = kind {
            kind = *inner;
        }
        match kind {
            Kind::Table(inner) | Kind::TextOr(inner) => keys = inner,
            Kind::Map(_) | Kind::Any => return true,
            _ => return parts.peek().is_none(),
        }
    }
    true
}

/// What surrounds a node.
#[derive(Debug, Clone, Copy)]
struct Scope {
    /// The section is switched on.
    on: bool,
    /// The section is built, so that its keys are reported one by one.
    built: bool,
}

struct Walk<'a> {
    problems: &'a mut Problems,
    unimplemented: Unimplemented,
    unbuilt: Vec<Unbuilt>,
}

impl Walk<'_> {
    fn table(&mut self, map: &Map, keys: &'static [Key], path: &str, scope: Scope) {
        for entry in &map.entries {
            let dotted = join(path, &entry.key);
            match keys.iter().find(|key| key.name == &*entry.key) {
                Some(key) => self.entry(key, &entry.value, &dotted, entry.place, scope),
                None => {
                    let suggestion = (!self.problems.is_full())
                        .then(|| hints::suggest(path, &entry.key, keys, tables::ROOT))
                        .flatten();
                    let code = Code::UnknownKey;
                    self.problems
                        .error_with(code, entry.place, &dotted, "unknown key", suggestion);
                }
            }
        }
    }

    fn entry(&mut self, key: &'static Key, node: &Node, path: &str, place: Place, scope: Scope) {
        let mut inner = scope;
        match key.state {
            State::Known if scope.built => {
                inner.on = scope.on && section_on(node, Switch::DefaultOn)
            }
            State::Known => {}
            State::Later => {
                if scope.built && is_set(node) {
                    self.not_built(path, place);
                }
            }
            State::Protects(when) => {
                if scope.on && holds(when, node) {
                    self.unprotected(path, place);
                }
            }
            State::Unbuilt(switch) => {
                let on = section_on(node, switch);
                if on && scope.built {
                    self.not_built(path, place);
                }
                inner = Scope {
                    on: on && scope.on,
                    built: false,
                };
            }
            State::Guards(switch) => {
                let on = section_on(node, switch);
                if on && scope.on {
                    self.unprotected(path, place);
                }
                inner = Scope {
                    on: on && scope.on,
                    built: false,
                };
            }
            State::Licence => return,
        }
        self.value(key.kind, node, path, inner);
    }

    fn not_built(&mut self, path: &str, place: Place) {
        self.unbuilt.push(Unbuilt {
            key: path.to_owned(),
            line: place.line,
        });
        self.problems.warn(
            Code::NotBuilt,
            place,
            path,
            "recognised, not built yet, ignored",
        );
    }

    fn unprotected(&mut self, path: &str, place: Place) {
        self.unbuilt.push(Unbuilt {
            key: path.to_owned(),
            line: place.line,
        });
        match self.unimplemented {
            Unimplemented::Refuse => self.problems.error_with(
                Code::Unprotected,
                place,
                path,
                "this protection is not built yet",
                Some("switch it off, or set PIPELOCK_ALLOW_UNIMPLEMENTED=1 to run without it".to_owned()),
            ),
            Unimplemented::Allow => self.problems.warn(
                Code::Unprotected,
                place,
                path,
                "this protection is not built yet and is ignored, as PIPELOCK_ALLOW_UNIMPLEMENTED allows",
            ),
        }
    }

    fn licences(&mut self, root: &Map) {
        let seen: Vec<_> = tables::ROOT
            .iter()
            .filter(|key| matches!(key.state, State::Licence))
            .filter_map(|key| root.get(key.name))
            .collect();
        if let Some(first) = seen.first() {
            let names: Vec<_> = seen.iter().map(|entry| &*entry.key).collect();
            let message = format!("everything is free here: {} ignored", names.join(", "));
            self.problems
                .warn(Code::Licence, first.place, &first.key, message);
        }
    }

    fn value(&mut self, kind: Kind, node: &Node, path: &str, scope: Scope) {
        if node.is_null() {
            return;
        }
        match (kind, &node.value) {
            (Kind::Any, _) => {}
            (Kind::Table(keys) | Kind::TextOr(keys), Value::Map(map)) => {
                self.table(map, keys, path, scope)
            }
            (Kind::Map(inner), Value::Map(map)) => {
                for entry in &map.entries {
                    self.value(*inner, &entry.value, &join(path, &entry.key), scope);
                }
            }
            (Kind::List(inner), Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(*inner, item, &format!("{path}[{index}]"), scope);
                }
            }
            (Kind::Table(_) | Kind::Map(_) | Kind::List(_), _)
            | (_, Value::Map(_) | Value::List(_)) => {
                self.wrong(kind, node, path, found(node));
            }
            (_, Value::Scalar(_)) => self.scalar(kind, node, path, scope),
        }
    }

    fn scalar(&mut self, kind: Kind, node: &Node, path: &str, scope: Scope) {
        let Value::Scalar(scalar) = &node.value else {
            return;
        };
        match kind {
            Kind::Flag => {
                if let Err(mismatch) = scalar.flag() {
                    self.wrong(kind, node, path, mismatch.text());
                }
            }
            Kind::Int => match scalar.integer() {
                Ok(integer) if integer.octal => {
                    let message = format!("a leading zero makes this octal: {}", integer.value);
                    self.problems.warn(Code::Octal, node.place, path, message);
                }
                Ok(_) => {}
                Err(mismatch) => self.wrong(kind, node, path, mismatch.text()),
            },
            Kind::Float => {
                if let Err(mismatch) = scalar.float() {
                    self.wrong(kind, node, path, mismatch.text());
                }
            }
            Kind::Word(words) => self.word(words, &scalar.text, Level::Error, node, path),
            Kind::Choice(words) => {
                let level = if scope.on {
                    Level::Error
                } else {
                    Level::Warning
                };
                self.word(words, &scalar.text, level, node, path);
            }
            Kind::Duration if crate::text::duration(&scalar.text).is_none() => {
                let message = "not a duration such as `30s` or `1h30m`";
                self.problems
                    .error(Code::BadText, node.place, path, message);
            }
            Kind::Time if crate::text::time(&scalar.text).is_none() => {
                let message = "not a date such as `2027-01-31` or `2027-01-31T12:00:00Z`";
                self.problems
                    .error(Code::BadText, node.place, path, message);
            }
            _ => {}
        }
    }

    fn word(&mut self, words: &[&str], have: &str, level: Level, node: &Node, path: &str) {
        if have.is_empty() || words.contains(&have) {
            return;
        }
        // Words are never secrets, so what was written may be shown.
        let have = crate::problem::printable(have, 40);
        let message = format!("\"{have}\" is not one of {}", words.join(", "));
        self.problems
            .report(level, Code::BadWord, node.place, path, message);
    }

    fn wrong(&mut self, kind: Kind, node: &Node, path: &str, found: &str) {
        let message = format!("must be {}, not {found}", expected(kind));
        self.problems
            .error(Code::WrongType, node.place, path, message);
    }
}
