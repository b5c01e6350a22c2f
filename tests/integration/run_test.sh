#!/usr/bin/env bash
# The commands as users type them, on a small drawn data set. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
store=$work/store
data="identities=24,test-identities=12,images=6,distractors=6,junk=3"
common=(--profile smoke --store "$store" --quiet --target "pedsynth-a,$data" --source "pedsynth-b,$data")
root=$(cd "$(dirname "$0")/../.." && pwd)
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}
expect_exit() { # code, pattern in stderr, command...
  local code=$1 pattern=$2 got=0
  shift 2
  "$@" >"$work/stdout" 2>"$work/stderr" || got=$?
  [[ $got == "$code" ]] || fail "exit $got instead of $code: $*: $(tail -n 2 "$work/stderr")"
  grep -q -- "$pattern" "$work/stderr" || fail "no '$pattern' in: $(tail -n 3 "$work/stderr") ($*)"
}
# The command succeeds and its output has the pattern.
shows() { # pattern, command...
  local pattern=$1
  shift
  "$@" >"$work/shown" || fail "exit $?: $*"
  grep -q -- "$pattern" "$work/shown" || fail "no '$pattern' in the output of $*"
}
# A record without what may differ between two runs of one plan.
comparable() {
  python3 - "$1" <<'PY'
import json, sys
record = json.load(open(sys.argv[1]))
for key in ("time_split", "peak_memory_mib", "provenance"):
    record.pop(key, None)
for model in record["models"]:
    for key in ("seconds", "images_per_second", "reused"):
        model.pop(key, None)
print(json.dumps(record, sort_keys=True))
PY
}

echo "-- all five settings, default rows and null"
"$bcreid" run "${common[@]}" --methods independent,l2,bct,rbcl,pull,null --out "$work/all" >"$work/table"
grep -q "cross-domain-unsupervised" "$work/table" || fail "the table lacks a setting"
[[ $(find "$work/all/records" -maxdepth 1 -name '*.json' | wc -l) == 30 ]] || fail "not 30 records"
python3 - "$work/all/records" <<'PY' || fail "records do not say what they must"
import glob, json, sys
records = [json.load(open(f)) for f in glob.glob(sys.argv[1] + "/*.json")]
def cell(r, q, g): return next(c for c in r["cells"] if c["query_model"] == q and c["gallery_model"] == g)
for r in records:
    assert r["status"] == "ok", (r["setting"], r["method"], r["error"])
    if r["method"]["name"] == "null":
        old = cell(r, "old", "old")
        for q, g in (("new", "old"), ("old", "new"), ("new", "new")):
            other = cell(r, q, g)
            assert other["metrics"] == old["metrics"] and other["cmc"] == old["cmc"], (q, g)
            assert other["per_query"]["hash"] == old["per_query"]["hash"], (q, g)
        assert r["compatibility"]["gain"]["value"] == 0
    if r["method"]["name"] == "independent":
        assert cell(r, "new", "new")["per_query"]["hash"] == cell(r, "paragon", "paragon")["per_query"]["hash"]
    gain, room = r["compatibility"]["gain"]["value"], cell(r, "paragon", "paragon")["metrics"]["map_hits"]["value"]
    room -= cell(r, "old", "old")["metrics"]["map_hits"]["value"]
    if room > 0: assert abs(r["compatibility"]["update_gain"] - gain / room) < 1e-9, r["compatibility"]
    else: assert "update_gain" not in r["compatibility"], r["compatibility"]
    if r["setting"]["name"] == "in-domain-backbone":
        widths = {m["key"]: m["width"] for m in r["models"]}
        assert widths["new"] != widths["old"] or r["method"]["name"] == "null", widths
PY

