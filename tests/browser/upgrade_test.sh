#!/usr/bin/env bash
# The page of one upgrade in headless Chromium: what it shows is what the files say, pictures load, names do no harm.
# BCR_BINARY names the binary; with BCR_SCREENSHOTS=FOLDER the pictures that were taken are kept there.
set -euo pipefail
# shellcheck source=tests/browser/lib.sh
source "$(dirname "$0")/lib.sh"
cd "$work"

draw() { "$root/tests/integration/draw_features.py" "$@"; }
images() { "$root/tests/integration/draw_images.py" "$@"; }
upgrade() { # sets, name, flags...
  local sets=$1 name=$2
  shift 2
  "$bcreid" score --old-query "$sets/old-query" --old-gallery "$sets/old-gallery" --new-query "$sets/new-query" \
    --new-gallery "$sets/new-gallery" --json "$name/run.json" --html "$name.html" --quiet "$@" >/dev/null
}
seen() { python3 "$here/upgrade_expect.py" "$@"; }

draw sets old=0.55 new=0.35 --queries 100
images sets images
upgrade sets whole --images images --worst 50 --thresholds --backfill --svg pictures || fail "score made no page"

echo "-- the file names no other place and is small, and its policy holds"
whole whole.html
guarded whole.html

echo "-- images, strips, frames and what is folded away"
seen whole.html whole/run.json --pictures all || fail "the page shows something else than its result"

echo "-- the same from the stored result"
"$bcreid" report whole/run.json --html stored.html --images images
cmp -s whole.html stored.html || fail "report makes another page than score"

echo "-- without images, and with some of them"
upgrade sets bare || fail "no page without --images"
seen bare.html bare/run.json --pictures none || fail "the page without images is wrong"
mkdir some
cp images/g00* some
upgrade sets partly --images some || fail "no page with a few images"
seen partly.html partly/run.json --pictures some || fail "the page with a few images is wrong"

echo "-- hostile names"
draw hostile old=0.55 new=0.25
{ cat images/q0000.jpg; printf 'secret'; } >outside.png
python3 - <<'PY'
import csv, glob
NAMES = ["<script>document.body.dataset.foreign='ran'</script>.png", "\"onerror=\"document.body.dataset.foreign='ran'\".png",
         "a&amp;b'c.png", "\u7b2c\u4e00 \u0628\u202e.png", "../outside.png", "--><img src=x onerror=alert(1)>.png", "{{}}{0}%s.png"]
for path in glob.glob("hostile/*/index.csv"):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for number, row in enumerate(rows[1:]):
        name = NAMES[number % len(NAMES)]
        row[0] = "./" * number + name if name.startswith("..") else f"{number}{name}"
        if not row[1].startswith("-") and row[1] != "0000":
            row[1] = f"<b>{row[1]}\"&'"
        row[2] = f"<i>{row[2]}"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
PY
images hostile hostile-images
upgrade hostile evil --images hostile-images --worst 5 --thresholds || fail "no page of hostile names"
whole evil.html
! grep -qF "$(base64 -w 0 outside.png)" evil.html || fail "an image from outside the folder is on the page"
seen evil.html evil/run.json --pictures some || fail "hostile names are not shown as they are"

echo "-- screenshots and paper"
pictured "$work/whole.html" upgrade 8000

echo "-- pictures as files of their own"
for picture in pictures/*.svg; do
  python3 -c 'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])' "$picture" || fail "$picture is no XML"
done
[[ -s pictures/scores-new-old.svg && -s pictures/backfill.svg ]] || fail "pictures are missing"

echo "-- what is not ours stays"
printf 'precious' >precious.html
expect_exit 2 'HTML page of a single upgrade' "$bcreid" report whole/run.json --html precious.html
[[ $(<precious.html) == precious ]] || fail "a file of somebody else was overwritten"
printf 'precious' >pictures/gains.svg
rm pictures/cmc.svg
expect_exit 2 'picture of a report' "$bcreid" report whole/run.json --svg pictures
[[ $(<pictures/gains.svg) == precious ]] || fail "a picture of somebody else was overwritten"
[[ ! -e pictures/cmc.svg ]] || fail "a picture was written before all names were looked at"
expect_exit 2 'no page that would show them' "$bcreid" report whole/run.json --images images --svg elsewhere
expect_exit 2 'a folder of images' "$bcreid" report whole/run.json --html new.html --images absent
finish
