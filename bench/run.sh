#!/usr/bin/env bash
# Ours beside a relay that judges nothing (the floor) and squid, on loopback:
# the proxy alone on core 0, client and origin together on core 1.
#
#   bench/run.sh [--quick] [PART..]
#
# Parts: rate latency tunnel idle start size. Needs two cores, taskset, curl
# and, for its column, squid (scripts/setup.sh --bench).
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=10 turns=5 rounds=3 tunnels=5000 gigabytes=4
if [[ ${1:-} == --quick ]]; then
  seconds=2 turns=2 rounds=1 tunnels=500 gigabytes=1
  shift
fi
parts=${*:-rate latency tunnel idle start size}

ours=target/release/pipelock
tools=bench/target/release
out=bench/out
# BENCH_PORT moves all ports, where another run holds them.
port=${BENCH_PORT:-9001}
origin_at=127.0.0.2:$port
ours_at=127.0.0.1:$((port + 10)) floor_at=127.0.0.1:$((port + 11)) squid_at=127.0.0.1:$((port + 12))
declare -A pid=()
temporary=()

say() { printf '%s\n' "$*"; }
title() { printf '\n== %s\n' "$*"; }
# A field of one line of flat JSON.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,}\"]*\).*/\1/p" <<<"$2"; }
calc() { awk "BEGIN { printf \"%.$1f\", $2 }"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
spread() { sort -n | awk '{ v[NR] = $1 } END { print v[NR] - v[1] }'; }
wanted() { [[ " $parts " == *" $1 "* ]]; }

stop() {
  local name=$1
  [[ -n ${pid[$name]:-} ]] || return 0
  kill "${pid[$name]}" 2>/dev/null || true
  wait "${pid[$name]}" 2>/dev/null || true
  unset "pid[$name]"
}
stop_all() {
  local name
  for name in "${!pid[@]}"; do stop "$name"; done
  if ((${#temporary[@]})); then rm -rf "${temporary[@]}"; fi
}
trap stop_all EXIT

listens() { (exec 3<>"/dev/tcp/${1/://}") 2>/dev/null; }

# start NAME ADDRESS CORE COMMAND..: runs it and waits until it listens.
start() {
  local name=$1 address=$2 core=$3
  shift 3
  if listens "$address"; then say "something else listens on $address"; exit 1; fi
  taskset -c "$core" "$@" >"$out/$name.out" 2>&1 &
  pid[$name]=$!
  for _ in $(seq 200); do
    if listens "$address"; then return 0; fi
    kill -0 "${pid[$name]}" 2>/dev/null || break
    sleep 0.05
  done
  say "$name did not start:"
  cat "$out/$name.out"
  exit 1
}

start_ours() {
  : >"$out/audit.log"
  start ours "$ours_at" 0 "$ours" run --config bench/pipelock.yaml --listen "$ours_at"
}
start_floor() { start floor "$floor_at" 0 "$tools/floor" --listen "$floor_at"; }
start_squid() {
  local dir
  dir=$(mktemp -d)
  temporary+=("$dir")
  # Squid drops root by itself and then needs its own directory.
  if [[ $(id -u) == 0 ]]; then chown proxy "$dir"; fi
  cat >"$dir/squid.conf" <<CONF
http_port $squid_at
http_access allow all
cache deny all
cache_mem 0 MB
access_log stdio:$dir/access.log
cache_log $dir/cache.log
pid_filename $dir/squid.pid
coredump_dir $dir
via off
forwarded_for delete
pinger_enable off
shutdown_lifetime 0 seconds
max_filedescriptors $(ulimit -n)
CONF
  start squid "$squid_at" 0 "$(squid_path)" -N -n "bench$$" -f "$dir/squid.conf"
}
squid_path() { PATH=$PATH:/usr/sbin command -v squid || true; }

# load NAME ADDRESS ARGS..: one line of JSON about that proxy.
load() {
  local name=$1 address=$2
  shift 2
  taskset -c 1 "$tools/load" --proxy "$address" --origin "$origin_at" --pid "${pid[$name]}" "$@"
}

part_rate() {
  title "kept-alive 1 KB GETs, 64 connections, $seconds s, median of $rounds"
  local names=(floor ours) name round json
  [[ -n $(squid_path) ]] && names=(floor squid ours) || say "squid is missing: no column"
  declare -A rps=() cpu=()
  for name in "${names[@]}"; do
    local at=${name}_at
    "start_$name"
    : >"$out/$name.rates"
    for round in $(seq "$rounds"); do
      json=$(load "$name" "${!at}" --duration "$seconds")
      say "$name $json" >>"$out/raw.log"
      [[ $(field errors "$json") == 0 ]] || say "$name: errors in round $round: $json"
      say "$(field rps "$json") $(field cpu_us_per_request "$json")" >>"$out/$name.rates"
    done
    stop "$name"
    rps[$name]=$(cut -d' ' -f1 "$out/$name.rates" | median)
    cpu[$name]=$(cut -d' ' -f2 "$out/$name.rates" | median)
  done
  printf '%-8s %12s %16s %12s %12s\n' proxy requests/s 'CPU us/request' 'CPU/floor' 'rate/squid'
  for name in "${names[@]}"; do
    printf '%-8s %12s %16s %12s %12s\n' "$name" "${rps[$name]}" "${cpu[$name]}" \
      "$(calc 2 "${cpu[$name]} / ${cpu[floor]}")" \
      "$([[ -n ${rps[squid]:-} ]] && calc 2 "${rps[$name]} / ${rps[squid]}" || say -)"
  done
  if [[ -s $out/audit.log ]]; then
    say "log lines written by ours: $(wc -l <"$out/audit.log")"
  fi
}

part_latency() {
  title "p99 at 1,000 requests/s, $turns interleaved turns, us from when each was due"
  start_ours
  start_floor
  : >"$out/p99.ours"; : >"$out/p99.floor"; : >"$out/p99.again"; : >"$out/p99.difference"; : >"$out/p99.spread"
  local turn a b c
  for turn in $(seq "$turns"); do
    a=$(field p99_us "$(load ours "$ours_at" --rate 1000 --duration "$seconds")")
    b=$(field p99_us "$(load floor "$floor_at" --rate 1000 --duration "$seconds")")
    c=$(field p99_us "$(load floor "$floor_at" --rate 1000 --duration "$seconds")")
    say "turn $turn: ours $a, floor $b, floor again $c"
    say "$a" >>"$out/p99.ours"; say "$b" >>"$out/p99.floor"; say "$c" >>"$out/p99.again"
    say "$((a - b))" >>"$out/p99.difference"
    say "$((b > c ? b - c : c - b))" >>"$out/p99.spread"
  done
  say "median: ours $(median <"$out/p99.ours"), floor $(median <"$out/p99.floor"), difference $(median <"$out/p99.difference")"
  say "floor against floor: median difference $(median <"$out/p99.spread"), all floor turns span $(cat "$out/p99.floor" "$out/p99.again" | spread)"
  stop ours
  stop floor
}

counter() {
  curl -s --noproxy '*' "http://$ours_at/metrics" |
    awk '$1 ~ /^pipelock_tunnel_bytes_total/ { sum += $2 } END { printf "%.0f", sum }'
}

part_tunnel() {
  title "CONNECT: $gigabytes GB each way"
  start_ours
  start_floor
  local bytes=$((gigabytes * 1000000000)) way flag name json before after
  for way in down up; do
    flag=$([[ $way == up ]] && say --upload || true)
    for name in floor ours floor ours; do
      local at=${name}_at
      before=$([[ $name == ours ]] && counter || say 0)
      json=$(load "$name" "${!at}" --tunnel-bytes "$bytes" $flag)
      printf '%-5s %-4s CPU s/GB %.3f, %s MB/s, RSS growth %s KiB' "$name" "$way" \
        "$(field cpu_seconds_per_gb "$json")" "$(field mb_per_second "$json")" \
        "$(field rss_growth_kib "$json")"
      if [[ $name == ours ]]; then
        after=$(counter)
        printf ', counted %s of %s bytes' "$((after - before))" \
          "$(($(field sent "$json") + $(field received "$json")))"
      fi
      printf '\n'
    done
  done
  stop ours
  stop floor
}

part_idle() {
  title "memory of $tunnels idle tunnels after 10 s"
  local name json
  for name in floor ours; do
    local at=${name}_at
    "start_$name"
    json=$(load "$name" "${!at}" --idle-tunnels "$tunnels")
    printf '%-5s %.1f KiB each, %s of %s still relay a byte, RSS %s -> %s KiB\n' "$name" \
      "$(field kib_per_tunnel "$json")" "$(field alive "$json")" "$tunnels" \
      "$(field rss_before_kib "$json")" "$(field rss_after_kib "$json")"
    stop "$name"
  done
}

part_start() {
  title "start"
  say "floor, first healthy answer: $("$tools/timing" --runs 20 --healthy "$floor_at" -- "$tools/floor" --listen "$floor_at")"
  say "ours, first healthy answer:  $("$tools/timing" --runs 20 --healthy "$ours_at" -- "$ours" run --config bench/pipelock.yaml --listen "$ours_at")"
  say "ours, check --url, 50 runs:  $("$tools/timing" --runs 50 -- "$ours" check --url http://2130706433/)"
}

part_size() {
  title "size"
  start_ours
  curl -s --noproxy '*' -o /dev/null "http://$ours_at/health"
  sleep 1
  say "idle RSS: $(awk '/^VmRSS/ { print $2 }' "/proc/${pid[ours]}/status") KiB"
  say "binary:   $(calc 2 "$(stat -c %s "$ours") / 1048576") MiB"
  stop ours
}

ulimit -n "$(ulimit -Hn)"
(($(nproc) >= 2)) || { say "two cores are needed"; exit 1; }
mkdir -p "$out"
: >"$out/raw.log"
say "building"
cargo build --quiet --locked --release --manifest-path bench/floor/Cargo.toml --target-dir bench/target
cargo build --quiet --locked --release -p pipelock-cli
say "$(nproc) cores, $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1), $(uname -r), load $(cut -d' ' -f1-3 /proc/loadavg)"
start origin "$origin_at" 1 "$tools/origin" --listen "$origin_at"
for part in $parts; do "part_$part"; done
