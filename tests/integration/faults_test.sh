#!/usr/bin/env bash
# What becomes of a small run on a disk that is full, over quota, broken or read-only, under a limit on the size of files and with
# a clock that jumps. BCR_BINARY names the binary; BCR_FAULTS_EVERY=1 tries every kind of call on every kind of file (11).
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
faults=$(cd "$(dirname "$bcreid")/.." && pwd)/tests/faults/faults.so
# In memory where that is possible: the flushes of a busy disk take longer than the runs.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
[[ -e $faults ]] || { echo "no $faults: build the target bcr_faults" >&2; exit 1; }

data="identities=12,test-identities=6,images=4,distractors=2,junk=1"
start() { # store out, with faults from FAULTS="NAME=VALUE...": the shell becomes the run, so that signals meet the run
  # shellcheck disable=SC2086
  exec env GOMP_SPINCOUNT=20000 LD_PRELOAD="$faults" ${FAULTS:-} "$bcreid" run --profile smoke --threads 1 --quiet \
    --methods independent,procrustes --settings in-domain-data --target "pedsynth-a,$data" --store "$1" --out "$2"
}
run() { (start "$@"); }
faulty() { # NAME=VALUE... -- command...
  local given=()
  while [[ $1 != -- ]]; do given+=("BCR_FAULTS_$1"); shift; done
  shift
  env LD_PRELOAD="$faults" "${given[@]}" "$@"
}
same() { # folder, what happened
  "$here/../../scripts/compare_records" "$work/expected" "$1" >/dev/null || fail "other records $2"
}

every=${BCR_FAULTS_EVERY:-11}
walk() { "$here/../faults/walk_faults" --binary "$bcreid" --faults "$faults" "$@" || fail "a fault of the disk: $*"; }
echo "-- a disk that becomes full, an exhausted quota, a call that fails once, each at one call after the other"
walk --error ENOSPC --every "$every"
walk --error EDQUOT --every $((every * 4)) --first 6 --fresh
walk --error EIO --every $((every * 2)) --first 4 --once

echo "-- a limit on the size of files"
run "$work/store" "$work/expected" >/dev/null || fail "the undisturbed run"
got=0
(ulimit -f 16; run "$work/limited" "$work/out") >/dev/null 2>"$work/stderr" || got=$?
[[ $got == 2 ]] || fail "exit $got under ulimit -f: $(tail -n 2 "$work/stderr")"
grep -q "$work/limited.*File too large.*ulimit -f" "$work/stderr" || fail "no reason in: $(cat "$work/stderr")"
run "$work/limited" "$work/out" >/dev/null && same "$work/out" "behind a limit on the size of files"

