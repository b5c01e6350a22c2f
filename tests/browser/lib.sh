# What the browser scripts share: Chromium and a folder for what they make. Exits with 77 where there is no Chromium, as an
# error where BCR_REQUIRE_CHROMIUM is 1.
# shellcheck shell=bash
# shellcheck disable=SC2034  # for the scripts
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
# shellcheck source=tests/integration/lib.sh
source "$root/tests/integration/lib.sh"

chromium=$(python3 "$root/scripts/lib/chromium.py") || {
  [[ ${BCR_REQUIRE_CHROMIUM:-0} != 1 ]] || { echo "${0##*/}: there is no Chromium, and BCR_REQUIRE_CHROMIUM=1" >&2; exit 1; }
  echo "${0##*/}: skipped, there is no Chromium" >&2
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One visit each, in a profile of its own; every request beyond the file itself would have to name a host.
browse() {
  timeout 120 "$chromium" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --user-data-dir="$work/profile" --host-resolver-rules='MAP * ~NOTFOUND' --hide-scrollbars \
    --virtual-time-budget=3000 --enable-logging=stderr --v=0 "$@"
}
prepared() { python3 "$here/prepare.py" "$@"; }

# The file names no other place and is small.
whole() { # page
  prepared check "$1" || fail "the page is not whole by itself"
  (($(stat -c %s "$1") < 5000000)) || fail "the page is too large"
}

# The policy stops a script and a style of somebody else.
guarded() { # page
  prepared foreign "$1" "$work/foreign.html"
  browse --dump-dom "file://$work/foreign.html" >"$work/dom" 2>"$work/log"
  ! grep -q 'data-foreign="ran"' "$work/dom" || fail "a foreign script ran"
  [[ $(grep -c 'Content Security Policy' "$work/log") -ge 2 ]] || fail "the policy said nothing of a foreign script and style"
}

# Light, dark, narrow and on paper, as $work/NAME-*.png and .pdf; with BCR_SCREENSHOTS=FOLDER they are kept there.
pictured() { # page, name, height
  prepared light "$1" "$work/light.html"
  prepared dark "$1" "$work/dark.html"
  for look in light dark; do
    browse --screenshot="$work/$2-$look.png" --window-size="1200,$3" "file://$work/$look.html" 2>"$work/log" ||
      fail "no screenshot of the $look page"
  done
  browse --screenshot="$work/$2-narrow.png" --window-size=500,3000 "file://$work/light.html" 2>"$work/log" ||
    fail "no narrow screenshot"
  browse --no-pdf-header-footer --print-to-pdf="$work/$2.pdf" "file://$1" 2>"$work/log" || fail "no paper"
  for file in "$2"-{light,dark,narrow}.png "$2.pdf"; do
    [[ -s $work/$file ]] || fail "$file is empty"
  done
  ! cmp -s "$work/$2-light.png" "$work/$2-dark.png" || fail "the dark page looks like the light one"
  if [[ -n ${BCR_SCREENSHOTS:-} ]]; then
    mkdir -p "$BCR_SCREENSHOTS"
    cp "$work/$2"-{light,dark,narrow}.png "$work/$2.pdf" "$1" "$BCR_SCREENSHOTS"
  fi
}
