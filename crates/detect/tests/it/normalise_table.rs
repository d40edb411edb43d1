//! Derives the normaliser's table from Unicode and the specification's lists, and
//! compares it with the one in the tree. `BLESS=1` rewrites the latter.

mod derive;
mod lists;
mod print;

use std::{fs, path::Path};

#[test]
fn the_table_is_what_unicode_and_the_specification_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/normalise/table/data.rs");
    let want = print::source(&derive::Table::new());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, want).unwrap();
        return;
    }
    let have = fs::read_to_string(&path).unwrap();
    assert!(
        have == want,
        "run BLESS=1 cargo test -p pipelock-detect --test it normalise_table"
    );
}
