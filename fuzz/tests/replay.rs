//! Every seed and every input that once failed, on stable, without a fuzzer.

use std::fs;
use std::path::Path;

fn replay(kind: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind);
    let mut count = 0;
    for (name, run) in pipelock_fuzz::TARGETS {
        let Ok(files) = fs::read_dir(root.join(name)) else {
            continue;
        };
        for file in files {
            let path = file.expect("a directory entry").path();
            println!("{}", path.display());
            run(&fs::read(&path).expect("a readable input"));
            count += 1;
        }
    }
    count
}

#[test]
fn seeds_pass() {
    assert!(replay("corpus") > 0, "the seeds are gone");
}

#[test]
fn inputs_that_once_failed_pass() {
    replay("regressions");
}

#[test]
fn every_target_has_seeds_and_every_directory_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, run) in pipelock_fuzz::TARGETS {
        assert!(
            root.join("corpus").join(name).is_dir(),
            "corpus/{name} is missing"
        );
        run(b"");
    }
    for kind in ["corpus", "regressions"] {
        for entry in fs::read_dir(root.join(kind))
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            let known = pipelock_fuzz::target(&name).is_some() || !entry.path().is_dir();
            assert!(known, "{kind}/{name} has no target");
        }
    }
}
