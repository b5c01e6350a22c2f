#!/usr/bin/env bash
# N-way K-shot episodes and candidate sets as users ask for them. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
# shellcheck source=scripts/lib/docs.sh
source "$here/../../scripts/lib/docs.sh"
cd "$work"

"$here/draw_features.py" a old=0.55 new=0.25 same=0.55 --queries 120 --gallery 400 --identities 25
"$here/draw_features.py" mirrored old=0.55 new=0.25 --queries 120 --gallery 400 --identities 25 --mirror
upgrade() { # folder json flags...
  local f=$1 json=$2
  shift 2
  "$bcreid" score --old-query "$f/old-query" --old-gallery "$f/old-gallery" --new-query "$f/new-query" \
    --new-gallery "$f/new-gallery" --json "$json" --quiet "$@"
}
both=(--episodes 5x1,3x2 --episode-count 300 --candidates 1,5)

echo "-- the sections come on top: nothing else changes"
upgrade a plain.json >plain
upgrade a both.json "${both[@]}" >table || fail "score failed"
grep -q '^5-way 1-shot: 300 episodes of 25 people' table || fail "no episodes in: $(cat table)"
grep -q '^Candidates: ' table || fail "no candidates in: $(cat table)"
awk 'length > 100 {exit 1}' table || fail "lines of more than 100 characters"
diff <(sed '/^5-way 1-shot/,/^Percent\./{/^Percent\./!d}' table) plain >&2 || fail "other lines changed"
without() { # report
  comparable "$1" | python3 -c '
import json, sys
report = json.load(sys.stdin)
for key in ("episodes", "candidates"): report.pop(key, None)
print(json.dumps(report, sort_keys=True))'
}
cmp -s <(without both.json) <(comparable plain.json) || fail "other parts of the report changed"
expect_exit 0 "new/old *mAP.* same" "$bcreid" compare plain.json both.json
! grep -q 'episodes\|candidates' stdout || fail "compare takes a section for a condition: $(cat stdout)"

echo "-- threads, blocks and orders change nothing, seeds change the episodes alone"
upgrade a again.json "${both[@]}" --threads 1 --block-mb 1 >again
cmp -s table again || fail "the text depends on threads or blocks"
cmp -s <(comparable both.json) <(comparable again.json) || fail "the report depends on threads or blocks"
upgrade mirrored mirrored.json "${both[@]}" >/dev/null
cmp -s <(comparable both.json scores) <(comparable mirrored.json scores) || fail "the order of rows changes the sections"
upgrade a seeded.json "${both[@]}" --seed 2 >/dev/null
python3 - <<'PY' || fail "the seed does not do what it should"
import json
a, b = (json.load(open(f"{name}.json")) for name in ("both", "seeded"))
value = lambda report: report["episodes"]["kinds"][0]["cells"][0]["accuracy"]["value"]
sizes = lambda report: [c["points"][0]["own"]["mean"] for c in report["candidates"]["cells"]]
assert value(a) != value(b) and abs(value(a) - value(b)) < 0.1, (value(a), value(b))
assert sizes(a) == sizes(b)
PY

echo "-- the figures are what they say"
python3 - <<'PY' || fail "the sections contradict themselves"
import json
report = json.load(open("both.json"))
for kind, way, shot in zip(report["episodes"]["kinds"], (5, 3), (1, 2)):
    assert (kind["way"], kind["shot"], kind["queries"], kind["identities"]) == (way, shot, 15, 25), kind
    cells = {f"{c['query_model']}/{c['gallery_model']}": c["accuracy"] for c in kind["cells"]}
    assert list(cells) == ["old/old", "new/new", "new/old", "old/new"]
    assert 1 / way < cells["old/old"]["value"] < cells["new/old"]["value"] < cells["new/new"]["value"] <= 1, cells
    for one in kind["differences"]:
        a = cells[f"{one['query_model']}/{one['gallery_model']}"]
        b = cells[f"{one['from_query_model']}/{one['from_gallery_model']}"]
        assert abs(one["difference"]["value"] - (a["value"] - b["value"])) < 1e-12
    for accuracy in cells.values():
        assert accuracy["n"] == 300 and 0 < accuracy["half_width"] < 0.03
        assert accuracy["high"] - accuracy["low"] > 2 * accuracy["half_width"], "people differ more than episodes"
candidates = report["candidates"]
assert candidates["calibrated_on"] == {"query_model": "old", "gallery_model": "old"}
first = candidates["cells"][0]
for cell in candidates["cells"]:
    for point, of_first in zip(cell["points"], first["points"]):
        assert abs(point["own"]["mean"] - point["wanted"]) < 0.2 or point["own"]["mean"] > point["wanted"], "only ties add"
        assert ("carried" in point) == (cell is not first)
        if "carried" in point: assert point["carried"]["threshold"] == of_first["own"]["threshold"]
