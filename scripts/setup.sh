#!/usr/bin/env bash
# Installs what is missing, from the distribution. Running it twice changes nothing.
#
#   scripts/setup.sh            what building and CI need
#   scripts/setup.sh --bench    also squid, for the benchmark's column
#   scripts/setup.sh --clients  also the real clients of tests/clients
set -euo pipefail

# program:package. CI needs nothing beyond the first list and a Rust toolchain.
needed=(cc:gcc g++:g++ curl:curl git:git python3:python3 openssl:openssl taskset:util-linux)
for argument in "$@"; do
  case $argument in
    --bench) needed+=(squid:squid) ;;
    --clients) needed+=(wget:wget node:nodejs npm:npm) ;;
    *) echo "unknown argument $argument" >&2; exit 2 ;;
  esac
done

missing=()
for entry in "${needed[@]}"; do
  # Servers live in sbin, which is not on everybody's path.
  PATH=$PATH:/usr/sbin:/sbin command -v "${entry%%:*}" >/dev/null || missing+=("${entry##*:}")
done
# A Python without ensurepip cannot make a virtual environment.
if [[ " $* " == *" --clients "* ]] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  missing+=(python3-venv)
fi

if ((${#missing[@]})); then
  as_root=()
  if [[ $(id -u) != 0 ]]; then as_root=(sudo -n); fi
  command -v apt-get >/dev/null || { echo "install these by hand: ${missing[*]}" >&2; exit 1; }
  set -x
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends ca-certificates "${missing[@]}"
  { set +x; } 2>/dev/null
fi

command -v cargo >/dev/null || {
  echo "no Rust toolchain: see https://rustup.rs" >&2
  exit 1
}
