#!/usr/bin/env bash
# The ready files of scripts/ci, as GitHub, GitLab and git would run them, on drawn features. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"

# Writes step-<n>.sh for each `run: |` and the `env:` block as env.sh; fails where a step is missed.
python3 - "$here/../../scripts/ci/upgrade-gate.yml" "$work" <<'PY'
import re, sys
workflow, out = sys.argv[1:]
lines = open(workflow, encoding="utf-8").read().splitlines()
start = lines.index("env:") + 1
with open(out + "/env.sh", "w") as env:
    for line in lines[start:]:
        match = re.match(r"  (\w+): (.*?)(\s+#.*)?$", line)
        if not match: break
        env.write(f"export {match[1]}='{match[2]}'\n")
steps = 0
for number, line in enumerate(lines):
    match = re.match(r"( *)run: \|$", line)
    if not match: continue
    body = []
    for inner in lines[number + 1:]:
        if inner.strip() and not inner.startswith(match[1] + "  "): break
        body.append(inner[len(match[1]) + 2:])
    steps += 1
    open(f"{out}/step-{steps}.sh", "w").write("\n".join(body) + "\n")
assert steps == sum(" run:" in line for line in lines) == 5, "a step in another form"
PY
# shellcheck disable=SC1091
source "$work/env.sh"
export GITHUB_STEP_SUMMARY=$work/summary
expect_exit 1 "Set the variable BCREID_REPOSITORY" env BCREID_REPOSITORY= bash --noprofile --norc -eo pipefail "$work/step-1.sh"
export BCREID_REPOSITORY=somebody/bcreid

steps() { # exit code wanted of the gate; steps run as GitHub's bash does
  local code=$1 got=0
  rm -rf gate-out
  for step in 1 2 3; do
    bash --noprofile --norc -eo pipefail "$work/step-$step.sh" >"$work/log" 2>&1 || fail "step $step: $(cat "$work/log")"
  done
  bash --noprofile --norc -eo pipefail "$work/step-4.sh" >"$work/log" 2>&1 || got=$?
  [[ $got == "$code" ]] || fail "the gate exits $got, not $code: $(cat "$work/log")"
  bash --noprofile --norc -eo pipefail "$work/step-5.sh" || fail "step 5"
}
workspace() { # name models...
  mkdir -p "$work/$1/bcreid/build-light/bin"
  ln -s "$bcreid" "$work/$1/bcreid/build-light/bin/bcreid"
  "$here/draw_features.py" "$work/drawn-$1" "${@:2}"
  for model in old new; do
    mkdir -p "$work/$1/features/$model"
    for side in query gallery; do mv "$work/drawn-$1/$model-$side" "$work/$1/features/$model/$side"; done
  done
}
workspace good old=0.55 new=0.25
cd "$work/good"
steps 0
grep -q "Compatible: YES" "$GITHUB_STEP_SUMMARY" || fail "no report in the summary"
grep -q "## Upgrade gate: passed" "$GITHUB_STEP_SUMMARY" || fail "no judgement in the summary"
"$BCREID" gate --baseline "$BASELINE" gate-out/run.json --update >/dev/null
steps 0
grep -q "new/old" gate-out/gate.txt || fail "the baseline was not used"
mv features/new/gallery spare
rm -r baseline
steps 0
mv spare features/new/gallery
workspace bad old=0.55 new=0.25:elsewhere
cd "$work/bad"
steps 3
workspace worse old=0.55 new=0.35
cp -r "$work/good/gate-out" "$work/good-out"
cd "$work/good" && steps 0 && "$BCREID" gate --baseline "$BASELINE" gate-out/run.json --update >/dev/null
cp -r "$work/good/baseline" "$work/worse/baseline"
cd "$work/worse"
steps 3
grep -q "::error title=bcreid gate::" gate-out/gate.txt || fail "no annotation says what got worse"

echo "-- GitLab"
python3 - "$here/../../scripts/ci/upgrade-gate.gitlab-ci.yml" "$work" <<'PY'
import re, sys
path, out = sys.argv[1:]
lines = open(path, encoding="utf-8").read().splitlines()
start = lines.index("  variables:") + 1
with open(out + "/gitlab-env.sh", "w") as env:
    for line in lines[start:]:
        match = re.match(r'    (\w+): "?(.*?)"?(\s+#.*)?$', line)
        if not match: break
        env.write(f"export {match[1]}='{match[2].strip()}'\n")
start = lines.index("  script:") + 2
body = []
for line in lines[start:]:
    if line.strip() and not line.startswith("      "): break
    body.append(line[6:])
assert lines[start - 1] == "    - |" and len(body) > 5, "the script has another form"
open(out + "/gitlab.sh", "w").write("\n".join(body) + "\n")
PY
gitlab() { # folder, exit code wanted
  local got=0
  rm -rf "$work/$1/gate-out"
  # shellcheck disable=SC1091
  (cd "$work/$1" && unset TOLERANCES && source "$work/gitlab-env.sh" && sh -e "$work/gitlab.sh") >"$work/log" 2>&1 || got=$?
  [[ $got == "$2" ]] || fail "GitLab's script exits $got, not $2, in $1: $(cat "$work/log")"
}
gitlab good 0
gitlab bad 3
gitlab worse 3
grep -q '<failure message="new/old mAP fell from' "$work/worse/gate-out/gate.xml" || fail "GitLab is not told what got worse"

echo "-- a hook of git"
hook() { # folder, exit code wanted
  local got=0
  (cd "$work/$1" && BCREID=$bcreid sh "$here/../../scripts/ci/pre-push") >"$work/log" 2>&1 || got=$?
  [[ $got == "$2" ]] || fail "the hook exits $got, not $2, in $1: $(cat "$work/log")"
}
hook good 0
hook worse 3
mkdir "$work/nothing"
hook nothing 0
finish
