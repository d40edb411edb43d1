//! What an operator probably meant.

use super::{Key, Kind};

/// Known mistakes: where, what, and what to do about it.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "forward_proxy",
        "trusted_domains",
        "it belongs to the top level: `trusted_domains`",
    ),
    (
        "kill_switch",
        "sentinel_path",
        "did you mean \"sentinel_file\"?",
    ),
    (
        "adaptive_enforcement",
        "threshold",
        "did you mean \"escalation_threshold\"?",
    ),
    (
        "",
        "data_budget",
        "use `fetch_proxy.monitoring.max_data_per_minute`",
    ),
    ("", "blocklist", "use `fetch_proxy.monitoring.blocklist`"),
    ("", "listen", "use `fetch_proxy.listen`"),
];

/// Longest key for which a neighbour is sought; longer ones are no typing mistake.
const LONGEST: usize = 64;

pub(super) fn suggest(path: &str, name: &str, keys: &[Key], root: &[Key]) -> Option<String> {
    let known = KNOWN
        .iter()
        .find(|(at, key, _)| *at == path && *key == name);
    if let Some((_, _, hint)) = known {
        return Some((*hint).to_owned());
    }
    if let Some(near) = nearest(name, keys.iter().map(|key| key.name)) {
        return Some(format!("did you mean \"{near}\"?"));
    }
    if !path.is_empty() && root.iter().any(|key| key.name == name) {
        return Some(format!(
            "`{name}` belongs to the top level; check the indentation"
        ));
    }
    if path.is_empty() {
        return owner(name, root).map(|section| format!("`{name}` belongs to `{section}`"));
    }
    None
}

/// The only section that has such a key.
fn owner(name: &str, root: &[Key]) -> Option<&'static str> {
    let mut owners = root.iter().filter(|section| match section.kind {
        Kind::Table(keys) => keys.iter().any(|key| key.name == name),
        _ => false,
    });
    let first = owners.next()?;
    owners.next().is_none().then_some(first.name)
}

/// The word at the least distance, if it is near enough to be a typing mistake.
fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let limit = (name.chars().count() / 3).clamp(1, 3);
    words
        .map(|word| (distance(&name.to_ascii_lowercase(), word), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut current = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (previous[j] + 1)
                .min(current[j - 1] + 1)
                .min(previous[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let words = ["monitoring", "listen", "timeout_seconds"];
        let cases = [
            ("monitorring", Some("monitoring")),
            ("lisetn", Some("listen")),
            ("Listen", Some("listen")),
            ("timeout_second", Some("timeout_seconds")),
            ("blocklist", None),
        ];
        for (name, expected) in cases {
            assert_eq!(nearest(name, words.into_iter()), expected, "{name}");
        }
    }
}