PY

echo "-- a model against its own copy: equal on every episode"
"$bcreid" score --old-query a/old-query --old-gallery a/old-gallery --new-query a/old-query --new-gallery a/old-gallery \
  "${both[@]}" --json copy.json --quiet >table
python3 - <<'PY' || fail "a copy differs from its model"
import json
report = json.load(open("copy.json"))
for kind in report["episodes"]["kinds"]:
    assert all(d["difference"]["value"] == d["difference"]["half_width"] == 0 for d in kind["differences"])
    assert "not clear" in kind["share_of_new"]["reason"]
for cell in report["candidates"]["cells"][1:]:
    assert all(p["own"] == p["carried"] for p in cell["points"])
PY
grep -q "no value: it is not clear that new/new gains" table || fail "no reason in: $(cat table)"

echo "-- one model, a chain, an upgrade before its new gallery is there, and every policy and distance"
"$bcreid" score --query a/old-query --gallery a/old-gallery "${both[@]}" --quiet >table || fail "one model"
! grep -q 'the same episodes' table || fail "differences of one cell in: $(cat table)"
"$bcreid" score --model v1=a/old-query,a/old-gallery --model v2=a/new-query,a/new-gallery "${both[@]}" --quiet >table ||
  fail "a chain"
grep -q '^v2/v1 - v1/v1' table || fail "no differences of a chain in: $(cat table)"
"$bcreid" score --old-query a/old-query --old-gallery a/old-gallery --new-query a/new-query "${both[@]}" --quiet >table ||
  fail "no new gallery"
grep -q '^new/old - old/old' table || fail "no differences without a new gallery in: $(cat table)"
for flags in "--policy camera" "--policy none" "--distance euclidean"; do
  # shellcheck disable=SC2086
  upgrade a flags.json "${both[@]}" $flags >/dev/null || fail "score $flags"
done

echo "-- what cannot be had"
expect_exit 2 "25 of the queries' 25 identities with 1 gallery image .*expected 26 or more" upgrade a x.json --episodes 26x1
expect_exit 2 "0 of the queries' 25 identities with 99 gallery images" upgrade a x.json --episodes 5x1,2x99
for kind in 5 5x 1x1 x5 5x0 5X1 5x1x1 -5x1 ""; do
  expect_exit 2 "WAYxSHOT\|--episodes" upgrade a x.json --episodes="$kind"
done
expect_exit 2 "a smaller --episode-count" upgrade a x.json --episodes 20x1 --episode-count 500001
expect_exit 2 "5x1 twice" upgrade a x.json --episodes 5x1,5x1
expect_exit 2 "episode-count" upgrade a x.json --episode-count 5
expect_exit 2 "episode-queries" upgrade a x.json --episode-queries 5
expect_exit 2 "episode-count" upgrade a x.json --episodes 5x1 --episode-count 1
for size in 0 -1 nan inf 1,x 5x; do
  expect_exit 2 "candidates.*mean numbers of people above 0" upgrade a x.json --candidates="$size"
done
expect_exit 2 "35 people in the gallery" upgrade a x.json --candidates 1,35
expect_exit 2 "5.0 twice" upgrade a x.json --candidates 5,5.0
for section in "--episodes 5x1" "--candidates 2"; do
  # shellcheck disable=SC2086
  expect_exit 2 "together with ${section% *}" upgrade a x.json $section --rerank 5,2,0.3
  # shellcheck disable=SC2086
  expect_exit 2 "cuhk03-single-shot.*use camera" upgrade a x.json $section --policy cuhk03-single-shot
done
[[ ! -e x.json ]] || fail "something was written"

echo "-- the examples of the documentation"
if python3 -c 'import numpy' 2>/dev/null; then
  root=$here/../..
  mkdir -p docs/scripts && ln -s "$bcreid" docs/scripts/bcreid
  fenced_block "$root/README.md" "You only have .npy files" python >docs/snippet.py
  (cd docs && python3 snippet.py)
  for section in episodes candidates; do
    page=$root/reports/${section^^}.md
    fenced_block "$page" "An example" sh >docs/command
    (cd docs && bash -euo pipefail command 2>/dev/null) | section_text "$section" >printed
    sed -n "/^<!-- $section: /,/^<!-- end of $section /p" "$page" | sed '1,2d' | sed '$d' | sed '$d' >expected
    [[ -s expected ]] || fail "$page shows nothing"
    diff expected printed >&2 || fail "$page shows other output: scripts/update_docs --npy writes it anew"
  done
elif [[ ${BCR_REQUIRE_NUMPY:-0} == 1 ]]; then
  fail "python3 has no NumPy, and BCR_REQUIRE_NUMPY=1"
else
  echo "-- skipped: python3 has no NumPy"
fi
finish
