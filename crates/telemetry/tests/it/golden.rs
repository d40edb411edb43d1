//! Golden files; `BLESS=1` rewrites them.

use std::path::Path;

pub(crate) fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (have, want)) in actual.lines().zip(expected.lines()).enumerate() {
        assert_eq!(have, want, "{name}:{}", number + 1);
    }
    assert_eq!(
        actual.lines().count(),
        expected.lines().count(),
        "{name}: lines"
    );
}
