#!/usr/bin/env bash
# Score reports against the independent NumPy script, to 1e-9, on drawn sets with ties. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
if ! python3 -c 'import numpy' 2>/dev/null; then
  echo "reference_test.sh: skipped, python3 has no NumPy"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"

agree() { # report
  python3 "$here/../../scripts/reference/score.py" "$1" || fail "the reference disagrees: $1"
}
for seed in 1 2 3 4; do
  "$here/draw_features.py" "set$seed" old=0.6 new=0.4 paragon=0.3:other --seed "$seed" --mirror \
    --queries $((20 * seed)) --gallery $((60 * seed)) --identities $((4 + 3 * seed)) --cameras $((1 + seed))
  f=set$seed
  models=(--old-query "$f/old-query" --old-gallery "$f/old-gallery" --new-query "$f/new-query"
    --new-gallery "$f/new-gallery" --paragon-query "$f/paragon-query" --paragon-gallery "$f/paragon-gallery")
  for policy in market camera none cuhk03-single-shot; do
    backfill=(--backfill)
    [[ $policy != cuhk03-single-shot ]] || backfill=()  # one image of every identity cannot be partly extracted again
    "$bcreid" score "${models[@]}" --policy "$policy" --pairs "${backfill[@]}" --json "$policy-$seed.json" --quiet >/dev/null ||
      fail "score --policy $policy"
    agree "$policy-$seed.json"
  done
  "$bcreid" score "${models[@]}" --distance euclidean --json "euclidean-$seed.json" --quiet >/dev/null || fail "euclidean"
  agree "euclidean-$seed.json"
  "$bcreid" score --model v1="$f/old-query,$f/old-gallery" --model v2="$f/new-query,$f/new-gallery" \
    --model v3="$f/paragon-query,$f/paragon-gallery" --json "chain-$seed.json" --quiet >/dev/null || fail "a chain"
  agree "chain-$seed.json"
done
# The reference must be able to disagree.
sed 's/"value": 0\.\([0-9]\)/"value": 0.9\1/' market-1.json >spoilt.json
if python3 "$here/../../scripts/reference/score.py" spoilt.json >/dev/null; then fail "a spoilt report passes"; fi
finish
