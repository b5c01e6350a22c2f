#!/usr/bin/env bash
# A small store of which one file of every kind is damaged on purpose, and some at random places: the same command gives the
# same records again, or says what it made anew. BCR_BINARY names the binary, BCR_ATTACK_PLACES how many random places (4).
set -euo pipefail
: "${BCR_BINARY:?set BCR_BINARY to the bcreid binary}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"

echo "-- damaged stores"
"$here/../../scripts/attack" --short --random "${BCR_ATTACK_PLACES:-4}" --checkpoints 3 --save "$work/counts.json" ||
  fail "a silent difference or a permanent failure"
python3 - "$work/counts.json" <<'PY' || fail "hardly anything was noticed"
import json, sys
counts = json.load(open(sys.argv[1]))
told = {title: outcomes.get("told", 0) for title, outcomes in counts.items()}
used = next(title for title in told if "what was made of it gone" in title)
assert told[used] == sum(counts[used].values()) - counts[used].get("unharmed", 0) and told[used] >= 15, counts
assert told["one bit in the checkpoint of an unfinished training"] == 3, counts
PY

echo "-- a store of a version that kept no hashes is told once and made anew"
data="identities=24,test-identities=12,images=6,distractors=6,junk=3"
run=(env GOMP_SPINCOUNT=20000 "$BCR_BINARY" run --profile smoke --threads 1 --methods independent --settings in-domain-data --quiet
  --target "pedsynth-a,$data" --store "$work/store")
"${run[@]}" --out "$work/before" >/dev/null || fail "the first run"
for file in "$work"/store/{models,features,cells}/*/DONE; do basename "$(dirname "$file")" >"$file"; done
expect_exit 0 'kept no hashes' "${run[@]}" --out "$work/after"
[[ $(grep -c "hashes\|damaged\|outdated" "$work/stderr") == 1 ]] || fail "more than one line: $(cat "$work/stderr")"
"$here/../../scripts/compare_records" "$work/before" "$work/after" >/dev/null || fail "other records from an older store"

echo "-- temporary files beside the records are swept after a day"
touch -d '2 days ago' "$work/after/records/views/.tmp-7ffffff1-0-0123abcd.json" "$work/after/records/queries/.tmp-7ffffff1-0-0123abcd.csv"
touch "$work/after/records/queries/.tmp-7ffffff2-0-0123abcd.csv"
"${run[@]}" --out "$work/after" >/dev/null || fail "the last run"
[[ $(find "$work/after" -name '.tmp-*') == *"/queries/.tmp-7ffffff2-0-0123abcd.csv" ]] || fail "left: $(find "$work/after" -name '.tmp-*')"
finish
