//! What a node is, and whether it switches something on.

use super::{Kind, Switch, When};
use crate::yaml::{Node, Value};

pub(super) const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag => "true or false",
        Kind::Int => "an integer",
        Kind::Float => "a number",
        Kind::Text | Kind::Word(_) | Kind::Choice(_) => "text",
        Kind::Duration => "a duration",
        Kind::Time => "a date",
        Kind::List(_) => "a list",
        Kind::Map(_) | Kind::Table(_) => "a mapping",
        Kind::TextOr(_) => "text or a mapping",
        Kind::Any => "anything",
    }
}

pub(super) const fn found(node: &Node) -> &'static str {
    match node.value {
        Value::Scalar(_) => "a single value",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

pub(super) fn is_set(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => {
            let off = scalar.flag() == Ok(false)
                || scalar.integer().is_ok_and(|integer| integer.value == 0);
            !(scalar.is_null() || scalar.text.is_empty() || off)
        }
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => map.entries.iter().any(|entry| is_set(&entry.value)),
    }
}

pub(super) fn holds(when: When, node: &Node) -> bool {
    match (when, &node.value) {
        (When::Set, _) => is_set(node),
        (When::Is(words), Value::Scalar(scalar)) => words.contains(&&*scalar.text),
        (When::Is(_), _) => false,
    }
}

pub(super) fn section_on(node: &Node, switch: Switch) -> bool {
    let Some(map) = node.map() else {
        return !node.is_null();
    };
    let enabled = map
        .get("enabled")
        .and_then(|entry| match &entry.value.value {
            Value::Scalar(scalar) => scalar.flag().ok(),
            _ => None,
        });
    match switch {
        Switch::DefaultOff => enabled == Some(true),
        Switch::DefaultOn => enabled != Some(false),
        Switch::Content => enabled.unwrap_or_else(|| is_set(node)),
    }
}
