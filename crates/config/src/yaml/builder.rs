//! Builds the tree from parser events, one frame for each open node.

use super::{ALIAS_BYTES, ALIAS_NODES, DEPTH, Entry, Map, Node, Scalar, Value, join};
use crate::problem::{Code, Place, Problems};
use saphyr_parser::{Event, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

#[derive(PartialEq, Eq)]
pub(super) enum Flow {
    Go,
    Stop,
}

/// What a node costs whoever repeats it.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

impl Size {
    fn scalar(text: &str) -> Self {
        Self {
            nodes: 1,
            bytes: text.len(),
            depth: 0,
        }
    }

    fn holds(&mut self, child: Self) {
        self.nodes = self.nodes.saturating_add(child.nodes);
        self.bytes = self.bytes.saturating_add(child.bytes);
        self.depth = self.depth.max(child.depth + 1);
    }
}

enum Open {
    List(Vec<Node>),
    Map {
        map: Map,
        key: Option<(Rc<str>, Place, bool)>,
        seen: HashMap<Rc<str>, Place>,
        merges: Vec<Node>,
    },
}

struct Frame {
    open: Open,
    place: Place,
    anchor: usize,
    size: Size,
}

#[derive(Default)]
pub(super) struct Builder {
    frames: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    anchors: HashMap<usize, (Node, Size)>,
    expanded: Size,
}

impl Builder {
    pub(super) fn finish(self) -> Option<Node> {
        self.root
    }

    pub(super) fn event(
        &mut self,
        event: Event<'_>,
        place: Place,
        problems: &mut Problems,
    ) -> Flow {
        match event {
            Event::DocumentStart(_) => return self.document(place, problems),
            Event::Alias(id) => return self.alias(id, place, problems),
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain || tagged_text(tag.as_deref());
                self.tag(tag, place, problems);
                let size = Size::scalar(&text);
                let node = Node {
                    place,
                    value: Value::Scalar(Scalar {
                        text: text.into(),
                        quoted,
                    }),
                };
                return self.node(node, size, anchor, problems);
            }
            Event::SequenceStart(anchor, tag) => {
                self.tag(tag, place, problems);
                return self.open(Open::List(Vec::new()), place, anchor, problems);
            }
            Event::MappingStart(anchor, tag) => {
                self.tag(tag, place, problems);
                let open = Open::Map {
                    map: Map::default(),
                    key: None,
                    seen: HashMap::new(),
                    merges: Vec::new(),
                };
                return self.open(open, place, anchor, problems);
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(problems),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Flow::Go
    }

    fn document(&mut self, place: Place, problems: &mut Problems) -> Flow {
        self.documents += 1;
        if self.documents == 1 {
            return Flow::Go;
        }
        problems.error(
            Code::SecondDocument,
            place,
            "",
            "only one document is supported",
        );
        Flow::Stop
    }

    fn tag(&self, tag: Option<Cow<'_, Tag>>, place: Place, problems: &mut Problems) {
        let Some(tag) = tag else { return };
        let known = ["str", "int", "float", "bool", "null", "map", "seq"];
        // `!` alone only says that a scalar is text.
        let bare = tag.suffix.is_empty() || (tag.handle.is_empty() && tag.suffix == "!");
        let core = tag.is_yaml_core_schema() && known.contains(&tag.suffix.as_str());
        if !bare && !core {
            problems.error(
                Code::Syntax,
                place,
                &self.path(),
                "YAML tags are not supported",
            );
        }
    }

    fn open(&mut self, open: Open, place: Place, anchor: usize, problems: &mut Problems) -> Flow {
        if self.frames.len() >= DEPTH {
            let message = format!("nested deeper than {DEPTH} levels");
            problems.error(Code::TooLarge, place, "", message);
            return Flow::Stop;
        }
        self.frames.push(Frame {
            open,
            place,
            anchor,
            size: Size {
                nodes: 1,
                bytes: 0,
                depth: 0,
            },
        });
        Flow::Go
    }

    fn close(&mut self, problems: &mut Problems) -> Flow {
        let Some(frame) = self.frames.pop() else {
            return Flow::Go;
        };
        let value = match frame.open {
            Open::List(items) => Value::List(items),
            Open::Map {
                mut map,
                merges,
                seen,
                ..
            } => {
                merge(&mut map, &seen, merges, problems);
                Value::Map(map)
            }
        };
        self.node(
            Node {
                place: frame.place,
                value,
            },
            frame.size,
            frame.anchor,
            problems,
        )
    }

    fn alias(&mut self, id: usize, place: Place, problems: &mut Problems) -> Flow {
        let Some((node, size)) = self.anchors.get(&id) else {
            problems.error(
                Code::Syntax,
                place,
                &self.path(),
                "an alias inside its own anchor",
            );
            return Flow::Stop;
        };
        let (mut node, size) = (node.clone(), *size);
        self.expanded.holds(size);
        if self.expanded.nodes > ALIAS_NODES || self.expanded.bytes > ALIAS_BYTES {
            let message =
                format!("aliases expand to more than {ALIAS_NODES} nodes or {ALIAS_BYTES} bytes");
            problems.error(Code::TooLarge, place, "", message);
            return Flow::Stop;
        }
        if self.frames.len() + size.depth > DEPTH {
            problems.error(
                Code::TooLarge,
                place,
                "",
                format!("nested deeper than {DEPTH} levels"),
            );
            return Flow::Stop;
        }
        if !matches!(node.value, Value::Map(_)) {
            node.place = place;
        }
        self.node(node, size, 0, problems)
    }

    /// Puts a finished node where it belongs: the root, a list, a key or a value.
    fn node(&mut self, node: Node, size: Size, anchor: usize, problems: &mut Problems) -> Flow {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let path = if self.awaits_key() {
            Some(self.path())
        } else {
            None
        };
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Flow::Go;
        };
        frame.size.holds(size);
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map {
                map,
                key,
                seen,
                merges,
            } => match key.take() {
                None => {
                    *key = Some(read_key(node, seen, &path.unwrap_or_default(), problems));
                }
                Some((name, place, true)) => {
                    // Kept for the duplicate check, merged at the end of the mapping.
                    let _ = (name, place);
                    merges.push(node);
                }
                Some((key, place, false)) => {
                    // The second of two is checked too; readers see the first.
                    if seen.contains_key(&key) {
                        map.entries.push(Entry {
                            key,
                            place,
                            value: node,
                        });
                    }
                }
            },
        }
        Flow::Go
    }

    fn awaits_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                open: Open::Map { key: None, .. },
                ..
            })
        )
    }

    /// Dotted path of the innermost open node; built only for messages and keys.
    fn path(&self) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            match &frame.open {
                Open::List(items) => path.push_str(&format!("[{}]", items.len())),
                Open::Map {
                    key: Some((key, ..)),
                    ..
                } => path = join(&path, key),
                Open::Map { .. } => {}
            }
        }
        path
    }
}

