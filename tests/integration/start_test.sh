#!/usr/bin/env bash
# What the commands that read results load, and what their start costs; the libraries of the full build: found, missing,
# of another build, under a limit of memory. BCR_BINARY names the binary.
set -euo pipefail
bcreid=$(readlink -f "${BCR_BINARY:?set BCR_BINARY to the bcreid binary}")
here=$(cd "$(dirname "$0")" && pwd)
sets=$here/../golden/score/sets
records=$here/../golden/records
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
unset GOMP_SPINCOUNT OMP_WAIT_POLICY
full=yes
[[ -e ${bcreid%/*}/libbcreid-train.so ]] || full=no
heavy='torch|opencv|faiss|openblas|libbcreid'
upgrade=(score --old-query "$sets/old-query" --old-gallery "$sets/old-gallery" --new-query "$sets/new-query"
  --new-gallery "$sets/new-gallery" --quiet)
"$bcreid" "${upgrade[@]}" --json "$work/run.json" >/dev/null || fail "score"

echo "-- commands that read results load nothing that trains or searches"
! ldd "$bcreid" | grep -E "$heavy" >&2 || fail "linked, so that every start loads it"
loads_none() { # command...
  local got=0
  LD_DEBUG=files LD_DEBUG_OUTPUT=$work/loads "$bcreid" "$@" >"$work/stdout" 2>"$work/stderr" || got=$?
  [[ $got == 0 ]] || fail "exit $got: $*: $(cat "$work/stderr")"
  grep -q 'calling init' "$work"/loads.* || fail "the loader does not tell what it loads"
  ! grep -E "calling init: .*($heavy)" "$work"/loads.* >&2 || fail "loaded by: $*"
  rm "$work"/loads.*
}
loads_none --help
loads_none --version
loads_none list
for what in settings profiles adapters clusterers; do loads_none list $what --json; done
loads_none "${upgrade[@]}"
loads_none compare "$work/run.json" "$work/run.json"
cp "$work/run.json" "$work/baseline.json"
loads_none gate --baseline "$work/baseline.json" "$work/run.json"
loads_none cluster "$sets/old-gallery" --out "$work/labels.csv" --quiet
loads_none report "$records"
for command in score compare cluster gate report list doctor run; do loads_none $command --help; done

echo "-- what a start costs: three times the goals, since machines are busy"
python3 - "$bcreid" "${upgrade[@]}" <<'PY' || fail "a start costs too much"
import os, statistics, sys
# The size counts this interpreter, from which the program is started: about 10 MB at least.
def cost(*command):
    seconds, sizes = [], []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1), os.dup2(quiet, 2)
            os.execv(command[0], command)
        _, status, usage = os.wait4(child, 0)
        assert status == 0, command
        seconds.append(usage.ru_utime + usage.ru_stime)
        sizes.append(usage.ru_maxrss)
    return 1000 * statistics.median(seconds), statistics.median(sizes) / 1024
program, failed = sys.argv[1], 0
for limit, arguments in ((30, ["--help"]), (30, ["--version"]), (40, ["list"]), (40, sys.argv[2:])):
    ms, mb = cost(program, *arguments)
    print(f"   {arguments[0]:10} {ms:6.1f} ms of processor time (goal {limit}), {mb:5.1f} MB (goal 20); medians of 20")
    failed += ms > 3 * limit or mb > 3 * 20
sys.exit(failed != 0)
PY

echo "-- a small limit of memory: the same commands work, the others end with one message"
limited() { # KiB command...
  local limit=$1
  shift
  (ulimit -v "$limit" && exec timeout 60 "$bcreid" "$@")
}
one_message() { # what
  if [[ $(wc -l <"$work/stderr") != 1 ]] || grep -q terminate "$work/stderr"; then
    fail "$1: not one message: $(cat "$work/stderr")"
  fi
}
served_or_told() { # what, limit, command...: done, or refused with one message; never hanging, never a signal
  local got=0
  limited "${@:2}" >"$work/stdout" 2>"$work/stderr" || got=$?
  [[ $got != 0 ]] || return 0
  [[ $got == 2 ]] || fail "$1 under ulimit -v $2: exit $got: $(cat "$work/stderr")"
  one_message "$1 under ulimit -v $2"
}
for limit in 100000 300000 600000 700000 850000 900000; do
  limited "$limit" --version >/dev/null || fail "--version under ulimit -v $limit"
  limited "$limit" list >/dev/null || fail "list under ulimit -v $limit"
  limited "$limit" "${upgrade[@]}" --threads 2 >/dev/null || fail "score under ulimit -v $limit"
  served_or_told "a search" "$limit" "${upgrade[@]}" --search faiss:IVF4,Flat
  [[ $full == yes ]] || continue
  served_or_told "a dry run" "$limit" run --profile smoke --quiet --store "$work/store" --dry-run
done
expect_exit 2 'memory' limited 30000 "${upgrade[@]}" --max-rank 1000000
one_message "score without memory"

echo "-- OpenMP's threads wait as scripts/bcreid has them wait"
told() { # what libgomp says when it is loaded, by the last program of the chain
  OMP_DISPLAY_ENV=verbose "$@" 2>&1 >/dev/null | grep GOMP_SPINCOUNT | tail -n 1
}
searches=no
"$bcreid" "${upgrade[@]}" --search faiss:IVF4,Flat >/dev/null 2>&1 && searches=yes
if [[ $searches == yes ]]; then
  told "$bcreid" "${upgrade[@]}" --search faiss:IVF4,Flat | grep -q "'20000'" || fail "GOMP_SPINCOUNT is not set"
  GOMP_SPINCOUNT=7 told "$bcreid" "${upgrade[@]}" --search faiss:IVF4,Flat | grep -q "'7'" || fail "the user's count is lost"
  ! OMP_WAIT_POLICY=passive told "$bcreid" "${upgrade[@]}" --search faiss:IVF4,Flat | grep -q "'20000'" ||
    fail "the user's OMP_WAIT_POLICY is lost"
fi

if [[ $full == yes ]]; then
  echo "-- the catalogue says what the library says"
  for profile in quick paper smoke; do
    "$bcreid" list --json --profile $profile >"$work/catalogue" || fail "list --profile $profile"
    "$bcreid" list --json --profile $profile --from-library >"$work/library" || fail "list from the library"
    cmp "$work/catalogue" "$work/library" || fail "the catalogue of $profile is not what the library says"
  done
  loads_none list datasets
  told "$bcreid" list --from-library | grep -q "'20000'" || fail "GOMP_SPINCOUNT is not set for the training library"

  echo "-- a copy of the program's folder"
  mkdir "$work/copy"
  cp "${bcreid%/*}"/{bcreid,bcreid-catalogue.json,libbcreid-train.so,libbcreid-search.so} "$work/copy"
  mkdir "$work/elsewhere"
  ln -s "$work/copy/bcreid" "$work/elsewhere/bcreid"
  linked=$work/elsewhere/bcreid
  "$linked" doctor >/dev/null 2>&1 || fail "doctor in a copied folder"
  expect_exit 0 'lists end at' "$linked" "${upgrade[@]}" --search faiss:IVF4,Flat
  rm "$work/copy/bcreid-catalogue.json"
  cmp <("$linked" list --json) <("$bcreid" list --json) || fail "without the catalogue the library is not asked"
  cp "${bcreid%/*}/bcreid-catalogue.json" "$work/copy"

  echo "-- a library of another build, or none"
  other() { # library: another version in its stamp, as many bytes
    python3 - "$work/copy/$1" "$("$bcreid" --version | awk '{print $2}')" <<'PY'
import sys
file, version = sys.argv[1], sys.argv[2].encode()
data = open(file, "rb").read()
assert version + b" " in data, "no stamp"
open(file, "wb").write(data.replace(version + b" ", b"9" * len(version) + b" "))
PY
  }
  other libbcreid-search.so
  expect_exit 2 'libbcreid-search.so.*two builds' "$linked" "${upgrade[@]}" --search faiss:IVF4,Flat
  one_message "a search library of another build"
  other libbcreid-train.so
  expect_exit 2 'libbcreid-train.so.*two builds' "$linked" run --profile smoke --store "$work/store" --dry-run
  one_message "a training library of another build"
  rm "$work"/copy/*.so
  expect_exit 2 "$work/copy/libbcreid-train.so: found no such file.*--build" "$linked" data make pedsynth-a --store "$work/store"
  one_message "no training library"
  expect_exit 2 "$work/copy/libbcreid-search.so: found no such file" "$linked" "${upgrade[@]}" --search faiss:IVF4,Flat
  expect_exit 2 "$work/copy/libbcreid-train.so" "$linked" "${upgrade[@]}" --device cuda
  expect_exit 2 'not_loaded .*no such file' "$linked" doctor
  cmp <("$linked" list --json) <("$bcreid" list --json) || fail "list needs the library"
  expect_exit 0 'Compatible' "$linked" "${upgrade[@]}"

  echo "-- what the program has, the libraries take from it"
  for library in train search; do
    ! nm -D --defined-only -C "${bcreid%/*}/libbcreid-$library.so" | grep -E ' T bcr::(Interrupted|GetBuildInfo|JudgeGraph)\(' ||
      fail "libbcreid-$library.so has a copy of the program's code"
  done
fi
finish
