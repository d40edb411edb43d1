#!/usr/bin/env bash
# Real clients, unmodified, through the proxy with tests/clients/pipelock.yaml:
#
#   tests/clients/run.sh [--long] [BINARY] [GROUP..]
#
# Groups: curl wget python node go java git pip npm, and with --long also
# large (200 MB both ways, with the proxy's memory) and slow (20 s, 60 s).
# Ends with a table, and with 1 when anything failed.
#
# Everything runs against local servers on 127.0.0.2. The Python and Node
# libraries are installed once into target/clients (scripts/setup.sh --clients
# installs the programs).
set -euo pipefail
cd "$(dirname "$0")/../.."

all=(curl wget python node go java git pip npm)
if [[ ${1:-} == --long ]]; then
  all+=(large slow)
  shift
fi
binary=$(realpath "${1:-target/release/pipelock}")
shift || true
groups=("$@")
if (($# == 0)); then groups=("${all[@]}"); fi
here=tests/clients
cache=$PWD/target/clients
dir=$(mktemp -d)
at=127.0.0.1:18889 proxy=http://127.0.0.1:18889
http=http://127.0.0.2:18081 https=https://origin.test:18444 registry=https://origin.test:18445
plain_registry=http://127.0.0.2:18446
listeners=(127.0.0.2:18081 127.0.0.2:18444 127.0.0.2:18445)
passed=0 failed=0
pids=()

cleanup() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap cleanup EXIT
# What the machine says about proxies, authorities and sources is not ours.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY
unset SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO

good() { passed=$((passed + 1)); printf 'ok    %s\n' "$1"; }
bad() { failed=$((failed + 1)); printf 'FAIL  %s: %s\n' "$1" "${2:-}"; }
# same WHAT WANT GOT: WANT is a pattern.
same() {
  # shellcheck disable=SC2053 # the pattern is meant
  if [[ $3 == $2 ]]; then good "$1"; else bad "$1" "wanted $2, got $3"; fi
}
# works WHAT COMMAND..
works() {
  local what=$1
  shift
  if "$@" >"$dir/out" 2>&1; then good "$what"; else bad "$what" "$(tail -5 "$dir/out")"; fi
}
# each COMMAND..: a program that prints its own ok and FAIL lines
each() {
  local code=0
  "$@" >"$dir/lines" 2>"$dir/errors" || code=$?
  cat "$dir/lines"
  passed=$((passed + $(grep -c '^ok' "$dir/lines" || true)))
  failed=$((failed + $(grep -c '^FAIL' "$dir/lines" || true)))
  if ((code)) && ! grep -q '^FAIL' "$dir/lines"; then bad "$*" "$(tail -5 "$dir/errors")"; fi
}
wait_for() {
  for _ in $(seq 200); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  echo "never ready: $*"
  exit 1
}
# memory VmRSS|VmHWM: of the proxy, in KiB
memory() { awk -v "field=$1:" '$1 == field { print $2 }' "/proc/$proxy_pid/status"; }
# missing GROUP: prints the program that the group needs and this machine has not
missing() {
  local program=$1
  case $1 in large | slow) program=curl ;; python) program=python3 ;; pip) program=python3 ;; esac
  if command -v "$program" >/dev/null; then return 1; fi
  echo "$program"
}
through() { curl -s -m 30 -x "$proxy" --cacert "$dir/cert.pem" "$@"; }

group_curl() {
  local base
  for base in "$http" "$https"; do
    same "curl $base" '*quiet town*' "$(through "$base/page")"
    same "curl HEAD" '*ength: 1234*' "$(through -I "$base/page" | tr -d '\r\n')"
    same "curl 103" '*103 Early Hints*200 OK*' "$(through -i "$base/early-hints" | tr -d '\r\n')"
    same "curl trailers" '*X-Sum: 42*' "$(through -i "$base/trailers" | tr -d '\r\n')"
    same "curl 204" 204 "$(through -o /dev/null -w '%{http_code}' "$base/204")"
    same "curl 304" 304 "$(through -o /dev/null -w '%{http_code}' "$base/304")"
    same "curl redirect relayed" 302 "$(through -o /dev/null -w '%{http_code}' "$base/redirect")"
    same "curl redirect followed" '*quiet town*' "$(through -L "$base/redirect")"
    same "curl Expect" '*100 Continue*"length": 8*' \
      "$(through -i -H 'Expect: 100-continue' -d '{"a": 1}' "$base/upload" | tr -d '\r\n')"
    same "curl Expect refused" 417 \
      "$(through -o /dev/null -w '%{http_code}' -H 'Expect: 100-continue' -d x=1 "$base/expect-417")"
    same "curl twice on one connection" '*Re-using existing connection*' \
      "$(through -v "$base/page" "$base/page" 2>&1 | tr -d '\r\n')"
  done
  for base in "$http" "$https"; do
    same "curl NDJSON" 2 "$(through "$base/stream?seconds=1.5" | wc -l)"
    same "curl event stream" 2 "$(through -N "$base/events?seconds=1.5" | grep -c '^data: ')"
    same "curl chunked upload" '*"length": 3000000*' \
      "$(head -c 3000000 /dev/zero | through -H 'Content-Type: application/octet-stream' -T - "$base/upload")"
  done
  same "curl plain HTTP in a tunnel" '*quiet town*' "$(through -p "$http/page")"
  same 'no hop-by-hop field arrives' '!' \
    "$(through -H 'Connection: X-Private' -H 'X-Private: 1' -H 'Proxy-Connection: keep-alive' "$http/headers" |
      grep -i -o 'x-private\|proxy-connection' || echo '!')"
  same 'binary data that spells a word' 1472 "$(through "$http/binary" | wc -c)"
  same 'HTTP/1.0 client' '*quiet town*' "$(through -0 "$http/page")"
}

