# What the integration scripts share: expectations that count failures.
# shellcheck shell=bash
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

expect_exit() { # code, pattern in stderr or stdout, command...
  local code=$1 pattern=$2 got=0
  shift 2
  "$@" >"$work/stdout" 2>"$work/stderr" || got=$?
  [[ $got == "$code" ]] || fail "exit $got instead of $code: $*: $(tail -n 2 "$work/stderr")"
  grep -q -- "$pattern" "$work/stdout" "$work/stderr" ||
    fail "no '$pattern' in: $(tail -n 3 "$work/stderr" "$work/stdout") ($*)"
}

# A score report without what two runs on the same files may differ in.
comparable() {
  python3 - "$1" "${2:-}" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
for key in ("time_split", "peak_memory_mib"):
    report.pop(key)
for key in ("host", "command_line", "created"):
    report["provenance"].pop(key)
for adapter in report.get("adapters", []):
    adapter.pop("ms_a_row")
if sys.argv[2] == "scores":  # also without where the features lie
    report.pop("sets")
print(json.dumps(report, sort_keys=True))
PY
}

finish() {
  ((failures == 0)) || { echo "${0##*/}: $failures failed" >&2; exit 1; }
  echo "${0##*/}: all passed"
}
