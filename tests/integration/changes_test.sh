#!/usr/bin/env bash
# Who gets worse by an upgrade, and the page that shows it, as users ask for them. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"

"$here/draw_features.py" a old=0.5 new=0.35 --queries 100 --gallery 400 --identities 30 >/dev/null
sets=(--old-query a/old-query --old-gallery a/old-gallery --new-query a/new-query --new-gallery a/new-gallery)

echo "-- the ten identities that lose most are named without being asked for"
"$bcreid" score "${sets[@]}" --quiet >table
grep -q '^Who gets worse: [0-9]* of 30 identities' table || fail "nobody gets worse in: $(cat table)"
grep -q '^identities that lose most' table || fail "no names in: $(cat table)"
! grep -q '^queries that lose most' table || fail "queries were not asked for"

echo "-- with --worst, queries and pairs of cameras are named too"
"$bcreid" score "${sets[@]}" --json run.json --worst 12 --quiet >table
for what in queries 'camera pairs'; do
  grep -q "^$what that lose most" table || fail "no $what in: $(cat table)"
done
awk 'length > 100 {exit 1}' table || fail "lines of more than 100 characters"

echo "-- lists and changes are those of sorted scores"
# The features have no rounding: products in Python are the scores.
python3 - <<'PY' || fail "a list or a change is not what the features say"
import array, csv, json

def load(folder):
    raw = open(f"{folder}/features.npy", "rb").read()
    values = array.array("f", raw[10 + int.from_bytes(raw[8:10], "little"):])
    index = list(csv.DictReader(open(f"{folder}/index.csv")))
    width = len(values) // len(index)
    return index, [values[i * width:(i + 1) * width] for i in range(len(index))]

report = json.load(open("run.json"))
cells = {(c["query_model"], c["gallery_model"]): c for c in report["cells"]}
def rows_of(cell):
    return list(csv.DictReader(open(cells[cell]["per_query"]["file"])))

gallery, gallery_rows = load("a/old-gallery")
for model in ("old", "new"):
    queries, query_rows = load(f"a/{model}-query")
    for query, features, found in zip(queries, query_rows, rows_of((model, "old"))):
        def admitted(g):
            same = g["identity"] == query["identity"] and g["camera"] == query["camera"]
            return not same and g["identity"] != "-1"
        scores = [(-sum(a * b for a, b in zip(features, row)), i)
                  for i, row in enumerate(gallery_rows) if admitted(gallery[i])]
        first = [gallery[i] for _, i in sorted(scores)[:10]]
        assert [found[f"top{k}"] for k in range(1, 11)] == [g["image"] for g in first], query
        assert found["matches"] == "".join("01"[g["identity"] == query["identity"]] for g in first), query

before = {r["image"]: float(r["ap_hits"]) for r in rows_of(("old", "old")) if r["valid"] == "1"}
after = {r["image"]: float(r["ap_hits"]) for r in rows_of(("new", "old")) if r["valid"] == "1"}
changes = sorted((after[q] - before[q], place) for place, q in enumerate(before))
named = report["changes"]["worst_queries"]
assert len(named) == 12
names = list(before)
assert [q["image"] for q in named] == [names[place] for _, place in changes[:12]]
assert report["changes"]["queries_worse"] == sum(change < 0 for change, _ in changes)
PY

echo "-- a page says the same whether it is made at once or of the stored result"
"$bcreid" score "${sets[@]}" --json page.json --html at-once.html --svg at-once --quiet >/dev/null
"$bcreid" report page.json --html stored.html --svg stored
cmp at-once.html stored.html || fail "the page of the stored result differs"
diff -r at-once stored || fail "the pictures of the stored result differ"
for part in 'Compatible: ' 'Queries that lose most' 'Queries that gain most' 'Scores of new/old' 'CMC of every cell'; do
  grep -q "$part" at-once.html || fail "no '$part' on the page"
done
[[ $(ls at-once) == *cmc.svg*gains.svg* ]] || fail "pictures are missing: $(ls at-once)"

echo "-- pictures of the images, from a folder"
mkdir images
python3 - <<'PY'
import csv, struct, zlib
def png(colour):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    pixels = (b"\0" + bytes(colour) * 4) * 8
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 8, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b""))
for side in "query", "gallery":
    for i, row in enumerate(csv.DictReader(open(f"a/old-{side}/index.csv"))):
        open(f"images/{row['image']}", "wb").write(png((i % 251, i % 83, i % 37)))
PY
"$bcreid" report page.json --html pictures.html --images images
(($(grep -o '<img src="data:image/' pictures.html | wc -l) > 400)) || fail "few pictures on the page"
! grep -q 'class="no-picture"' pictures.html || fail "a picture is missing"
(($(stat -c %s pictures.html) < 5000000)) || fail "the page is too large"

echo "-- what has no page, and what would be lost"
expect_exit 2 'an upgrade' "$bcreid" score --query a/old-query --gallery a/old-gallery --html one.html
expect_exit 2 'an upgrade' "$bcreid" score --query a/old-query --gallery a/old-gallery --worst 5
expect_exit 2 '--html FILE' "$bcreid" score "${sets[@]}" --images images
expect_exit 2 'no folder\|no such\|unknown' "$bcreid" report page.json --html pictures.html --images nowhere
printf 'precious' >precious.html
expect_exit 2 'HTML page of a' "$bcreid" score "${sets[@]}" --html precious.html
[[ $(<precious.html) == precious ]] || fail "a file of somebody else was overwritten"

finish
