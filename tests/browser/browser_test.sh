#!/usr/bin/env bash
# The leaderboard's page in headless Chromium: nothing is logged, sorting and filtering work, nothing is requested from
# anywhere. BCR_BINARY names the binary; with BCR_SCREENSHOTS=FOLDER the pictures that were taken are kept there.
set -euo pipefail
# shellcheck source=tests/browser/lib.sh
source "$(dirname "$0")/lib.sh"

dom() { # page, file for the DOM
  browse --dump-dom "file://$1" >"$2" 2>"$work/log" || fail "Chromium failed on $1: $(tail -n 2 "$work/log")"
  grep -q '</html>' "$2" || fail "no DOM of $1"
  ! grep 'CONSOLE' "$work/log" >&2 || fail "something was logged by $1"
}

"$bcreid" report "$root/tests/golden/records" --html "$work/page.html" --svg "$work/pictures" >/dev/null
page=$work/page.html

echo "-- the file names no other place and is small"
whole "$page"

echo "-- nothing is logged, and tables get their buttons and filters"
dom "$page" "$work/dom"
# Two tables are ranked, of as many columns each.
python3 - "$work/dom" <<'PY' || fail "the script did not do its part"
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
tables = re.findall(r"<table data-sortable.*?</thead>", text, re.S)
assert len(tables) == 2, len(tables)
for table in tables:
    headers = re.findall(r"<th [^>]*aria-sort=\"none\"[^>]*><button type=\"button\">", table)
    assert len(headers) == table.count("<th "), table
assert text.count('<label class="filter">') == 2
assert text.count('class="theme"') == 1
PY

echo "-- the policy stops a script and a style of somebody else"
guarded "$page"

echo "-- sorting and filtering"
prepared probe "$page" "$work/probe.html"
dom "$work/probe.html" "$work/dom"
python3 "$here/expect.py" "$work/dom" || fail "sorting or filtering is wrong"

echo "-- a usual window shows whole tables, and no window is narrower than the page"
python3 - "$root/scripts/lib" "$page" <<'PY' || fail "something is cut off"
import sys
sys.path.insert(0, sys.argv[1])
import chromium
with chromium.Browser() as browser:
    browser.open(sys.argv[2], width=1200)
    cut = browser.evaluate("[...document.querySelectorAll('.wide')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.ariaLabel)")
    assert not cut, cut
    browser.open(sys.argv[2], width=420)
    assert browser.evaluate("document.documentElement.scrollWidth") == 420
PY

echo "-- screenshots and paper"
pictured "$page" leaderboard 5200

echo "-- pictures as files of their own"
for picture in "$work"/pictures/*.svg; do
  python3 -c 'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])' "$picture" || fail "$picture is no XML"
done
one=in-domain-data.quick.gains.svg
for scheme in 0 1; do # dark, light
  browse --blink-settings=preferredColorScheme=$scheme --screenshot="$work/picture-$scheme.png" --window-size=700,240 \
    "file://$work/pictures/$one" 2>"$work/log" || fail "no screenshot of $one"
done
! cmp -s "$work/picture-0.png" "$work/picture-1.png" || fail "a picture does not follow the colour scheme"

echo "-- what is not ours stays"
printf 'precious' >"$work/precious.html"
expect_exit 2 'HTML page of a leaderboard' "$bcreid" report "$root/tests/golden/records" --html "$work/precious.html"
[[ $(<"$work/precious.html") == precious ]] || fail "a file of somebody else was overwritten"
printf 'precious' >"$work/pictures/$one"
expect_exit 2 'picture of a report' "$bcreid" report "$root/tests/golden/records" --svg "$work/pictures"
expect_exit 0 'rbcl' "$bcreid" report "$root/tests/golden/records" --html "$page"
finish
