//! Fuzz targets as plain functions, so that `cargo test` replays every input that
//! was ever worth keeping.
//!
//! A new target is a file in `fuzz_targets/` with `pub fn run(data: &[u8])` and a
//! line below. See `README.md`.

/// A name and the function that must not panic.
pub type Target = (&'static str, fn(&[u8]));

macro_rules! targets {
    ($($name:ident = $path:literal;)+) => {
        $(#[path = $path] pub mod $name;)+

        /// Every target.
        pub const TARGETS: &[Target] = &[$((stringify!($name), $name::run),)+];
    };
}

targets! {
    client_hello = "../fuzz_targets/client_hello.rs";
    decode = "../fuzz_targets/decode.rs";
    dialect = "../fuzz_targets/dialect.rs";
    engine = "../fuzz_targets/engine.rs";
    flow = "../fuzz_targets/flow.rs";
    host = "../fuzz_targets/host.rs";
    http1_body = "../fuzz_targets/http1_body.rs";
    http1_differential = "../fuzz_targets/http1_differential.rs";
    http1_request = "../fuzz_targets/http1_request.rs";
    http1_response = "../fuzz_targets/http1_response.rs";
    normalise = "../fuzz_targets/normalise.rs";
    sniff = "../fuzz_targets/sniff.rs";
    url = "../fuzz_targets/url.rs";
}

/// The target of that name.
pub fn target(name: &str) -> Option<fn(&[u8])> {
    TARGETS
        .iter()
        .find(|(have, _)| *have == name)
        .map(|(_, run)| *run)
}

/// Cuts the input in two at a place that depends on all of it, so that inputs stay
/// plain protocol text that a person can read and write.
pub fn cut(data: &[u8]) -> (&[u8], &[u8]) {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    data.split_at((hash % (data.len() as u64 + 1)) as usize)
}
