use crate::harness::{Files, Proxy, say};
use std::os::unix::fs::PermissionsExt;

#[test]
fn every_preset_is_generated_checks_and_serves() {
    for preset in ["strict", "balanced", "audit"] {
        let files = Files::new();
        let said = say(&["generate", "config", "--preset", preset]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{preset}");
        let config = files.write("c.yaml", &said.out);
        let check = say(&["check", "--strict", "--config", &config]);
        assert_eq!(check.code, 0, "{preset}: {}", check.err);
        let proxy = Proxy::start(&said.out);
        assert!(
            proxy.banner().contains(&format!("Mode:    {preset}")),
            "{}",
            proxy.banner()
        );
        assert_eq!(proxy.own("/health"), 200, "{preset}");
    }
}

#[test]
fn the_balanced_preset_is_the_default() {
    let chosen = say(&["generate", "config", "--preset", "balanced"]);
    assert_eq!(say(&["generate", "config"]).out, chosen.out);
}

#[test]
fn a_written_file_is_for_its_owner_only() {
    let files = Files::new();
    let path = files.path("c.yaml");
    let said = say(&["generate", "config", "--output", &path]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        say(&["generate", "config"]).out
    );
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let files = Files::new();
    let path = files.path("absent/c.yaml");
    let said = say(&["generate", "config", "-o", &path]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("absent/c.yaml"), "{}", said.err);
}
