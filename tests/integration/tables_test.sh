#!/usr/bin/env bash
# The scripts that keep a run's figures as a table and print them in methods/README.md, on the golden records.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"

mkdir "$work/run"
cp "$root"/tests/golden/leaderboard.json "$root"/tests/golden/records/*.json "$work/run"
lib=$root/scripts/lib

echo "-- means and deviations over seeds"
python3 "$lib/result_table.py" "$work/run" "$work/kept.csv"
# Seeds 1 and 2 of l2 have a cross mAP of 51.5 and 56 percent, the old model 50 and 52.
python3 - "$work/kept.csv" <<'PY' || fail "wrong figures in the kept table"
import csv, sys
lines = {(line["setting"], line["method"], line["seeds"]): line for line in csv.DictReader(open(sys.argv[1]))}
l2 = lines["in-domain-data", "l2", "2"]
found = [l2[name] for name in ("cross", "cross_sd", "old_self", "old_self_sd", "gain", "verdict", "cross_low", "cross_high")]
expected = ["53.75", "3.18", "51.00", "1.41", "2.75", "undecided", "48.50", "59.00"]
assert found == expected, found
assert lines["in-domain-data", "independent", "1"]["cross_sd"] == "", "one seed has no deviation"
PY
cp "$work/kept.csv" "$work/first.csv"
python3 "$lib/result_table.py" "$work/run" "$work/kept.csv"
cmp -s "$work/first.csv" "$work/kept.csv" || fail "the same run was kept as two different tables"

echo "-- rows of another day stay, but not under other conditions"
# As if an earlier run had had two further rows, one of them with another scoring, and another figure for l2.
python3 - "$work/kept.csv" "$work/merged.csv" <<'PY'
import csv, sys
lines = list(csv.DictReader(open(sys.argv[1])))
l2 = next(line for line in lines if (line["setting"], line["method"], line["seeds"]) == ("in-domain-data", "l2", "2"))
earlier = [dict(l2, method="cosine"), dict(l2, method="lwf", scoring_revision="0"), dict(l2, cross="1.00")]
writer = csv.DictWriter(open(sys.argv[2], "w", newline=""), l2.keys(), lineterminator="\n")
writer.writeheader()
writer.writerows(earlier)
PY
expect_exit 0 'dropped lwf in in-domain-data' python3 "$lib/result_table.py" "$work/run" "$work/merged.csv"
grep -q ',cosine,' "$work/merged.csv" || fail "a row of another day is lost"
! grep -q ',lwf,' "$work/merged.csv" || fail "a row under another scoring was kept"
grep -v ',cosine,' "$work/merged.csv" | cmp -s - "$work/first.csv" || fail "a new row did not replace the old one"

echo "-- a run without a cross-test leaves the kept table as it was"
mkdir "$work/none"
printf '{"tables": []}' >"$work/none/leaderboard.json"
expect_exit 1 'no row has a cross-test' python3 "$lib/result_table.py" "$work/none" "$work/kept.csv"
cmp -s "$work/first.csv" "$work/kept.csv" || fail "a run without a cross-test changed the kept table"

echo "-- tables and pictures"
expect_exit 0 '| `l2` | 51.0±1.4 | 64.0±0.0 | 74.0±0.0 | 53.8±3.2 |.*| undecided |' python3 "$lib/methods_table.py" "$work/kept.csv"
expect_exit 0 '| `bct` (1 seed) | 60.0 |' python3 "$lib/methods_table.py" "$work/kept.csv"
# The paragon of l2 has 72.5: the new model gives up 8.5 points.
expect_exit 0 '| `l2` | distillation | -2.0 (+41.0) | +2.8 (-8.5) | +0.4 | 0 of 2 |' python3 "$lib/methods_table.py" --summary "$work/kept.csv"
expect_exit 0 '| `rbcl` | ranking | \*\*+6.0\*\*' python3 "$lib/methods_table.py" --summary "$work/kept.csv"
python3 "$lib/pareto_plot.py" "$work/picture.svg" "$work/kept.csv"
python3 - "$work/picture.svg" <<'PY' || fail "the picture is no SVG with a named circle for each row"
import sys, xml.etree.ElementTree as tree
names = [title.text for title in tree.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}title")]
assert any(name.startswith("l2: new self 64.0, cross 53.8") for name in names), names
PY

echo "-- options of update_methods"
expect_exit 2 "there is no part 'in-domain'; the parts are in-domain-data" "$root/scripts/update_methods" --parts in-domain
expect_exit 2 "unknown option '--part'" "$root/scripts/update_methods" --part adapters
finish