echo "-- a store that may only be read"
FAULTS="BCR_FAULTS_UNDER=$work/store BCR_FAULTS_ERROR=EROFS BCR_FAULTS_AT=1"
FAULTS=$FAULTS expect_exit 0 "" run "$work/store" "$work/from-read-only"
same "$work/from-read-only" "from a store that may only be read"
cp -a "$work/store" "$work/partial"
rm -r "$work"/partial/cells/*
FAULTS=${FAULTS/\/store/\/partial} expect_exit 2 "bcreid: $work/partial/work/cells.*Read-only file system.*make it writable" \
  run "$work/partial" "$work/from-partial"
FAULTS=""
run "$work/partial" "$work/from-partial" >/dev/null && same "$work/from-partial" "when the store could be written again"

echo "-- reports on a full disk"
mkdir "$work/full"
"$here/draw_features.py" "$work/a" old=0.55 new=0.25
score=(score --query "$work/a/old-query" --gallery "$work/a/old-gallery" --quiet)
for name in score again; do "$bcreid" "${score[@]}" --json "$work/$name.json" >/dev/null; done
record=$(find "$work/expected/records" -maxdepth 1 -name '*.json' | head -n 1)
on_full_disk() { # number of calls until the last file is in place, command...
  local at last=$1
  shift
  for ((at = 1; at <= last; ++at)); do
    expect_exit 2 "bcreid: $work/full.*No space left on device.*run the same command again" \
      faulty UNDER="$work/full" AT=$at -- "$bcreid" "$@"
    [[ -z $(find "$work/full" -mindepth 1) ]] || fail "left behind by $1: $(find "$work/full" -mindepth 1)"
  done
}
on_full_disk 11 "${score[@]}" --json "$work/full/score.json"
on_full_disk 4 report "$work/expected" --out "$work/full/leaderboard.json"
on_full_disk 4 compare "$work/score.json" "$work/again.json" --json "$work/full/compare.json"
on_full_disk 11 gate --baseline "$work/full/baseline.json" "$work/score.json" --update
for command in "${score[*]}" "report $work/expected" "compare $record $record" "gate --baseline $work/score.json $work/again.json"; do
  # shellcheck disable=SC2086
  expect_exit 2 "standard output.*No space left on device" sh -c 'exec "$@" >/dev/full' sh "$bcreid" $command
done

echo "-- a clock that is wrong and goes backwards, and files of the future and of the past"
FAULTS="BCR_FAULTS_CLOCK=-100000000,-3600" run "$work/clock-store" "$work/clock" >/dev/null || fail "a clock that goes backwards"
same "$work/clock" "under a clock that goes backwards"
python3 - "$work/clock" <<'PY' || fail "a negative duration"
import json, pathlib, sys
def durations(json):
    for key, value in json.items() if isinstance(json, dict) else enumerate(json) if isinstance(json, list) else ():
        if "time" in str(key) or "seconds" in str(key):
            yield from value.values() if isinstance(value, dict) else [value]
        yield from durations(value)
found = [value for file in pathlib.Path(sys.argv[1]).rglob("*.json") for value in durations(json.load(open(file)))]
numbers = [value for value in found if isinstance(value, (int, float))]
assert len(numbers) > 4 and min(numbers) >= 0, numbers
PY
for date in 1980-01-01 2200-01-01; do
  find "$work/store" -exec touch -d "$date" {} +
  FAULTS="BCR_FAULTS_CLOCK=864000,0" run "$work/store" "$work/dated" >/dev/null 2>"$work/stderr" || fail "files of $date"
  [[ ! -s $work/stderr ]] || fail "files of $date: $(cat "$work/stderr")"
  same "$work/dated" "with files of $date"
done

echo "-- a live lock holds whatever the clock says"
is_making() { # lock file: whether a process holds the lock of a model that is not in the store yet
  local model=${1##*/models-}
  [[ ! -e $work/shared/models/${model%.lock} ]] && (exec 9<"$1" && ! flock --nonblock 9) 2>/dev/null
}
stop_with_lock() { # process: stopped while it makes a model; fails where it ends before that
  while kill -STOP "$1" 2>/dev/null; do
    for lock in "$work"/shared/work/models-*.lock; do ! is_making "$lock" || return 0; done
    kill -CONT "$1"
    sleep 0.01
  done
  return 1
}
for attempt in 1 2 3 4 5; do
  rm -rf "$work/shared" "$work/first"
  start "$work/shared" "$work/first" >/dev/null 2>&1 &
  first=$!
  ! stop_with_lock "$first" || break
  wait "$first" || true
  [[ $attempt != 5 ]] || fail "the run was never met while it held a lock"
done
FAULTS="BCR_FAULTS_CLOCK=864000,3600" start "$work/shared" "$work/second" >/dev/null 2>"$work/stderr" &
second=$!
while kill -0 "$second" 2>/dev/null && ! grep -q "waiting: another process" "$work/stderr"; do sleep 0.1; done
grep -q "waiting: another process" "$work/stderr" || fail "no waiting for a live lock: $(cat "$work/stderr")"
kill -CONT "$first" 2>/dev/null || true
wait "$first" || fail "the first of two processes"
wait "$second" || fail "the second, whose clock is ahead: $(cat "$work/stderr")"
same "$work/first" "from the first of two processes"
same "$work/second" "from the second, whose clock is ahead"
finish