echo "-- a second run reuses everything and gives the same records"
start=$(date +%s%N)
"$bcreid" run "${common[@]}" --methods independent,l2,bct,rbcl,pull,null --out "$work/again" >/dev/null
took=$((($(date +%s%N) - start) / 1000000))
ls "$work"/all/records/views/*.json >/dev/null || fail "no image lists beside the records"
for record in "$work"/all/records/*.json; do
  diff <(comparable "$record") <(comparable "$work/again/records/$(basename "$record")") >/dev/null ||
    fail "record differs after reuse: $(basename "$record")"
  grep -q '"reused": false' "$work/again/records/$(basename "$record")" && fail "not reused: $(basename "$record")"
done
echo "   second run: $took ms"

echo "-- episodes and candidate sets of stored cells; a row whose images do not allow them fails and says why"
few=("${common[@]}" --settings in-domain-data --methods null --episode-count 50)
"$bcreid" run "${few[@]}" --episodes 3x1 --candidates 2 --out "$work/few" >/dev/null || fail "episodes and candidates"
python3 - "$work/few/records/in-domain-data.null.smoke.seed1.json" <<'PY' || fail "the sections do not say what they must"
import json, sys
record = json.load(open(sys.argv[1]))
assert not any(model["reused"] is False for model in record["models"])
(kind,) = record["episodes"]["kinds"]
assert {c["query_model"] for c in kind["cells"]} >= {"old", "new"}
for one in kind["differences"]:  # new is old
    if "paragon" not in (one["query_model"], one["from_query_model"]): assert one["difference"]["value"] == 0, one
for cell in record["candidates"]["cells"]:
    for point in cell["points"]:
        if cell["query_model"] != "paragon" and "carried" in point: assert point["own"] == point["carried"], cell
PY
expect_exit 1 "99 or more" "$bcreid" run "${few[@]}" --episodes 99x1 --out "$work/many"
grep -q "99x1: found [0-9]* of the queries' [0-9]* identities.*99 or more" "$work/many/records/in-domain-data.null.smoke.seed1.json" ||
  fail "the record does not say how many people there are"

echo "-- the same plan in a fresh store gives the same bytes; killed half way, it resumes to the same record"
one=(--settings in-domain-data --methods l2 --set profile.epochs=6)
"$bcreid" run "${common[@]}" "${one[@]}" --out "$work/whole" >/dev/null
expect_exit 2 'use another\|another folder with --out' "$bcreid" run "${common[@]}" --settings in-domain-data --methods l2 --out "$work/whole"
fresh=("${common[@]}")
fresh[3]=$work/store2
for _ in 1 2 3 4 5 6; do
  "$bcreid" run "${fresh[@]}" "${one[@]}" --out "$work/killed" >/dev/null 2>&1 &
  pid=$!
  sleep 1.5
  kill -9 $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
done
"$bcreid" run "${fresh[@]}" "${one[@]}" --out "$work/killed" >/dev/null
name=in-domain-data.l2.smoke.seed1.json
diff <(comparable "$work/whole/records/$name") <(comparable "$work/killed/records/$name") || fail "kill and resume"

echo "-- unequal widths by projection: only the new model's features are mapped"
"$bcreid" run "${common[@]}" --settings in-domain-backbone --methods l2,independent --set setting.widths=project --out "$work/project" >/dev/null ||
  fail "project"
grep -q '"status": "ok"' "$work/project/records/in-domain-backbone.l2.smoke.seed1.json" || fail "project failed"

echo "-- features before the neck: the compatibility term is on the feature that is scored"
"$bcreid" run "${common[@]}" --settings in-domain-data --methods l2,bct --set profile.extraction.feature_side=before-neck --out "$work/before" >/dev/null ||
  fail "before the neck"
python3 - "$work" <<'PY' || fail "before-neck records do not say what they must"
import json, sys
def record(folder, method):
    return json.load(open(f"{sys.argv[1]}/{folder}/records/in-domain-data.{method}.smoke.seed1.json"))
def weights(r, key): return next(m["weights_hash"] for m in r["models"] if m["key"] == key)
for method in ("l2", "bct"):
    after, before = record("all", method), record("before", method)
    assert before["status"] == "ok" and before["scoring"]["feature_side"] == "before-neck"
    assert weights(after, "old") == weights(before, "old") and weights(after, "new") != weights(before, "new")
assert "bct.synth_head" in next(m for m in record("before", "bct")["models"] if m["key"] == "new")["notes"]["last_epoch"]
PY

echo "-- damaged cells are told and scored again, to the same record"
for cell in "$store"/cells/*/; do echo '{"cmc": [' >"$cell/cell.json"; done
"$bcreid" run "${common[@]}" --settings in-domain-data --methods l2 --out "$work/mended" >/dev/null 2>"$work/stderr" || fail "damaged cells: $(tail -n 1 "$work/stderr")"
grep -q '^damaged: .*cell.json has .* bytes' "$work/stderr" || fail "a damaged cell is not told"
diff <(comparable "$work/all/records/in-domain-data.l2.smoke.seed1.json") <(comparable "$work/mended/records/in-domain-data.l2.smoke.seed1.json") >/dev/null ||
  fail "record differs after damage"

