//! Findings in real text that are right: keys in test data and documentation.

const TABLE: &str = include_str!("../corpus/genuine.tsv");

/// Whether a finding of `rule` in `place` (`package/path`) is listed as a genuine
/// key or published example. Both may be `*`; a path ends with what is listed, and
/// a listed path that ends with `/` stands for all below a package directory.
#[must_use]
pub fn explains(rule: &str, place: &str) -> bool {
    rows().any(|(listed, path, _)| {
        (listed == "*" || listed == rule)
            && (path
                .strip_suffix('/')
                .map_or(place.ends_with(path), |dir| place.contains(dir)))
    })
}

/// Rule, path, and why it is right.
pub fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.splitn(3, '\t');
            Some((cells.next()?, cells.next()?, cells.next()?))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_rule_a_path_and_a_reason() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines);
        assert!(
            rows().all(|(rule, path, why)| {
                !rule.is_empty() && path.contains('/') && why.len() > 10
            })
        );
    }

    #[test]
    fn only_what_is_listed_is_explained() {
        assert!(!explains("private-key-header", "nowhere/src/main.rs"));
    }
}
