//! The words as a tree.

use super::Spelt;
use crate::intent::tables::fold;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Branch {
    edges: BTreeMap<u8, u32>,
    entries: BTreeSet<[u8; 4]>,
}

/// The bytes of the tree, as [`crate::intent::tables::Tree`] reads them; `None` when
/// there are too many words.
pub(super) fn tree(words: &[Spelt]) -> Option<Vec<u8>> {
    let mut branches = vec![Branch::default()];
    for word in words.iter().filter(|word| !word.bytes.is_empty()) {
        let mut at = 0;
        for byte in &word.bytes {
            let byte = fold(*byte);
            let next = match branches[at].edges.get(&byte) {
                Some(next) => *next,
                None => {
                    let next = u32::try_from(branches.len()).ok()?;
                    branches.push(Branch::default());
                    branches[at].edges.insert(byte, next);
                    next
                }
            };
            at = next as usize;
        }
        branches[at]
            .entries
            .insert([word.concept as u8, word.language, word.flags, 0]);
    }
    write(&joined(branches))
}

/// What a branch says: its edges and its entries.
type Shape = (Vec<(u8, u32)>, Vec<[u8; 4]>);

/// Joins branches that say the same: endings are shared as beginnings are. Children
/// come after their parents.
fn joined(branches: Vec<Branch>) -> Vec<Branch> {
    let mut known: BTreeMap<Shape, u32> = BTreeMap::new();
    let mut name = vec![0_u32; branches.len()];
    let mut kept: Vec<Branch> = Vec::new();
    for (number, mut branch) in branches.into_iter().enumerate().rev() {
        for next in branch.edges.values_mut() {
            *next = name[*next as usize];
        }
        let edges = branch.edges.iter().map(|(byte, next)| (*byte, *next));
        let key = (edges.collect(), branch.entries.iter().copied().collect());
        let next_name = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        name[number] = *known.entry(key).or_insert_with(|| {
            kept.push(branch);
            next_name
        });
    }
    // The root came last; it must be the first.
    let root = name[0];
    let last = u32::try_from(kept.len().saturating_sub(1)).unwrap_or(u32::MAX);
    debug_assert_eq!(root, last, "nothing is like the root");
    for branch in &mut kept {
        for next in branch.edges.values_mut() {
            *next = last - *next;
        }
    }
    kept.reverse();
    kept
}

fn write(branches: &[Branch]) -> Option<Vec<u8>> {
    let (mut nodes, mut edges, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let mut lists: BTreeMap<Vec<[u8; 4]>, u16> = BTreeMap::new();
    for (number, branch) in branches.iter().enumerate() {
        let list: Vec<_> = branch.entries.iter().copied().collect();
        let edge_count = u8::try_from(branch.edges.len().min(255)).ok()?;
        let entry_count = u8::try_from(list.len()).ok()?;
        let first_entry = match lists.get(&list) {
            Some(first) => *first,
            None => {
                let first = u16::try_from(entries.len()).ok()?;
                entries.extend(list.iter().map(|entry| u32::from_le_bytes(*entry)));
                lists.insert(list, first);
                first
            }
        };
        nodes.push(u32::try_from(edges.len()).ok()?);
        nodes.push(
            u32::from(first_entry) << 16 | u32::from(edge_count) << 8 | u32::from(entry_count),
        );
        if number == 0 {
            let edge = |byte: u8| {
                let next = branch.edges.get(&byte);
                next.map_or(0, |next| u32::from(byte) << 24 | next)
            };
            edges.extend((0..=255).map(edge));
        } else {
            let edge = |(byte, next): (&u8, &u32)| u32::from(*byte) << 24 | next;
            edges.extend(branch.edges.iter().map(edge));
        }
    }
    let count = |list: &[u32], each: usize| u32::try_from(list.len() / each).ok();
    let header = [count(&nodes, 2)?, count(&edges, 1)?, count(&entries, 1)?];
    if header[0] >= 1 << 24 {
        return None;
    }
    let words = header.iter().chain(&nodes).chain(&edges).chain(&entries);
    Some(words.flat_map(|word| word.to_le_bytes()).collect())
}