echo "-- two processes share a fresh store: one trains, the other waits"
shared=("${common[@]}")
shared[3]=$work/store4
for k in 1 2; do
  "$bcreid" run "${shared[@]}" --settings in-domain-data --methods l2 --set profile.epochs=20 --out "$work/shared$k" >/dev/null 2>"$work/stderr$k" &
  pids[k]=$!
  for _ in $(seq 300); do # the second begins when the first one trains
    compgen -G "$work/store4/work/models-*.lock" >/dev/null && break
    sleep 0.1
  done
done
for k in 1 2; do wait "${pids[k]}" || fail "sharing a store: $(tail -n 1 "$work/stderr$k")"; done
grep -q 'waiting: another process is making' "$work/stderr1" "$work/stderr2" || fail "nobody waited"
diff <(comparable "$work/shared1/records/in-domain-data.l2.smoke.seed1.json") <(comparable "$work/shared2/records/in-domain-data.l2.smoke.seed1.json") >/dev/null ||
  fail "records differ where a store was shared"
[[ $(find "$work/store4/models" -mindepth 1 -maxdepth 1 | wc -l) == 3 ]] || fail "not three models in the shared store"

echo "-- several processes share one plan: each takes the next free step; one killed in the middle changes nothing"
plan=(run --profile smoke --quiet --threads 1 --target "pedsynth-a,$data" --source "pedsynth-b,$data" --methods l2,bct
  --settings in-domain-data,in-domain-chain,cross-domain-unsupervised)
