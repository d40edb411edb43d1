#!/bin/sh
# Fuzzes one target on stable Rust: fuzz/run.sh TARGET SECONDS [libFuzzer options]
# New inputs stay in fuzz/target/corpus; a failing one is written to fuzz/artifacts.
# With FUZZ_SEED the inputs are the same each time, as far as they go.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: $0 TARGET SECONDS [libFuzzer options]" >&2
    exit 2
fi
target=$1
seconds=$2
shift 2

cd "$(dirname "$0")"
if [ ! -d "corpus/$target" ]; then
    echo "$0: no seeds in corpus/$target; targets: $(ls corpus | tr '\n' ' ')" >&2
    exit 2
fi

# What cargo-fuzz sets, but for the sanitizer, which needs nightly. An explicit
# --target keeps the flags away from build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="-Cpasses=sancov-module \
-Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares \
-Ccodegen-units=1 --cfg fuzzing" \
    CARGO_TARGET_DIR=target cargo build --quiet --release --target "$host" --bin pipelock-fuzz

mkdir -p "target/corpus/$target" "artifacts/$target"
regressions=
[ -d "regressions/$target" ] && regressions="regressions/$target"
dictionary=
[ -f "dictionaries/$target.dict" ] && dictionary="-dict=dictionaries/$target.dict"
# shellcheck disable=SC2086 # both are one word or none
FUZZ_TARGET=$target exec "target/$host/release/pipelock-fuzz" \
    "target/corpus/$target" "corpus/$target" $regressions $dictionary \
    -max_total_time="$seconds" -seed="${FUZZ_SEED:-0}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="artifacts/$target/" "$@"
