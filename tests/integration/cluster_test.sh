#!/usr/bin/env bash
# Pseudo labels of feature files as users ask for them. BCR_BINARY names the binary.
set -euo pipefail
bcreid=$(readlink -f "${BCR_BINARY:?set BCR_BINARY to the bcreid binary}")
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"

# 40 people of 15 images each, and 40 images more; no two distances are alike.
python3 - "$here" <<'PY'
import random, sys
sys.path.insert(0, sys.argv[1])
from draw_features import write_set
rng = random.Random(1)
people = [[rng.gauss(0, 1) for _ in range(32)] for _ in range(40)]
for name, images in ("train", 600), ("more", 40):
    index = [(f"{name}{i}.jpg", str(i % 40), str(i % 7 % 4)) for i in range(images)]
    rows = [[x + rng.gauss(0, rng.choice((.4, .9))) for x in people[i % 40]] for i in range(images)]
    write_set(name, index, rows, "<f4")
PY
features=train
label() { # name, flags...
  local name=$1
  shift
  "$bcreid" cluster "$features" --out "$name.csv" --json "$name.json" --quiet "$@" >"$name.txt" || fail "cluster $*: $(cat "$name.txt")"
}

echo "-- the default: labels of all images, their quality, and what was done"
label plain
[[ $(head -1 plain.csv) == image,label && $(wc -l <plain.csv) == 601 ]] || fail "no label for each of 600 images"
for text in '^features: 600 rows of width 32$' '^method: dbscan, eps 0.6, k1 30, k2 6' '^clusters: ' '^seen by more than one camera' \
  '^singletons  ' '^one-cluster  ' '^dropped  ' '^time: ' '^labels: plain.csv$'; do
  grep -q "$text" plain.txt || fail "no '$text' in: $(cat plain.txt)"
done
python3 - <<'PY' || fail "the report contradicts the labels"
import collections, csv, json
report = json.load(open("plain.json"))
labels = [int(row["label"]) for row in csv.DictReader(open("plain.csv"))]
sizes = collections.Counter(label for label in labels if label >= 0)
assert report["kind"] == "cluster-report" and report["features"]["rows"] == 600
assert report["clusters"]["count"] == len(sizes) > 20, report["clusters"]
assert report["clusters"]["outliers"] == labels.count(-1)
assert report["clusters"]["largest"] == max(sizes.values())
assert sorted(report["quality"]) == ["dropped", "one-cluster", "singletons"]
assert report["quality"]["singletons"]["ari"] > 0.5, report["quality"]
PY

echo "-- every method that is listed labels"
methods=$("$bcreid" list clusterers --json | python3 -c 'import json, sys; print(*[entry["name"] for entry in json.load(sys.stdin)["clusterers"]])')
for method in $methods; do
  label "$method" --method "$method"
  label again --method "$method" --threads 1
  cmp -s "$method.csv" again.csv || fail "$method: labels depend on the number of threads"
done
label k-means --method k-means,clusters=7
grep -q '^clusters: 7;' k-means.txt || fail "not seven clusters: $(cat k-means.txt)"

if python3 -c 'import numpy' 2>/dev/null; then
  echo "-- the same labels from dense matrices"
  label mmt --jaccard 12,3 --method dbscan,variant=mmt,eps=0.5,min_samples=3
  label classic --jaccard 15,1 --method dbscan,variant=classic
  label joined --method components,min_size=3,eps=0.45
  for name in plain mmt classic joined; do
    python3 "$root/scripts/reference/clusters.py" "$name.json" "$name.csv" || fail "the reference disagrees: $name"
  done
elif [[ ${BCR_REQUIRE_NUMPY:-0} == 1 ]]; then
  fail "python3 has no NumPy, and BCR_REQUIRE_NUMPY=1"
fi

echo "-- an index that looks everywhere finds the same neighbours"
label flat --search Flat
cmp -s plain.csv flat.csv || fail "Flat is not exact"
label lists --search IVF8,Flat:nprobe=4 --against plain.csv
grep -q '^agreement with plain.csv$' lists.txt || fail "no agreement in: $(cat lists.txt)"
label same --against plain.csv
python3 - <<'PY' || fail "the agreement is not what it says"
import json
assert json.load(open("same.json"))["agreement"]["ari"] == 1
assert 0.3 < json.load(open("lists.json"))["agreement"]["ari"] < 1, json.load(open("lists.json"))["agreement"]
PY
expect_exit 2 'image,label' "$bcreid" cluster "$features" --out x.csv --against train/index.csv
expect_exit 2 'no image' "$bcreid" cluster more --out x.csv --against plain.csv

echo "-- shards, sets without identities or cameras, and without any index column but the image"
python3 - <<'PY'
import csv, os
rows = list(csv.DictReader(open("train/index.csv")))
os.makedirs("bare")
os.link("train/features.npy", "bare/features.npy")
with open("bare/index.csv", "w") as file:
    file.write("image\n" + "".join(row["image"] + "\n" for row in rows))
PY
"$bcreid" cluster bare --out bare.csv --json bare.json --quiet >bare.txt || fail "a set without identities: $(cat bare.txt)"
cmp -s plain.csv bare.csv || fail "labels depend on the truth"
grep -q 'no column `identity`' bare.txt || fail "nothing is said of missing identities: $(cat bare.txt)"
! grep -q 'camera' bare.txt || fail "cameras of a set without: $(cat bare.txt)"
! grep -q '"quality"' bare.json || fail "quality without a truth"
"$bcreid" cluster "$features" more --out shards.csv --quiet >/dev/null || fail "shards"
[[ $(wc -l <shards.csv) == 641 ]] || fail "not all images of two shards"

echo "-- refusals"
expect_exit 2 'dbscan' "$bcreid" cluster "$features" --out x.csv --method dbscann
expect_exit 2 'min_samples' "$bcreid" cluster "$features" --out x.csv --method dbscan,min_sample=3
expect_exit 2 'K1,K2' "$bcreid" cluster "$features" --out x.csv --jaccard 30
expect_exit 2 'k1' "$bcreid" cluster "$features" --out x.csv --method infomap --jaccard 30,6
expect_exit 2 'a method that searches' "$bcreid" cluster "$features" --out x.csv --method k-means --search Flat
expect_exit 2 'exact search' "$bcreid" cluster "$features" --out x.csv --method dbscan,variant=mmt --search Flat
expect_exit 2 'found nothing there' "$bcreid" cluster nowhere --out x.csv
echo "mine" >mine.csv
expect_exit 2 'mine.csv' "$bcreid" cluster "$features" --out mine.csv
[[ $(cat mine.csv) == mine ]] || fail "a file of the user's was overwritten"
expect_exit 0 'last bit' "$bcreid" cluster "$features" --out x.csv --method dbscan,eps=0.5
expect_exit 0 'fewer than two clusters' "$bcreid" cluster "$features" --out x.csv --method dbscan,eps=0.0

finish
