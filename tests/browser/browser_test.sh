#!/usr/bin/env bash
# The leaderboard's page in headless Chromium: nothing is logged, sorting and filtering work, nothing is requested from
# anywhere. BCR_BINARY names the binary; with BCR_SCREENSHOTS=FOLDER the pictures that were taken are kept there.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
# shellcheck source=tests/integration/lib.sh
source "$root/tests/integration/lib.sh"

chromium=
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && { chromium=$name; break; }
done
[[ -n $chromium ]] || { echo "browser_test.sh: skipped, there is no Chromium" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One visit each, in a profile of its own; every request beyond the file itself would have to name a host.
browse() {
  timeout 120 "$chromium" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --user-data-dir="$work/profile" --host-resolver-rules='MAP * ~NOTFOUND' --hide-scrollbars \
    --virtual-time-budget=3000 --enable-logging=stderr --v=0 "$@"
}
dom() { # page, file for the DOM
  browse --dump-dom "file://$1" >"$2" 2>"$work/log" || fail "Chromium failed on $1: $(tail -n 2 "$work/log")"
  grep -q '</html>' "$2" || fail "no DOM of $1"
  ! grep 'CONSOLE' "$work/log" >&2 || fail "something was logged by $1"
}
prepared() { python3 "$here/prepare.py" "$@"; }

"$bcreid" report "$root/tests/golden/records" --html "$work/page.html" --svg "$work/pictures" >/dev/null
page=$work/page.html

echo "-- the file names no other place and is small"
prepared check "$page" || fail "the page is not whole by itself"
(($(stat -c %s "$page") < 5000000)) || fail "the page is too large"

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
prepared foreign "$page" "$work/foreign.html"
browse --dump-dom "file://$work/foreign.html" >"$work/dom" 2>"$work/log"
! grep -q 'data-foreign="ran"' "$work/dom" || fail "a foreign script ran"
[[ $(grep -c 'Content Security Policy' "$work/log") -ge 2 ]] || fail "the policy said nothing of a foreign script and style"

echo "-- sorting and filtering"
prepared probe "$page" "$work/probe.html"
dom "$work/probe.html" "$work/dom"
python3 "$here/expect.py" "$work/dom" || fail "sorting or filtering is wrong"

echo "-- screenshots and paper"
prepared light "$page" "$work/light.html"
prepared dark "$page" "$work/dark.html"
for look in light dark; do
  browse --screenshot="$work/$look.png" --window-size=1200,5200 "file://$work/$look.html" 2>"$work/log" ||
    fail "no screenshot of the $look page"
done
browse --screenshot="$work/narrow.png" --window-size=420,3000 "file://$work/light.html" 2>"$work/log" || fail "no narrow screenshot"
browse --no-pdf-header-footer --print-to-pdf="$work/page.pdf" "file://$page" 2>"$work/log" || fail "no paper"
for file in light.png dark.png narrow.png page.pdf; do
  [[ -s $work/$file ]] || fail "$file is empty"
done
! cmp -s "$work/light.png" "$work/dark.png" || fail "the dark page looks like the light one"

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
expect_exit 2 'picture of a leaderboard' "$bcreid" report "$root/tests/golden/records" --svg "$work/pictures"
expect_exit 0 'rbcl' "$bcreid" report "$root/tests/golden/records" --html "$page"

if [[ -n ${BCR_SCREENSHOTS:-} ]]; then
  mkdir -p "$BCR_SCREENSHOTS"
  cp "$work"/*.png "$work"/*.pdf "$page" "$BCR_SCREENSHOTS"
fi
finish