start=$(date +%s%N)
"$bcreid" "${plan[@]}" --store "$work/one-store" --out "$work/one" >/dev/null || fail "one process"
echo "   one process: $((($(date +%s%N) - start) / 1000000)) ms"
same_records() { # folder
  local record
  for record in "$work"/one/records/*.json; do
    diff <(comparable "$record") <(comparable "$1/records/$(basename "$record")") >/dev/null ||
      fail "$1: another record than that of one process: $(basename "$record")"
  done
}
for count in 2 4; do
  start=$(date +%s%N)
  pids=()
  for ((k = 0; k < count; ++k)); do
    "$bcreid" "${plan[@]}" --store "$work/$count-store" --out "$work/$count-$k" >/dev/null 2>"$work/stderr-$k" &
    pids+=($!)
  done
  if [[ $count == 4 ]]; then
    sleep 3
    kill -9 "${pids[3]}" 2>/dev/null || true
    wait "${pids[3]}" || true
  fi
  for ((k = 0; k < (count == 4 ? 3 : count); ++k)); do
    wait "${pids[k]}" || fail "process $k of $count: $(tail -n 1 "$work/stderr-$k")"
    same_records "$work/$count-$k"
  done
  echo "   $count processes: $((($(date +%s%N) - start) / 1000000)) ms"
  [[ $(find "$work/$count-store/models" -mindepth 1 -maxdepth 1 | wc -l) == $(find "$work/one-store/models" -mindepth 1 -maxdepth 1 | wc -l) ]] ||
    fail "$count processes made other models than one"
  rm -rf "$work/$count-store"
done
"$root/scripts/compare_records" "$work/one" "$work/2-0" | tail -n 1
"$root/scripts/compare_records" "$work/one" "$work/2-0" >/dev/null || fail "compare_records finds a difference in equal records"
cp -r "$work/2-0" "$work/changed"
sed -i 's/"valid_queries": /"valid_queries": 1/' "$work"/changed/records/in-domain-data.l2.smoke.seed1.json
if "$root/scripts/compare_records" "$work/one" "$work/changed" >/dev/null; then fail "compare_records misses a changed figure"; fi

echo "-- a chain of three models: the dry run lists every step down to the cells"
chain=("${common[@]}" --settings in-domain-chain --methods l2 --first-seed 3 --dry-run)
"$bcreid" run "${chain[@]}" | tee "$work/dry" | grep -v ' images ' || fail "dry run of the chain"
[[ $(grep -c '^to do .* model ' "$work/dry") == 3 && $(grep -c '^to do .* cell ' "$work/dry") == 10 ]] ||
  fail "not three models and ten cells in the chain's dry run"
grep -q 'in-domain-chain / l2 / v2 .*compatible with in-domain-chain / v1' "$work/dry" || fail "the chain is not told"
grep -q '^unofficial and not ranked, all rows: at most 12' "$work/dry" || fail "the dry run hides why rows are unofficial"

echo "-- another optimiser and schedule, a mean teacher that is scored, and the best of its epochs"
moved=("${common[@]}" --settings in-domain-data --methods independent --set optimiser=sgd --set nesterov=true --set schedule=cosine
  --set per_step=true --set norm_decay_factor=0 --set head_rate_factor=2 --set clip_norm=5 --set accumulate=2
  --set freeze_backbone_epochs=1 --set profile.bases.with_labels=softmax-triplet-mean-teacher --set mean-teacher.decay=0.9
  --set ghost_batch=8 --set input.resize=pillow-bilinear --best-on-test 1)
shows 'moved  accumulate 2, clip_norm 5.*optimiser sgd, per_step true, schedule cosine' "$bcreid" run "${moved[@]}" --dry-run
shows 'scored its mean teacher' "$bcreid" run "${moved[@]}" --dry-run
shows 'kept   its best epoch by mAP on the test split of the data it sees, of every 1 and the last' "$bcreid" run "${moved[@]}" --dry-run
"$bcreid" run "${moved[@]}" --out "$work/moved" >/dev/null || fail "run with another optimiser"
python3 - "$work/moved/records/in-domain-data.independent.smoke.seed1.json" <<'PY' || fail "the record does not say how its models were trained"
import json, sys
record = json.load(open(sys.argv[1]))
assert all(model["notes"]["mean_teacher"] == {"scored": "teacher"} for model in record["models"])
assert record["configuration"]["profile"]["optimiser"] == "sgd"
assert any("profile.optimiser is locked" in reason for reason in record["unofficial_reasons"])
assert "epochs chosen on the test split" in record["unofficial_reasons"]
for model in record["models"]:
    chosen = model["notes"]["checkpoint"]
    judged = [epoch["figures"]["test_map"] for epoch in model["notes"]["epochs"]]
    assert len(judged) == model["epochs"] and chosen["by"] == "test", (judged, chosen)
    assert chosen["epoch"] == 1 + judged.index(max(judged)) and abs(chosen["value"] - max(judged)) < 1e-6, (judged, chosen)
new = next(model for model in record["models"] if model["key"] == "new")
cell = next(c for c in record["cells"] if c["query_model"] == "new" and c["gallery_model"] == "new")
assert abs(cell["metrics"]["map_hits"]["value"] - new["notes"]["checkpoint"]["value"]) < 1e-6, "another epoch was scored than was chosen"
PY
expect_exit 2 'input.resize.*did you mean .bicubic' "$bcreid" run "${common[@]}" --set input.resize=bicubik --dry-run
expect_exit 2 'final_lr: found 1e-06.*schedule cosine or polynomial' "$bcreid" run "${common[@]}" --set final_lr=1e-6 --dry-run
shows '"freeze_backbone_epochs": 0' "$bcreid" list profiles --json

echo "-- the tables of methods/UNSUPERVISED.md, from records of that setting; rows of learners that were not measured stay"
mkdir -p "$work/study/records" && cp "$work/all/records"/cross-domain-unsupervised.* "$work/study/records"
PYTHONPATH=$root/scripts/lib python3 -B - "$work" <<'PY' || fail "tables of the unsupervised study"
import sys
import unsupervised_table as made
work = sys.argv[1]
page = work + "/page.md"
block = "<!-- study: made -->\n{}\n<!-- end of study -->\n"
open(page, "w").write(block.format("Not measured yet."))
text = made.tables(page, {"spcl": work + "/study"})
quality, upgrade, legend = text.split("\n\n")
assert quality.count("\n") == 2 and "| `spcl` |" in quality, quality
assert upgrade.count("| `spcl` |") == 5 and "`independent`" not in upgrade, upgrade
open(page, "w").write(block.format(text))
both = made.tables(page, {"k-means": work + "/study"})
assert both.count("| `spcl` |") == 6 and both.count("| `k-means` |") == 6, both
assert both.index("| `k-means` |") < both.index("| `spcl` |"), "not in the order of the list"
PY

echo "-- report, list, doctor, data, dry run"
shows '| method |' "$bcreid" report "$work/all/records" --format markdown
"$bcreid" report "$work/all/records" --format json | python3 -c 'import json,sys; assert json.load(sys.stdin)["tables"]' || fail "report json"
shows '^\\begin{table}' "$bcreid" report "$work/all/records" --format latex
"$bcreid" report "$work/all/records" --format csv | python3 -c 'import csv,sys; assert len(list(csv.DictReader(sys.stdin))) == 30' || fail "report csv"
for what in settings profiles methods objectives label_sources augmenters backbones datasets; do
  "$bcreid" list $what --json | python3 -c 'import json,sys; assert json.load(sys.stdin)' || fail "list $what"
done
"$bcreid" doctor >/dev/null 2>&1 || fail "doctor"
shows '^0 unreadable' "$bcreid" data check "pedsynth-a,$data" --store "$store" --decode
grep -q '^0 images in two splits' "$work/shown" || fail "data check says nothing of images in two splits"
grep -q '^identities of training and test: 0' "$work/shown" || fail "data check says nothing of identities in both"
"$bcreid" data make "pedsynth-a:$work/drawn,$data" >/dev/null
drawn=$(dirname "$(dirname "$(find "$work/drawn" -path '*query*' -name '*.jpg' | head -n 1)")")
shows 'published: 12936 images, 751 identities' "$bcreid" data check "market1501:$drawn"
grep -q '^differs: query images' "$work/shown" || fail "data check hides a difference"
shows "csv:$work/exported/list.csv" "$bcreid" data export "market1501:$drawn" --out "$work/exported"
shows "market-layout:$work/layout" "$bcreid" data export "csv:$work/exported/list.csv" --out "$work/layout" --as market
for what in "csv:$work/exported/list.csv" "market-layout:$work/layout"; do
  shows '^train .* 24 identities' "$bcreid" data check "$what"
done
expect_exit 2 'a folder that is not there yet' "$bcreid" data export "market1501:$drawn" --out "$work/layout"
shows '^query .* images of 32 x 16 pixels, 0 left out' "$bcreid" data pack "market1501:$drawn" --height 32 --width 16 --store "$work/packed"
[[ $(find "$work/packed/images" -name images.bin | wc -l) == 3 ]] || fail "data pack made no three files"
shows '^mAP' "$bcreid" data baseline "pedsynth-a,$data" --store "$store"
shows '^warning .*eps 0.5' "$bcreid" run "${common[@]}" --settings cross-domain-unsupervised --methods l2 --set profile.cluster_contrast.eps=0.5 --dry-run
shows '^stored' "$bcreid" run "${common[@]}" --settings in-domain-data --methods l2 --dry-run
shows '^to do .*record .* 5 of 5 cells stored' "$bcreid" run "${common[@]}" --settings in-domain-data --methods l2 --dry-run --out "$work/none"
shows '^written .*record' "$bcreid" run "${common[@]}" --settings in-domain-data --methods l2 --dry-run --out "$work/all"
shows '0 of 5 cells stored' "$bcreid" run "${common[@]}" --settings in-domain-data --methods l2 --first-seed 9 --dry-run
shows '| method |' "$bcreid" report "$work/all" --format markdown
(cd "$work" && "$bcreid" report all --out all/leaderboard.json >/dev/null && cp all/leaderboard.json one.json &&
  "$bcreid" report ./all/records/ --out "$work/all/leaderboard.json" >/dev/null && cmp one.json all/leaderboard.json) ||
  fail "the leaderboard depends on how its place was typed"
record=$(find "$work/all/records" -maxdepth 1 -name '*.json' | sort | head -n 1)
cp "$record" "$work/record.json"
expect_exit 2 'no leaderboard' "$bcreid" report "$work/all" --out "$record"
cmp "$record" "$work/record.json" || fail "report --out replaced a record"
echo '{}' >"$work/all/records/a.b.c.seed1.json"
expect_exit 0 'a.b.c.seed1.json is no run record' "$bcreid" report "$work/all"
rm "$work/all/records/a.b.c.seed1.json"
head -c 200 "$work/record.json" >"$record"
expect_exit 2 "Remove $record" "$bcreid" report "$work/all"
cp "$work/record.json" "$record"
shows ' ~ .*rbcl\|rbcl.* ~ ' "$bcreid" list methods
shows 'openblas_core' "$bcreid" doctor 2>/dev/null
for command in run report list data doctor; do
  shows 'Examples:\|make' "$bcreid" $command --help
done

echo "-- bad input: one message that names what is wrong, and the exit code"
expect_exit 2 'did you mean `in-domain-data`' "$bcreid" run "${common[@]}" --settings in-domain-dat
expect_exit 2 'did you mean `bct`' "$bcreid" run "${common[@]}" --methods bctt
expect_exit 2 'no/such/folder' "$bcreid" run "${common[@]}" --target market1501:/no/such/folder
sed 's/"in-domain-data"/"mine"/; s/"about"/"abuot"/' "$root/protocols/settings/in-domain-data.json" >"$work/mine.json"
expect_exit 2 'mine.json.*abuot.*misspelling' "$bcreid" run "${common[@]}" --settings "$work/mine.json"
expect_exit 2 'epochs' "$bcreid" run "${common[@]}" --set profile.epoch=4
expect_exit 2 '--init' "$bcreid" run --store "$store" --quiet --profile paper --target "pedsynth-a,$data" --source "pedsynth-b,$data"
expect_exit 2 'margin' "$bcreid" run "${common[@]}" --set triplet.margin=500
expect_exit 2 'eps' "$bcreid" run "${common[@]}" --settings cross-domain-unsupervised --set profile.cluster_contrast.eps=1
expect_exit 2 'the source data' "$bcreid" run "${common[@]}" --source "pedsynth-b,$data,seed=2" --settings cross-domain-supervised --methods l2 --out "$work/all"
expect_exit 2 'precision fp32' "$bcreid" run "${common[@]}" --precision bf16 --settings in-domain-data --methods l2 --out "$work/all"
expect_exit 2 'STORE.json' bash -c "mkdir -p '$work/old' && echo '{\"bcreid_store_revision\": 0}' >'$work/old/STORE.json' && '$bcreid' run --quiet --store '$work/old'"
expect_exit 2 'STORE.json' "$bcreid" data check "pedsynth-a,$data" --store "$work/old"
mkdir "$work/mine" && echo work >"$work/mine/thesis.txt"
expect_exit 2 'thesis.txt.*--store' "$bcreid" run --quiet --store "$work/mine" --dry-run
expect_exit 2 'Choose another folder' "$bcreid" run --quiet --store /proc/bcreid
unwritten=("${common[@]}")
unwritten[3]=$work/unwritten
"$bcreid" run "${unwritten[@]}" --settings in-domain-data --dry-run >/dev/null || fail "dry run without a store"
[[ -e $work/unwritten ]] && fail "a dry run made a store"
expect_exit 2 'nothing left to run: adasp' "$bcreid" run "${common[@]}" --settings cross-domain-unsupervised --methods adasp --out "$work/none"
loud=(--profile smoke --store "$store" --target "pedsynth-a,$data" --dry-run)
expect_exit 0 'names l2 more than once' "$bcreid" run "${loud[@]}" --settings in-domain-data --methods 'l2, bct,l2'
[[ $(grep -c ' record ' "$work/stdout") == 2 ]] || fail "a repeated method is planned twice"
expect_exit 0 'epochs=4 is taken for profile.epochs' "$bcreid" run "${loud[@]}" --settings in-domain-data --methods l2 --set epochs=4
expect_exit 2 'did you mean `run`' "$bcreid" rnu
expect_exit 2 'no-such-flag' "$bcreid" run --no-such-flag

echo "-- a truncated image stops the run by name; skipped, it is counted and the run is unofficial"
"$bcreid" data make "pedsynth-a:$work/broken,$data" >/dev/null
victim=$(find "$work/broken" -path '*bounding_box_train*' -name '*.jpg' | sort | sed -n 1p)
head -c 300 "$victim" >"$work/short" && cp "$work/short" "$victim"
broken=(run --profile smoke --store "$work/store3" --quiet --settings in-domain-data --methods l2 --target "market1501:$(dirname "$(dirname "$victim")")")
expect_exit 2 "$(basename "$victim")" "$bcreid" "${broken[@]}" --out "$work/bad"
[[ -e $work/bad/leaderboard.json ]] && fail "bad input left a leaderboard"
"$bcreid" "${broken[@]}" --on-bad-image skip --out "$work/skipped" >/dev/null
grep -q "unreadable images skipped" "$work/skipped/records/$name" || fail "skipping is not recorded"
"$bcreid" "${broken[@]}" --on-bad-image skip --out "$work/skipped" >/dev/null
grep -q "unreadable images skipped" "$work/skipped/records/$name" || fail "skipping is not recorded when everything is reused"
grep -q '"official": false' "$work/skipped/records/$name" || fail "skipping left the record official"
python3 - "$work/skipped/records/$name" <<'PY' || fail "counts of one's own folder are held against it"
import json, sys
record = json.load(open(sys.argv[1]))
assert record["data"]["target"]["differences"]
assert not any("published" in reason for reason in record["unofficial_reasons"]), record["unofficial_reasons"]
PY
"$bcreid" "${broken[@]}" --on-bad-image skip --dry-run >"$work/dry"
grep -q '^warning .*not as published for market1501' "$work/dry" || fail "the dry run hides that counts differ"

echo "-- a model that cannot be made fails its cells; the other rows are run and everything is recorded"
failing=("$bcreid" run "${common[@]}")
# Reads the records of a folder: STATUS and a pattern of the error for each file named.
records_say() { # folder, status, pattern, record names...
  local folder=$1 status=$2 pattern=$3 record
  shift 3
  for record in "$@"; do
    grep -q "^  \"status\": \"$status\"" "$folder/records/$record" || fail "$record is not $status"
    grep -q "\"error\": .*$pattern" "$folder/records/$record" || fail "$record does not say $pattern"
  done
  [[ -s $folder/leaderboard.json ]] || fail "no leaderboard in $folder"
  "$bcreid" report "$folder/records" >/dev/null || fail "report does not read $folder"
}
unsupervised=cross-domain-unsupervised
expect_exit 1 'collapsed' "${failing[@]}" --settings $unsupervised,in-domain-data --methods independent,l2 \
  --set profile.cluster_contrast.min_samples=1000 --out "$work/collapsed"
records_say "$work/collapsed" failed collapsed $unsupervised.{independent,l2}.smoke.seed1.json
grep -q '"status": "ok"' "$work/collapsed/records/in-domain-data.l2.smoke.seed1.json" ||
  fail "a failed row took the next ones along"
expect_exit 1 'not finite' "${failing[@]}" --settings in-domain-data --methods independent,l2 --set profile.lr=900 --out "$work/nan"
records_say "$work/nan" failed 'not finite' in-domain-data.{independent,l2}.smoke.seed1.json

echo "-- what cannot be trained or scored is refused before anything is trained"
echo "not weights" >"$work/weights.safetensors"
expect_exit 2 'weights.safetensors' "${failing[@]}" --settings in-domain-data --init "$work/weights.safetensors" --out "$work/init"
"$bcreid" data make "pedsynth-a:$work/spoilt,$data" >/dev/null
victim=$(find "$work/spoilt" -path '*query*' -name '*.jpg' | sort | head -n 1)
head -c 300 "$victim" >"$work/short" && cp "$work/short" "$victim"
expect_exit 2 "$(basename "$victim")" "$bcreid" run --profile smoke --store "$work/store-spoilt" --quiet --settings in-domain-data --methods l2 \
  --target "market1501:$(dirname "$(dirname "$victim")")" --out "$work/late"
[[ -z $(find "$work/store-spoilt/models" -name DONE 2>/dev/null) ]] || fail "models were trained for a test split that cannot be read"
"$bcreid" data make "pedsynth-a:$work/whole-again,$data" >/dev/null
target="market1501:$(dirname "$(dirname "$(find "$work/whole-again" -path '*query*' -name '*.jpg' | head -n 1)")")"
replaced=("$bcreid" run --profile smoke --store "$work/store-replaced" --quiet --settings in-domain-data --methods l2 --target "$target")
"${replaced[@]}" --out "$work/unreplaced" >/dev/null || fail "run before the replacement"
read -r picture twin <<<"$(find "$work/whole-again" -path '*bounding_box_train*' -name '*.jpg' -printf '%s %p\n' | sort | awk 'size == $1 {print last, $2; exit} {size = $1; last = $2}')"
if [[ -n $twin ]]; then
  cp "$picture" "$twin"  # another picture of equal size
  expect_exit 2 'other pictures under the names' "${replaced[@]}" --out "$work/replaced"
else
  fail "no two training images of equal size"
fi

echo "-- a drawn data set that lost a picture is not the one of its name"
"$bcreid" data make "pedsynth-b:$work/lost,$data" >/dev/null
rm "$(find "$work/lost/query" -name '*.jpg' | sort | head -n 1)"
expect_exit 2 '1 pictures missing: query/' "$bcreid" data check "pedsynth-b:$work/lost,$data"

echo "-- a CSV file without training images"
python3 - "$work" <<'PY'
import glob, os, sys
work = sys.argv[1]
with open(work + "/people.csv", "w") as out:
    print("path,identity,camera,split", file=out)
    for folder, split in ("query", "query"), ("bounding_box_test", "gallery"):
        for path in sorted(glob.glob(f"{work}/lost/{folder}/*.jpg")):
            identity, rest = os.path.basename(path).split("_", 1)
            print(f"{path},{identity},{rest[:2]},{split}", file=out)
PY
expect_exit 2 'rows with split train' "$bcreid" run --profile smoke --store "$store" --quiet --settings in-domain-data --methods l2 --target "csv:$work/people.csv" --out "$work/csv"

echo "-- Ctrl-C stops cleanly"
"$bcreid" run "${fresh[@]}" "${one[@]}" --set profile.epochs=400 --out "$work/stopped" >/dev/null 2>"$work/stderr" &
pid=$!
sleep 4
kill -INT $pid
code=0
wait $pid || code=$?
[[ $code == 130 ]] || fail "Ctrl-C exits with $code"

echo "-- the README's example is the file that is compiled"
sed -n '/<!-- example:/,/<!-- end of example/p' "$root/README.md" | sed '1,2d;$d' | sed '$d' |
  diff - "$root/methods/objectives/example/pull.cc" || fail "README's example differs from the file"

[[ $failures == 0 ]] || exit 1
echo "run_test: all passed"