group_wget() {
  local base
  for base in "$http" "$https"; do
    works "wget $base" env http_proxy="$proxy" https_proxy="$proxy" no_proxy= \
      wget -q -T 30 -t 1 --ca-certificate="$dir/cert.pem" -O "$dir/wget" "$base/bytes/3000000"
    same "wget $base whole" 3000000 "$(stat -c %s "$dir/wget")"
  done
}

venv() {
  [[ -x $cache/venv/bin/python ]] || python3 -m venv "$cache/venv"
  "$cache/venv/bin/python" -c 'import requests, httpx, aiohttp' 2>/dev/null ||
    "$cache/venv/bin/pip" install -q requests httpx aiohttp
}

group_python() {
  venv
  each "$cache/venv/bin/python" "$here/python_clients.py" "$proxy" "$http" "$https" "$dir/cert.pem"
}

group_node() {
  local flags=() undici=
  if node --use-env-proxy -e '' 2>/dev/null; then
    flags=(--use-env-proxy)
  else
    # Undici 6 is the last one for Node 18 and 20.
    mkdir -p "$cache/node"
    [[ -d $cache/node/node_modules/undici ]] || npm install --silent --no-audit --no-fund \
      --prefix "$cache/node" undici@6
    undici=1
  fi
  cp "$here/node_client.mjs" "$dir/"
  if [[ -n $undici ]]; then ln -sfn "$cache/node/node_modules" "$dir/node_modules"; fi
  each env HTTP_PROXY="$proxy" HTTPS_PROXY="$proxy" NO_PROXY= WITH_UNDICI="$undici" \
    NODE_EXTRA_CA_CERTS="$dir/cert.pem" node "${flags[@]}" "$dir/node_client.mjs" "$http" "$https"
}

group_go() {
  works 'go build' env GOCACHE="$cache/go" GOFLAGS=-mod=mod go build -o "$dir/go_client" "$here/go_client.go"
  each env HTTP_PROXY="$proxy" HTTPS_PROXY="$proxy" NO_PROXY= SSL_CERT_FILE="$dir/cert.pem" \
    "$dir/go_client" "$http" "$https"
}

group_java() {
  each java "$here/JavaClient.java" "$at" "$http" "$https" "$dir/cert.pem"
}

# Every registry is asked over TLS, in a tunnel, and over plain HTTP, judged.
group_git() {
  git init -q --bare "$dir/git/town.git"
  git init -q "$dir/work"
  head -c 3000000 /dev/urandom | base64 >"$dir/work/file"
  git -C "$dir/work" add file
  git -C "$dir/work" -c user.name=t -c user.email=t@t -c commit.gpgsign=false commit -q -m one
  git -C "$dir/work" push -q "$dir/git/town.git" HEAD:refs/heads/main
  git -C "$dir/git/town.git" symbolic-ref HEAD refs/heads/main
  git -C "$dir/git/town.git" config http.receivepack true
  local with=(-c "http.proxy=$proxy" -c "http.sslCAInfo=$dir/cert.pem") base to
  for base in "$registry" "$plain_registry"; do
    to=$dir/clone-${base%%:*}
    works "git clone ${base%%:*}" git "${with[@]}" clone -q "$base/git/town.git" "$to"
    works '... whole' cmp "$dir/work/file" "$to/file"
    works "git push ${base%%:*}" git -C "$to" "${with[@]}" push -q origin "HEAD:refs/heads/${base%%:*}"
  done
}

group_pip() {
  venv
  local base
  for base in "$registry" "$plain_registry"; do
    works "pip download ${base%%:*}" env -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null \
      "$cache/venv/bin/pip" download -q --no-cache-dir --no-deps --retries 0 --proxy "$proxy" \
      --cert "$dir/cert.pem" --trusted-host 127.0.0.2 --index-url "$base/simple/" \
      -d "$dir/pip-${base%%:*}" tiny
    works '... whole' test -s "$dir/pip-${base%%:*}/tiny-1.0-py3-none-any.whl"
  done
}

