use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::source::code;
use super::{Violation, check};

/// A workspace of one crate in a directory of its own, removed at the end.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, manifest: &str, lib: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("layers-{}-{count}", std::process::id()));
        let src = root.join("crates").join(name).join("src");
        fs::create_dir_all(&src).unwrap();
        fs::write(src.join("lib.rs"), lib).unwrap();
        fs::write(root.join("crates").join(name).join("Cargo.toml"), manifest).unwrap();
        Self(root)
    }

    fn violations(&self) -> Vec<String> {
        check(&self.0)
            .unwrap()
            .1
            .iter()
            .map(Violation::to_string)
            .collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn real_manifest(name: &str) -> String {
    fs::read_to_string(workspace().join("crates").join(name).join("Cargo.toml")).unwrap()
}

fn gate(lib: &str) -> Vec<String> {
    Tree::new("gate", &real_manifest("gate"), lib).violations()
}

#[test]
fn the_real_tree_has_no_forbidden_arrow() {
    let (crates, violations) = check(&workspace()).unwrap();
    let violations: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert_eq!(violations, Vec::<String>::new());
    assert!(crates >= 15, "only {crates} crates were read");
}

#[test]
fn proxy_with_the_detectors_added_is_refused() {
    let manifest = real_manifest("proxy");
    let arrows = [
        "pipelock-detect.workspace = true",
        "pipelock-detect = { path = \"../detect\" }",
        "innocent = { package = \"pipelock-detect\", path = \"../detect\" }",
    ];
    for arrow in arrows {
        let changed =
            manifest.replacen("[dependencies]\n", &format!("[dependencies]\n{arrow}\n"), 1);
        assert_ne!(changed, manifest);
        assert_eq!(
            Tree::new("proxy", &changed, "").violations(),
            ["crates/proxy/Cargo.toml: may not depend on pipelock-detect"],
            "{arrow}"
        );
    }
    assert!(Tree::new("proxy", &manifest, "").violations().is_empty());
}

#[test]
fn a_dependency_of_one_target_or_of_the_build_script_counts() {
    for section in ["target.'cfg(unix)'.dependencies", "build-dependencies"] {
        let manifest = format!(
            "{}\n[{section}]\npipelock-detect = \"*\"\n",
            real_manifest("proxy")
        );
        assert_eq!(
            Tree::new("proxy", &manifest, "").violations().len(),
            1,
            "{section}"
        );
    }
}

#[test]
fn what_tests_need_is_free() {
    let manifest = real_manifest("wire").replace("[dev-dependencies]", "[dev_dependencies]");
    let manifest = format!("{manifest}\n[dev-dependencies]\npipelock-testkit = \"*\"\n");
    assert!(Tree::new("wire", &manifest, "").violations().is_empty());
}

#[test]
fn fakes_outside_helpers_and_clocks_do_not_reach_what_ships() {
    let lints = "[lints]\nworkspace = true\n";
    let cases = [
        ("wire", "pipelock-testkit"),
        ("runtime", "pipelock-cli"),
        ("model", "serde"),
        ("detect", "tokio"),
        ("session", "rand"),
        ("policy", "pipelock-gate"),
        ("telemetry", "pipelock-detect"),
    ];
    for (name, dependency) in cases {
        let manifest = format!("{lints}[dependencies]\n{dependency} = \"1\"\n");
        let want = format!("crates/{name}/Cargo.toml: may not depend on {dependency}");
        assert_eq!(Tree::new(name, &manifest, "").violations(), [want]);
    }
}

#[test]
fn a_crate_without_a_row_or_without_the_lints_is_refused() {
    assert_eq!(
        Tree::new("util", "", "").violations(),
        [
            "crates/util/Cargo.toml: no `[lints] workspace = true`",
            "crates/util/Cargo.toml: this crate has no row in the table of arrows",
        ]
    );
}

#[test]
fn gate_may_not_hand_a_detector_on() {
    let ways = [
        "pub use pipelock_detect::engine::Engine;",
        "pub use pipelock_detect as judge;",
        "pub use ::pipelock_detect::engine::Engine;",
        "pub use pipelock_detect::{\n    address::Cidr,\n    engine::{Engine, Kinds},\n};",
        "mod inner {\n    pub use pipelock_detect::url;\n}",
        "use pipelock_detect::engine;\npub use engine::Engine;",
        "use pipelock_detect as d;\nuse d::engine as e;\npub use self::e::Engine;",
        "use pipelock_detect::engine::Engine;\npub type Judge = Engine;",
        "pub type Judge = std::sync::Arc<pipelock_detect::engine::Engine>;",
        "pub extern crate pipelock_detect;",
        "use pipelock_detect::*;",
        "#[doc(inline)]\npub use pipelock_detect::engine::Engine;",
    ];
    for way in ways {
        assert!(!gate(way).is_empty(), "not found: {way}");
    }
}

#[test]
fn gate_may_use_detectors_and_hand_its_own_on() {
    let fine = "
        //! pub use pipelock_detect::engine::Engine; in a comment is only text.
        use pipelock_detect::engine::{Engine, Kinds};
        pub(crate) use pipelock_detect::url::Target;
        mod verdict;
        pub use verdict::{Permit, Verdict};
        pub use pipelock_model::Finding;
        pub type Shared = std::sync::Arc<Verdict>;
        const TEXT: &str = \"pub use pipelock_detect::x;\";
        pub struct Gate { engine: Engine, kinds: Kinds }
    ";
    assert_eq!(gate(fine), Vec::<String>::new());
}

#[test]
fn unsafe_and_detectors_named_in_a_transport_are_found() {
    let lib = "fn f() { unsafe { pipelock_detect::x() } }";
    assert_eq!(
        Tree::new("proxy", &real_manifest("proxy"), lib)
            .violations()
            .len(),
        2
    );
    let quiet = "//! unsafe\nfn f<'a>(x: &'a str) -> char { let _ = r#\"unsafe\"#; '\\'' }";
    assert!(
        Tree::new("proxy", &real_manifest("proxy"), quiet)
            .violations()
            .is_empty()
    );
}

#[test]
fn comments_and_literals_are_blanked_and_nothing_else() {
    let cases = [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        ("x(\"//\", y)", "x(    , y)"),
        ("x('\"', 'a, y)", "x(   , 'a, y)"),
        ("r#\"a\"b\"# c", "         c"),
        ("r#use", "r#use"),
    ];
    for (text, want) in cases {
        assert_eq!(code(text), want, "{text:?}");
    }
}
