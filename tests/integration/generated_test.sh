#!/usr/bin/env bash
# Generated images as users ask for them: made and looked at, added to training, shared by old and new models, and gone on with after
# a kill. BCR_BINARY names the binary.
set -euo pipefail
bcreid=$(readlink -f "${BCR_BINARY:?set BCR_BINARY to the bcreid binary}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"
run=("$bcreid" run --profile smoke --store store --quiet --settings in-domain-identities)

echo "-- a method with generated images beside its baseline"
"${run[@]}" --methods independent,mprl-2,mprl-static --out out >table
python3 - <<'PY' || fail "the records do not say what was added"
import json
def models(method):
    record = json.load(open(f"out/records/in-domain-identities.{method}.smoke.seed1.json"))
    assert record["status"] == "ok", record["status"]
    return {model["key"]: model for model in record["models"]}
static, dynamic = models("mprl-static"), models("mprl-2")
added = dynamic["new"]["notes"]["added_images"]
assert [(a["augmenter"], a["images"], a["per_batch"]) for a in added] == [("dcgan", 64, 16)], added
assert static["new"]["notes"]["added_images"] == added, "other images"
assert "added_images" not in dynamic["old"]["notes"], "the old model learns as in other rows"
assert "added_images" not in models("independent")["new"]["notes"]
terms = dynamic["new"]["notes"]["last_epoch"]
assert any("virtual" in name for name in terms), terms
PY
[[ $(find store/added-images -name DONE | wc -l) == 1 ]] || fail "not one generator: $(ls store/added-images)"

echo "-- where all models learn by it, old and new ones see the same images"
"${run[@]}" --methods independent --set profile.bases.with_labels=softmax-triplet-lsro --out both >table
python3 - <<'PY' || fail "old and new models see different images"
import json
record = json.load(open("both/records/in-domain-identities.independent.smoke.seed1.json"))
kept = {model["key"]: model["notes"]["added_images"][0]["kept"] for model in record["models"]}
assert kept["old"] == kept["new"], kept
PY

echo "-- what works on generated images is refused where a base learner adds none, before anything is trained"
expect_exit 2 "without generated images" "${run[@]}" --methods mprl-2 --set dcgan.per_batch=0 --out refused

echo "-- images to look at, and what a model says of them"
model=store/models/$(ls store/models | head -1)
generate=("$bcreid" generate dcgan pedsynth-a,identities=60 --profile smoke --quiet)
"${generate[@]}" --store store --out people --model "$model" >told
grep -q '^64 images: people/images$' told || fail "$(cat told)"
grep -q '^Frechet distance ' told || fail "$(cat told)"
for file in sheet.png neighbours.png figures.json images/dcgan-000063.png; do
  [[ -s people/$file ]] || fail "no $file"
done
"${generate[@]}" --store store --out again >told
cmp people/sheet.png again/sheet.png || fail "the same request gives other images"
expect_exit 2 "a model for images of" "${generate[@]}" --store store --out other --model "$model" --set input.height=128 --set input.width=64
expect_exit 2 "adds no images" "$bcreid" generate mixup pedsynth-a --profile smoke --store store --out none
expect_exit 2 "multiples of 16" "${generate[@]}" --store store --out odd --set dcgan.height=40

echo "-- a generator that was killed goes on to the same images"
slow=("${generate[@]}" --set dcgan.epochs=10 --seed 2)
"${slow[@]}" --store other --out undisturbed >told
"${slow[@]}" --store store --out killed >told 2>&1 &
pid=$!
for _ in $(seq 600); do
  [[ -z $(find store/work -name checkpoint.safetensors 2>/dev/null) ]] || break
  sleep 0.05
done
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
if [[ -e killed/sheet.png ]]; then fail "it was done before it could be killed"; fi
"${slow[@]}" --store store --out killed >told
cmp undisturbed/sheet.png killed/sheet.png || fail "other images after a kill"
finish
