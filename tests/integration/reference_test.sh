#!/usr/bin/env bash
# Score reports against the independent NumPy script, to 1e-9, on drawn sets with ties. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
if ! python3 -c 'import numpy' 2>/dev/null; then
  if [[ ${BCR_REQUIRE_NUMPY:-0} == 1 ]]; then
    echo "reference_test.sh: python3 has no NumPy, and BCR_REQUIRE_NUMPY=1" >&2
    exit 1
  fi
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
few=(--episodes 3x1,2x2 --episode-count 100 --episode-queries 4 --candidates 1,2.5)
for seed in 1 2 3 4; do
  "$here/draw_features.py" "set$seed" old=0.6 new=0.4 paragon=0.3:other --seed "$seed" --mirror \
    --queries $((20 * seed)) --gallery $((60 * seed)) --identities $((4 + 3 * seed)) --cameras $((1 + seed))
  f=set$seed
  models=(--old-query "$f/old-query" --old-gallery "$f/old-gallery" --new-query "$f/new-query"
    --new-gallery "$f/new-gallery" --paragon-query "$f/paragon-query" --paragon-gallery "$f/paragon-gallery")
  for policy in market camera none cuhk03-single-shot; do
    backfill=(--backfill --slices "${few[@]}")
    # One image of every identity can be neither partly extracted again nor enrolled with others.
    [[ $policy != cuhk03-single-shot ]] || backfill=(--slices)
    "$bcreid" score "${models[@]}" --policy "$policy" --pairs "${backfill[@]}" --json "$policy-$seed.json" --quiet >/dev/null ||
      fail "score --policy $policy"
    agree "$policy-$seed.json"
  done
  "$bcreid" score "${models[@]}" --distance euclidean "${few[@]}" --json "euclidean-$seed.json" --quiet >/dev/null || fail "euclidean"
  agree "euclidean-$seed.json"
  # Before the new gallery is extracted: what the old one tells, with a paragon and without.
  for paragon in "" "--paragon-query $f/paragon-query --paragon-gallery $f/paragon-gallery"; do
    # shellcheck disable=SC2086
    "$bcreid" score --old-query "$f/old-query" --old-gallery "$f/old-gallery" --new-query "$f/new-query" $paragon \
      --json "early-$seed.json" --quiet >/dev/null || fail "score without a new gallery"
    agree "early-$seed.json"
  done
  "$bcreid" score --model v1="$f/old-query,$f/old-gallery" --model v2="$f/new-query,$f/new-gallery" \
    --model v3="$f/paragon-query,$f/paragon-gallery" "${few[@]}" --json "chain-$seed.json" --quiet >/dev/null || fail "a chain"
  agree "chain-$seed.json"
done
# Re-ranked lists rest on distances that no grid makes exact: features without near-ties.
python3 - <<'PY'
import csv, os
import numpy as np
rng = np.random.default_rng(5)
people = rng.normal(size=(12, 16))
for model, noise in (("old", 0.9), ("new", 0.5)):
    for side, rows in (("query", 30), ("gallery", 120)):
        ids = np.arange(rows) % 12
        os.makedirs(f"smooth/{model}-{side}")
        np.save(f"smooth/{model}-{side}/features.npy", (people[ids] + noise * rng.normal(size=(rows, 16))).astype("f4"))
        with open(f"smooth/{model}-{side}/index.csv", "w") as file:
            file.write("image,identity,camera\n")
            file.writelines(f"{side}{i}.jpg,p{k},c{i % 5}\n" for i, k in enumerate(ids))
PY
for how in 20,6,0.3 7,3,0.5 5,1,0 20,6,0.3,fourth-power 7,3,0.3,fastreid; do
  for distance in cosine euclidean; do
    "$bcreid" score --old-query smooth/old-query --old-gallery smooth/old-gallery --new-query smooth/new-query \
      --new-gallery smooth/new-gallery --distance $distance --rerank $how --json reranked.json --quiet >/dev/null ||
      fail "score --rerank $how"
    agree reranked.json
  done
done
# Features in .safetensors are read too, bfloat16 included: the grid's values are exact in it.
python3 - set1 <<'PY'
import json, os, shutil, struct, sys
import numpy as np
for side in ("query", "gallery"):
    x = np.load(f"{sys.argv[1]}/old-{side}/features.npy").astype("<f4")
    half = (x.view("<u4") >> 16).astype("<u2").tobytes()
    header = json.dumps({"features": {"dtype": "BF16", "shape": x.shape, "data_offsets": [0, len(half)]}}).encode()
    open(f"{side}.safetensors", "wb").write(struct.pack("<Q", len(header)) + header + half)
    shutil.copy(f"{sys.argv[1]}/old-{side}/index.csv", f"{side}.csv")
PY
"$bcreid" score --query query.safetensors --gallery gallery.safetensors --json tensors.json --quiet >/dev/null ||
  fail "score .safetensors"
agree tensors.json
mv gallery.safetensors away.safetensors
expect_exit 2 "score.py: cannot read.*gallery.safetensors" python3 "$here/../../scripts/reference/score.py" tensors.json
python3 "$here/../../scripts/reference/objectives.py" --check || fail "tests/golden/objectives"
python3 "$here/../../scripts/reference/unsupervised.py" --check || fail "tests/golden/unsupervised.json"
# The reference must be able to disagree.
sed 's/"value": 0\.\([0-9]\)/"value": 0.9\1/' market-1.json >spoilt.json
if python3 "$here/../../scripts/reference/score.py" spoilt.json >/dev/null; then fail "a spoilt report passes"; fi
spoilt() { # statement on the report r, name of what differs
  python3 -c 'import json, sys
r = json.load(open("market-1.json"))
exec(sys.argv[1])
json.dump(r, open("spoilt.json", "w"))' "$1"
  expect_exit 1 "differs: $2: " python3 "$here/../../scripts/reference/score.py" spoilt.json
}
spoilt 'r["episodes"]["kinds"][1]["cells"][2]["accuracy"]["value"] += 0.001' "episodes 2x2 new/old"
spoilt 'r["episodes"]["kinds"][0]["differences"][0]["difference"]["half_width"] += 1e-6' "episodes 3x1 new/new - old/old half width"
spoilt 'r["statistics"]["seed"] += 1' "episodes 3x1 old/old"
spoilt 'r["candidates"]["cells"][2]["points"][0]["carried"]["mean"] += 0.001' "candidates new/old 1 carried mean"
spoilt 'r["candidates"]["cells"][1]["points"][1]["own"]["median"] += 1' "candidates new/new 2.5 median"
finish
