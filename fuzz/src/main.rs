//! The fuzzer: `run.sh TARGET SECONDS` builds and runs it.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod fuzzer {
    use std::sync::OnceLock;

    static RUN: OnceLock<fn(&[u8])> = OnceLock::new();

    libfuzzer_sys::fuzz_target!(|data: &[u8]| {
        let run = RUN.get_or_init(|| {
            let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
            pipelock_fuzz::target(&name).expect("FUZZ_TARGET is a target of src/lib.rs")
        });
        run(data);
    });
}

#[cfg(not(fuzzing))]
fn main() {
    for (name, _) in pipelock_fuzz::TARGETS {
        println!("{name}");
    }
}
