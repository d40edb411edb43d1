#!/usr/bin/env bash
# Every test that needs nothing but this tree: units, integration, rules, fuzz
# regressions. Installs what a bare machine lacks.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
set -x
cargo test --locked --workspace
