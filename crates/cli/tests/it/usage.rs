use crate::harness::say;

#[test]
fn a_mistake_in_the_arguments_exits_2_and_says_which() {
    let cases: [(&[&str], &str); 12] = [
        (&["run", "--bogus"], "--bogus"),
        (&["run", "agent"], "agent"),
        (&["run", "--mode", "relaxed"], "relaxed"),
        (&["run", "--listen", "here"], "here"),
        (&["run", "--listen", "127.0.0.1:99999"], "99999"),
        (&["run", "--shutdown-delay", "soon"], "soon"),
        (&["healthcheck", "--timeout", "0s"], "longer than 0s"),
        (&["healthcheck", "--wait", "5"], "with a unit"),
        (&["check", "--json=yes"], "--json"),
        (&["generate", "config", "--preset", "lax"], "lax"),
        (&["serve"], "serve"),
        (&[], "Usage"),
    ];
    for (args, names) in cases {
        let said = say(args);
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(names), "{args:?}: {}", said.err);
        assert_eq!(said.out, "", "{args:?}");
    }
}

#[test]
fn help_and_version_are_results() {
    for args in [
        &["--help"][..],
        &["help", "run"],
        &["run", "--help"],
        &["--version"],
    ] {
        let said = say(args);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
        assert!(!said.out.is_empty(), "{args:?}");
    }
}

/// What a reader of `--help` needs: a default, and the unit of a number.
#[test]
fn help_names_defaults_and_units() {
    let cases: [(&[&str], &[&str]); 4] = [
        (
            &["run", "--help"],
            &[
                "[default: the file's, or balanced]",
                "[default: the file's, or 127.0.0.1:8888]",
                "<DURATION>",
                "[default: 0s]",
                "[possible values: strict, balanced, audit]",
            ],
        ),
        (
            &["healthcheck", "--help"],
            &[
                "[default: 127.0.0.1:8888]",
                "[default: 3s]",
                "[default: 0s]",
                "<DURATION>",
            ],
        ),
        (
            &["check", "--help"],
            &["[env: PIPELOCK_CONFIG]", "built-in defaults"],
        ),
        (
            &["generate", "config", "--help"],
            &[
                "[default: balanced]",
                "[possible values: strict, balanced, audit]",
                "0600",
            ],
        ),
    ];
    for (args, words) in cases {
        // As one line: the terminal's width is not the subject.
        let help = say(args)
            .out
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        for word in words {
            assert!(help.contains(word), "{args:?} lacks {word:?}: {help}");
        }
    }
}

#[test]
fn version_says_its_labels_in_order() {
    assert_eq!(
        say(&["--version"]).out,
        format!("pipelock version {}\n", env!("CARGO_PKG_VERSION"))
    );
    let text = say(&["version"]).out;
    let labels: Vec<&str> = text.lines().map(|line| line.trim()).collect();
    let wanted = [
        "pipelock version ",
        "build date: ",
        "git commit: ",
        "toolchain: ",
    ];
    assert_eq!(labels.len(), wanted.len(), "{text}");
    for (line, label) in labels.iter().zip(wanted) {
        assert!(
            line.starts_with(label),
            "{line:?} does not begin with {label:?}"
        );
    }
}

#[test]
fn version_as_json_has_a_schema_version_last() {
    let json: serde_json::Value = serde_json::from_str(&say(&["version", "--json"]).out).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "version",
            "build_date",
            "commit",
            "toolchain",
            "target",
            "schema_version"
        ]
    );
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
}