group_npm() {
  local base to
  for base in "$registry" "$plain_registry"; do
    to=$dir/npm-${base%%:*}
    mkdir -p "$to"
    works "npm install ${base%%:*}" npm install --prefix "$to" --cache "$to/cache" --no-audit --no-fund \
      --fetch-retries 0 --registry "$base/npm/" --proxy "$proxy" --https-proxy "$proxy" \
      --noproxy '' --cafile "$dir/cert.pem" tiny
    same '... whole' 42 "$(node -p 'require(process.argv[1])' "$to/node_modules/tiny" 2>&1)"
  done
}

# Lines of text: a body without line ends would be a case of its own.
large_file() {
  (yes 'The river carries small boats past a quiet town.' || true) | head -c 200000000 >"$dir/large"
}

# moved WHAT WANT BASE CURL-ARGS..: one transfer of 200 MB, byte-exact, its speed
# and what the proxy's memory grew by.
moved() {
  local what=$1 want=$2 before grown speed
  shift 2
  before=$(memory VmRSS)
  echo 5 >"/proc/$proxy_pid/clear_refs" # the peak starts anew
  speed=$(through -m 300 -w '%{speed_download} %{speed_upload}' -o "$dir/moved" "$@" || true)
  grown=$(($(memory VmHWM) - before))
  speed=$(awk '{ printf "%d", ($1 > $2 ? $1 : $2) / 1e6 }' <<<"$speed")
  same "200 MB $what, $speed MB/s" "$want" "$(sha256sum <"$dir/moved" | cut -d' ' -f1) $(head -c 200 "$dir/moved" | tr -d '\0')"
  same "... peak RSS $((before / 1024)) + $((grown / 1024)) MiB, at most 16 more" yes \
    "$( ((grown <= 16384)) && echo yes || echo no)"
}

group_large() {
  local base sum down kind flag
  large_file
  sum=$(sha256sum <"$dir/large" | cut -d' ' -f1)
  down=$(curl -s "http://${listeners[0]}/bytes/200000000" | sha256sum | cut -d' ' -f1)
  for kind in plain tunnel tls; do
    base=$http flag=()
    case $kind in tunnel) flag=(-p) ;; tls) base=$https ;; esac
    through "${flag[@]}" -o /dev/null "$base/bytes/1000"
    moved "download, $kind" "$down *" "${flag[@]}" "$base/bytes/200000000"
    moved "upload, $kind" "*$sum*" "${flag[@]}" -H 'Expect:' -H 'Content-Type: text/plain' \
      -T "$dir/large" "$base/upload"
  done
}

group_slow() {
  each python3 "$here/slow.py" "$at" "${http#http://}"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=origin.test \
  -addext 'subjectAltName=IP:127.0.0.2,DNS:origin.test' \
  -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
python3 "$here/origin.py" --http "${listeners[0]}" --https "${listeners[1]}" \
  --cert "$dir/cert.pem" --key "$dir/key.pem" &
pids+=($!)
python3 "$here/registry.py" "${listeners[2]}" "$registry" "$dir" "$dir/cert.pem" "$dir/key.pem" &
pids+=($!)
python3 "$here/registry.py" "${plain_registry#http://}" "$plain_registry" "$dir" &
pids+=($!)
wait_for curl -s -o /dev/null "$http/page"
wait_for curl -s -k -o /dev/null "https://${listeners[2]}/"
wait_for curl -s -o /dev/null "$plain_registry/"
# Only the proxy resolves, so only it needs the origin's name: in a mount
# namespace of its own, with a hosts file of its own.
{ cat /etc/hosts; printf '127.0.0.2 origin.test\n'; } >"$dir/hosts"
unshare --map-root-user --mount bash -c 'mount --bind "$1" /etc/hosts && shift && exec "$@"' - \
  "$dir/hosts" "$binary" run --config "$here/pipelock.yaml" >"$dir/proxy.out" 2>"$dir/proxy.err" &
proxy_pid=$!
pids+=($proxy_pid)
wait_for "$binary" healthcheck --addr "$at"

table=
for group in "${groups[@]}"; do
  printf '== %s\n' "$group"
  before=("$passed" "$failed")
  if absent=$(missing "$group"); then
    printf 'skip  %s is not installed\n' "$absent"
    table+="$group not-installed -"$'\n'
    continue
  fi
  "group_$group"
  table+="$group $((passed - before[0])) $((failed - before[1]))"$'\n'
done
printf '\n%-10s %13s %7s\n' client passed failed
while read -r name good bad; do printf '%-10s %13s %7s\n' "$name" "$good" "$bad"; done <<<"${table%$'\n'}"
printf '\nclients: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