fn tagged_text(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| {
        (tag.is_yaml_core_schema() && tag.suffix == "str") || !tag.is_yaml_core_schema()
    })
}

/// Reads a key; the flag says that it is `<<`.
fn read_key(
    node: Node,
    seen: &mut HashMap<Rc<str>, Place>,
    path: &str,
    problems: &mut Problems,
) -> (Rc<str>, Place, bool) {
    let place = node.place;
    let Value::Scalar(scalar) = node.value else {
        problems.error(
            Code::WrongType,
            place,
            path,
            "a key must be plain text, not a list or a mapping",
        );
        return (Rc::from(""), place, false);
    };
    let merge = &*scalar.text == "<<" && !scalar.quoted;
    if let Some(first) = seen.get(&scalar.text) {
        let mut message = format!("given twice, first on line {}", first.line);
        if path.is_empty() {
            message.push_str(" (with a chart: does `extraConfig` repeat a rendered key?)");
        }
        problems.error(
            Code::DuplicateKey,
            place,
            &join(path, &scalar.text),
            message,
        );
    } else {
        seen.insert(scalar.text.clone(), place);
    }
    (scalar.text, place, merge)
}

/// `<<`: keys of the mapping itself win, then those of earlier mappings.
fn merge(
    map: &mut Map,
    seen: &HashMap<Rc<str>, Place>,
    merges: Vec<Node>,
    problems: &mut Problems,
) {
    let mut have: HashSet<Rc<str>> = seen.keys().cloned().collect();
    for node in merges {
        let place = node.place;
        let sources = match node.value {
            Value::Map(map) => vec![map],
            Value::List(items) => items
                .into_iter()
                .filter_map(|item| into_map(item, problems))
                .collect(),
            Value::Scalar(scalar) if scalar.is_null() => Vec::new(),
            Value::Scalar(_) => {
                problems.error(Code::WrongType, place, "<<", "can only merge mappings");
                Vec::new()
            }
        };
        for entry in sources.into_iter().flat_map(|source| source.entries) {
            if have.insert(entry.key.clone()) {
                map.entries.push(entry);
            }
        }
    }
}

fn into_map(node: Node, problems: &mut Problems) -> Option<Map> {
    if let Value::Map(map) = node.value {
        return Some(map);
    }
    problems.error(Code::WrongType, node.place, "<<", "can only merge mappings");
    None
}
