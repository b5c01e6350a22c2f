#!/usr/bin/env bash
# Few-shot learners as users ask for them: a model that is trained first without labels, and one that starts from it. BCR_BINARY names
# the binary.
set -euo pipefail
bcreid=$(readlink -f "${BCR_BINARY:?set BCR_BINARY to the bcreid binary}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"
run=("$bcreid" run --profile smoke --store store --quiet --settings cross-domain-supervised --episodes 5x1 --episode-count 200)

echo "-- the first models are steps of their own, and are shared"
"${run[@]}" --methods few-shot --dry-run >plan
for base in softmax-triplet amdim; do
  grep -q "^to do    model .* / $base for new " plan || fail "no step for $base in: $(cat plan)"
done
[[ $(grep -c ' / amdim for new ' plan) == 2 ]] || fail "not two trainings by AMDIM: $(cat plan)"
"${run[@]}" --methods prototypical-amdim-all --out out >table
python3 - <<'PY' || fail "the record does not say what was done"
import json
record = json.load(open("out/records/cross-domain-supervised.prototypical-amdim-all.smoke.seed1.json"))
assert record["status"] == "ok", record["status"]
old, new = (next(model for model in record["models"] if model["key"] == key) for key in ("old", "new"))
assert new["init"] == "base:amdim" and old["init"] == "random", new["init"]
first = new["notes"]["starts_from"]
assert first["labels"] == "none" and first["recipe"]["base"] == "amdim"
assert first["images"] == new["images"] + old["images"]
assert all(0 <= cell["accuracy"]["value"] <= 1 for cell in record["episodes"]["kinds"][0]["cells"])
PY
"${run[@]}" --methods few-shot --dry-run >plan
[[ $(grep -c '^stored   model .* / amdim for new ' plan) == 1 ]] || fail "it is not kept: $(cat plan)"

echo "-- AMDIM alone is a base learner too, where there are no labels"
"$bcreid" run --profile smoke --store store --quiet --settings cross-domain-unsupervised --methods independent \
  --set profile.bases.without_labels=amdim --dry-run >plan
grep -q 'with .*resized-crop.*amdim.width 128\|with .*amdim.width 128.*resized-crop' plan || fail "not planned: $(cat plan)"

echo "-- a backbone that shows no maps is refused before anything is trained"
expect_exit 2 "vit_micro.*no map of an inner stage" "${run[@]}" --methods prototypical-amdim --set profile.backbones.standard=vit_micro \
  --out refused

echo "-- the study tells what it leaves out"
env -u BCR_OMNIGLOT "$here/../../scripts/few_shot_study" --data omniglot "$bcreid" store >table 2>told
grep -q 'Omniglot is skipped' told || fail "not told: $(cat told)"
grep -q '^| data | learner |' table || fail "no table: $(cat table)"
finish
