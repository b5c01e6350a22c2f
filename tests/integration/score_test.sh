#!/usr/bin/env bash
# score, compare and gate as users type them, on drawn feature sets. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"

draw() { "$here/draw_features.py" "$@"; }
upgrade() { # folder json flags...
  local f=$1 json=$2
  shift 2
  "$bcreid" score --old-query "$f/old-query" --old-gallery "$f/old-gallery" --new-query "$f/new-query" \
    --new-gallery "$f/new-gallery" --json "$json" --quiet "$@"
}
one() { # query gallery json flags...
  local query=$1 gallery=$2 json=$3
  shift 3
  "$bcreid" score --query "$query" --gallery "$gallery" --json "$json" --quiet "$@"
}

echo "-- unknown commands, and those that a light build lacks"
expect_exit 2 'unknown command `scroe`.*did you mean `score`' "$bcreid" scroe
if "$bcreid" doctor 2>/dev/null | grep -q 'light build'; then
  for command in run data; do
    expect_exit 2 'light build.*without BCR_WITH_TORCH=OFF' "$bcreid" "$command" make --settings x
  done
fi

echo "-- an upgrade, repeated, with other threads and blocks, in other orders, shards and types"
draw a old=0.55 new=0.25 paragon=0.2:other
upgrade a out/run.json --paragon-query a/paragon-query --paragon-gallery a/paragon-gallery --pairs --backfill --slices \
  >table || fail "score failed"
grep -q "Compatible: YES" table || fail "no verdict in: $(cat table)"
awk 'length > 100 {exit 1}' table || fail "lines of more than 100 characters"
upgrade a out/again.json --paragon-query a/paragon-query --paragon-gallery a/paragon-gallery --pairs --backfill --slices \
  --threads 1 --block-mb 1 >table-again
cmp -s table table-again || fail "the table depends on threads or blocks"
cmp -s <(comparable out/run.json) <(comparable out/again.json) || fail "the report depends on threads or blocks"
upgrade a out/plain.json >/dev/null
draw mirrored old=0.55 new=0.25 --mirror
upgrade mirrored out/mirrored.json >/dev/null
cmp -s <(comparable out/plain.json scores) <(comparable out/mirrored.json scores) || fail "the join changes scores"
for dtype in "<f2" "<f8"; do
  draw "typed$dtype" old=0.55 new=0.25 --dtype "$dtype"
  upgrade "typed$dtype" out/typed.json >/dev/null
  cmp -s <(comparable out/plain.json scores) <(comparable out/typed.json scores) || fail "$dtype changes exact scores"
done
python3 - "$here" <<'PY'
import csv, os, struct, sys
sys.path.insert(0, sys.argv[1])
from draw_features import write_set
raw = open("a/old-gallery/features.npy", "rb").read()
index = list(csv.reader(open("a/old-gallery/index.csv")))[1:]
width = 24
data = raw[-4 * width * len(index):]
rows = [struct.unpack_from(f"<{width}f", data, 4 * width * i) for i in range(len(index))]
for number, (begin, end) in enumerate(((0, 50), (50, 51), (51, len(index)))):
    write_set(f"shards/{number}", index[begin:end], rows[begin:end])
PY
one a/old-query a/old-gallery out/whole.json >/dev/null
"$bcreid" score --query a/old-query --gallery shards/0 shards/1 shards/2 --json out/shards.json --quiet >/dev/null
cmp -s <(comparable out/whole.json scores) <(comparable out/shards.json scores) || fail "shards change scores"
"$bcreid" score --old-query a/old-query --old-gallery a/old-gallery --new-query a/new-query --json out/early.json --quiet |
  grep -q "Compatible: YES" || fail "no verdict without a new gallery"
"$bcreid" score --model v1=a/old-query,a/old-gallery --model v2=a/new-query,a/new-gallery \
  --model v3=a/paragon-query,a/paragon-gallery --json out/chain.json --quiet | grep -q "AC: share" || fail "no matrix"
for flags in "--policy none" "--policy camera" "--policy cuhk03-single-shot" "--distance euclidean" "--ties mean"; do
  # shellcheck disable=SC2086
  one a/old-query a/old-gallery out/flags.json $flags >/dev/null || fail "score $flags"
done
expect_exit 2 'did you mean `minp`' "$bcreid" score --query a/old-query --gallery a/old-gallery --metrics minpp
one a/old-query a/old-gallery out/more.json --metrics r_precision,mAP@R >table
grep -q "R-precision *MAP@R" table || fail "no further metrics in: $(cat table)"
one a/old-query a/old-gallery out/more.json --metrics r_precision --ties mean >table
grep -q "R-precision: no value: " table || fail "no reason in: $(cat table)"
python3 - <<'PY' || fail "the report does not say why a metric is absent"
import json
cell = json.load(open("out/more.json"))["cells"][0]
assert "r_precision" not in cell["metrics"] and "rank" in cell["reasons"]["r_precision"], cell
PY

expect_exit 0 "lists end at 100\|a build without FAISS" bash -c "'$bcreid' score --old-query a/old-query \
  --old-gallery a/old-gallery --new-query a/new-query --search faiss:IVF4,Flat || [[ \$? == 2 ]]"
awk 'length > 100 {exit 1}' stdout || fail "lines of more than 100 characters in the table of --search"

echo "-- a map between the models: the new features are the old ones with their columns in another order"
draw fit old=0.55 --seed 2
sed -i '1!s/^/train-/' fit/old-gallery/index.csv
python3 - "$here" <<'PY'
import os, random, shutil, struct, sys
sys.path.insert(0, sys.argv[1])
from draw_features import write_npy
width = 24
order = random.Random(5).sample(range(width), width)
for folder, sets in (("a", ("query", "gallery")), ("fit", ("gallery",))):
    for side in sets:
        raw = open(f"{folder}/old-{side}/features.npy", "rb").read()
        rows = (len(raw) - 128) // (4 * width)
        values = [struct.unpack_from(f"<{width}f", raw, len(raw) - 4 * width * (rows - i)) for i in range(rows)]
        os.makedirs(f"turned/{folder}-{side}", exist_ok=True)
        write_npy(f"turned/{folder}-{side}/features.npy", [[row[c] for c in order] for row in values])
        shutil.copy(f"{folder}/old-{side}/index.csv", f"turned/{folder}-{side}/index.csv")
PY
turned() { # json flags...
  local json=$1
  shift
  "$bcreid" score --old-query a/old-query --old-gallery a/old-gallery --new-query turned/a-query \
    --new-gallery turned/a-gallery --json "$json" "$@"
}
fit=(--fit-old fit/old-gallery --fit-new turned/fit-gallery)
turned out/unmapped.json --quiet >/dev/null
turned out/mapped.json --adapter procrustes "${fit[@]}" >table
grep -q 'Where `new` meets `old`, rows of `new` are mapped by procrustes' table || fail "no map in: $(cat table)"
turned out/mapped-gallery.json --adapter procrustes,centre=true --adapter-side gallery "${fit[@]}" --threads 1 --quiet >table
grep -q 'rows of `old` are mapped' table || fail "no map of the gallery in: $(cat table)"
turned out/mapped-again.json --adapter procrustes "${fit[@]}" --threads 1 --block-mb 1 --quiet >/dev/null
cmp -s <(comparable out/mapped.json) <(comparable out/mapped-again.json) || fail "the map depends on threads or blocks"
python3 - <<'PY'
import json
def cells(name):
    report = json.load(open(f"out/{name}.json"))
    return {f"{c['query_model']}/{c['gallery_model']}": c["metrics"]["map_hits"]["value"] for c in report["cells"]}, report
plain, _ = cells("unmapped")
for name, side in (("mapped", "query"), ("mapped-gallery", "gallery")):
    mapped, report = cells(name)
    assert mapped["new/old"] > mapped["old/old"] - 0.02 > plain["new/old"] + 0.1, (name, mapped, plain)
    assert mapped["old/old"] == plain["old/old"] and mapped["new/new"] == plain["new/new"], (name, mapped, plain)
    (adapter,) = report["adapters"]
    assert adapter["side"] == side and adapter["images"] == 256 and adapter["width_out"] == 24, adapter
PY
expect_exit 2 "no sets to fit it on.*--fit-old and --fit-new" turned out/x.json --adapter procrustes
expect_exit 2 "one of --fit-old and --fit-new" turned out/x.json --adapter procrustes --fit-old fit/old-gallery
expect_exit 2 "not fitted on rows" turned out/x.json --adapter equal "${fit[@]}"
expect_exit 2 'did you mean `procrustes`' turned out/x.json --adapter procrust "${fit[@]}"
expect_exit 2 "brings the rows to the other model's width" turned out/x.json --adapter procrustes "${fit[@]}" --widths pad
expect_exit 2 "without --adapter" turned out/x.json "${fit[@]}"
expect_exit 2 "one model.*an upgrade" "$bcreid" score --query a/old-query --gallery a/old-gallery --adapter procrustes
expect_exit 0 "note: .*are scored too, by name" turned out/x.json --adapter procrustes --fit-old a/old-gallery --fit-new turned/a-gallery

echo "-- what is wrong is named: file and row, exit code 2, nothing written"
refused() { # pattern, query, gallery, flags...
  local pattern=$1 query=$2 gallery=$3
  shift 3
  rm -rf bad-out
  expect_exit 2 "$pattern" one "$query" "$gallery" bad-out/run.json "$@"
  [[ ! -e bad-out ]] || fail "something was written: $pattern"
}
# A copy of the query set with one thing changed by a line of Python (x: bytes of the .npy, t: text of the CSV).
spoil() { # name, python statement
  cp -r a/old-query "$1"
  python3 - "$1" "$2" <<'PY'
import struct, sys
folder, statement = sys.argv[1:]
x = bytearray(open(folder + "/features.npy", "rb").read())
t = open(folder + "/index.csv", "rb").read()
here = len(x) - 60 * 24 * 4  # where the data begins
scope = {"x": x, "t": t, "here": here, "struct": struct}
exec(statement, scope)
open(folder + "/features.npy", "wb").write(scope["x"])
open(folder + "/index.csv", "wb").write(scope["t"])
PY
}
refused "absent" absent a/old-gallery
spoil short 'x = x[:-40]' && refused "short/features.npy" short a/old-gallery
spoil header 'x[9:12] = b"zzz"' && refused "header/features.npy" header a/old-gallery
spoil fortran 'x = x.replace(b"False", b"True ")' && refused "fortran/features.npy.*Fortran" fortran a/old-gallery
spoil ints 'x = x.replace(b"<f4", b"<i4")' && refused "ints/features.npy" ints a/old-gallery
spoil nan 'struct.pack_into("<f", x, here + 96 * 7 + 4, float("nan"))' && refused "nan/features.npy.*row 7" nan a/old-gallery
spoil inf 'struct.pack_into("<f", x, here + 96 * 3, float("inf"))' && refused "inf/features.npy.*row 3" inf a/old-gallery
spoil zero 'x[here + 96 * 5:here + 96 * 6] = bytes(96)' && refused "zero/features.npy.*row 5" zero a/old-gallery
one zero a/old-gallery out/zero.json --distance euclidean >/dev/null || fail "euclidean needs no direction"
spoil rows 't = t[:t.rindex(b"q0059")]' && refused "rows.*59" rows a/old-gallery
spoil twice 't = t.replace(b"q0011.jpg", b"q0004.jpg")' && refused "twice/index.csv:13.*q0004" twice a/old-gallery
spoil camera 't = t.replace(b",camera", b",kamera")' && refused "camera/index.csv" camera a/old-gallery
spoil latin 't = t.replace(b"q0002", b"q\xe9002")' && refused "latin/index.csv:4" latin a/old-gallery
spoil junk 't = t.replace(b"q0009.jpg,0010", b"q0009.jpg,-1")' && refused "junk/features.npy.*row 9.*junk" junk a/old-gallery
spoil street 't = t.replace(b"q0008.jpg,0009", b"q0008.jpg,0000")' && refused "street.*row 8.*distractor" street a/old-gallery
python3 - "$here" <<'PY'
import csv, os, sys
sys.path.insert(0, sys.argv[1])
from draw_features import write_npy, write_set
os.makedirs("empty")
open("empty/features.npy", "wb").write(open("a/old-query/features.npy", "rb").read().replace(b"(60, 24)", b"(0, 24) ")[:128])
open("empty/index.csv", "w").write("image,identity,camera\n")
write_set("narrow", [(f"q{i:04d}.jpg", f"{i % 15 + 1:04d}", f"c{i % 3}") for i in range(60)], [[0.5] * 20] * 60)
write_set("mostly", [(f"m{i}.jpg", f"{i + 1:04d}", f"c{1 + (i < 2)}") for i in range(15)], [[0.25] * 24] * 15)
for side in ("query", "gallery"):
    rows = list(csv.reader(open(f"a/old-{side}/index.csv")))[1:]
    os.makedirs(f"cam/{side}")
    os.symlink(os.path.abspath(f"a/old-{side}/features.npy"), f"cam/{side}/features.npy")
    with open(f"cam/{side}/index.csv", "w") as file:
        file.write("image,identity,camera\n" + "".join(f"{r[0]},{r[1]},c1\n" for r in rows))
PY
refused "empty/" empty a/old-gallery
respelled() { # side of set a, awk statement on the fields of index.csv
  mkdir -p "respelled/$1"
  ln -sf "$PWD/a/old-$1/features.npy" "respelled/$1/features.npy"
  awk -F, -v OFS=, "NR > 1 {$2} {print}" "a/old-$1/index.csv" >"respelled/$1/index.csv"
}
respelled query ''
respelled gallery 'if ($2 == "-1") $2 = "-1.0"'
refused '`-1.0` (6 rows), which is junk as a number and a person as text.*--labels numeric' respelled/query respelled/gallery
one respelled/query respelled/gallery out/respelled.json --labels numeric >table
grep -q "Labels read as numbers" table || fail "nothing about labels in: $(cat table)"
metrics() { python3 -c 'import json, sys; print([{k: m["value"] for k, m in c["metrics"].items()} for c in json.load(open(sys.argv[1]))["cells"]])' "$1"; }
cmp -s <(metrics out/respelled.json) <(metrics out/whole.json) || fail "numbers read as numbers give other figures"
respelled gallery 'if (NR % 2) $2 = $2 + 0'
refused 'identity `0001` ([0-9]* rows) and `1` ([0-9]* rows), which are equal as numbers, and [0-9]* more' respelled/query respelled/gallery
respelled gallery 'if (NR == 9) $2 = "nan"'
refused 'identity `nan` (1 row), which is how tables write a missing value' respelled/query respelled/gallery
respelled gallery 'sub("c", "", $3)'
refused 'no query camera in the gallery.*--labels exact' respelled/query respelled/gallery
respelled query 'sub("c", "", $3); if (NR % 3) $3 = "0" $3'
respelled gallery 'sub("c", "", $3)'
refused 'camera `0[1-4]` ([0-9]* rows) and `[1-4]`' respelled/query respelled/gallery
one respelled/query respelled/gallery out/respelled.json --labels exact >/dev/null || fail "--labels exact is refused"
refused 'exact or numeric' a/old-query a/old-gallery --labels text
expect_exit 2 "no file name" "$bcreid" score --query a/old-query --gallery a/old-gallery --json ""
cp -r a/old-query "$(printf 'a/\033[31mred')"
expect_exit 0 '' "$bcreid" score --query "$(printf 'a/\033[31mred')" --gallery a/old-gallery --json out/red.json
! grep -q "$(printf '\033')" stdout stderr || fail "a control character reached the terminal"
refused "width" narrow a/old-gallery
refused "policy none" cam/query cam/gallery
one cam/query cam/gallery out/cam.json --policy none >/dev/null || fail "policy none needs no cameras"
for side in query gallery; do
  cp -r "a/old-$side" "nocam-$side"
  cut -d, -f1,2 "a/old-$side/index.csv" >"nocam-$side/index.csv"
done
refused "column .camera.*policy none" nocam-query nocam-gallery
one nocam-query nocam-gallery out/nocam.json --policy none >/dev/null || fail "policy none needs no column camera"
expect_exit 0 "60 of 60 query images are in the gallery too" "$bcreid" score --query a/old-query --gallery a/old-query --policy none
expect_exit 0 "That is most\|most of them" "$bcreid" score --query cam/query --gallery mostly --policy camera
spoil blank 't = t + b"\n"' && refused "blank/index.csv:62.*an empty line" blank a/old-gallery
spoil nul 't = t.replace(b"q0002.jpg", b"q0\x0002.jpg")' && refused "nul/index.csv:4.*a zero byte" nul a/old-gallery
expect_exit 2 "the shard a/old-gallery/features.npy again" "$bcreid" score --query a/old-query --gallery a/old-gallery a/old-gallery
refused "did you mean\|market" a/old-query a/old-gallery --policy markt
# Whichever build and machine this is: a device that is not there is refused, with the true reason.
no_device="a light build"
[[ ${BCR_WITH_TORCH:-ON} == OFF ]] || no_device="device of this machine"
refused "$no_device" a/old-query a/old-gallery --device cuda:99
spoil bom 't = b"\xef\xbb\xbf" + t.replace(b"\n", b"\r\n").replace(b"q0001.jpg", b"\"q,0001.jpg\"")'
one bom a/old-gallery out/bom.json >/dev/null || fail "a byte order mark, CRLF and quotes are read"
python3 -c '
import json
a, b = (json.load(open(f"out/{n}.json"))["cells"][0]["metrics"] for n in ("whole", "bom"))
assert a == b' || fail "BOM and CRLF change scores"
draw b old=0.55 new=0.25 --queries 62
expect_exit 2 "2 images only in --new-query.*q0060.jpg" "$bcreid" score --old-query a/old-query --old-gallery a/old-gallery \
  --new-query b/new-query --json bad-out/run.json
expect_exit 2 "without --old-gallery" "$bcreid" score --old-query a/old-query --new-query a/new-query
echo precious >notes.txt
expect_exit 2 "left as it is" one a/old-query a/old-gallery notes.txt
grep -q precious notes.txt || fail "a foreign file was overwritten"
[[ ! -e bad-out ]] || fail "something was written"

mkfifo pipe
expect_exit 2 "device, pipe or socket" one a/old-query a/old-gallery pipe
expect_exit 2 "device, pipe or socket" "$bcreid" compare out/plain.json out/early.json --json pipe
expect_exit 2 "device, pipe or socket" "$bcreid" gate --baseline pipe out/plain.json --update
[[ -p pipe ]] || fail "a pipe was replaced"
mkdir linked
ln -s ../linked/real.json out/link.json
one a/old-query a/old-gallery out/link.json >/dev/null || fail "score to a link"
[[ -L out/link.json && -f linked/real.json ]] || fail "a link was replaced"
expect_exit 0 "same" "$bcreid" compare out/link.json linked/real.json

echo "-- thresholds"
upgrade a out/thresholds.json >table
grep -q "The deployed threshold: set for" table || fail "the verdict says nothing of the threshold"
grep -q "TAR at" table && fail "tables that nobody asked for"
expect_exit 0 "TAR at" upgrade a out/thresholds.json --thresholds
one a/old-query a/old-gallery out/one.json >/dev/null
upgrade a out/without.json --no-thresholds >/dev/null
upgrade a out/reranked.json --rerank 5,2,0.3 >/dev/null
python3 - <<'PY' || fail "thresholds are where they should not be, or not where they should"
import json
has = lambda name: "thresholds" in json.load(open(f"out/{name}.json"))
assert has("thresholds") and not has("one") and not has("without") and not has("reranked")
PY
expect_exit 0 "TAR at" one a/old-query a/old-gallery out/one.json --thresholds
expect_exit 2 "together with --thresholds" upgrade a out/reranked.json --rerank 5,2,0.3 --thresholds

echo "-- gate"
draw worse old=0.55 new=0.45
upgrade worse out/worse.json >/dev/null
expect_exit 2 "no such file" "$bcreid" gate --baseline base/b.json out/plain.json
expect_exit 0 "is the baseline now" "$bcreid" gate --baseline base/b.json out/plain.json --update
expect_exit 0 "gate: passed" "$bcreid" gate --baseline base/b.json out/plain.json
expect_exit 3 "WORSE *new/old *mAP" "$bcreid" gate --baseline base/b.json out/worse.json
expect_exit 3 "WORSE *new/old *rank-5" "$bcreid" gate --baseline base/b.json out/worse.json --by-value --tolerance cmc5=0
expect_exit 0 "shows on this test set four times in five" "$bcreid" gate --baseline out/worse.json out/plain.json
expect_exit 0 "gate: passed" "$bcreid" gate --baseline base/b.json out/worse.json --tolerance 0.9
expect_exit 3 "WORSE" "$bcreid" gate --baseline base/b.json out/worse.json --tolerance 0.9,map=0.001
expect_exit 2 "did you mean" "$bcreid" gate --baseline base/b.json out/plain.json --tolerance mop=0.1
expect_exit 2 "foo.bar.*a figure of the baseline" "$bcreid" gate --baseline base/b.json out/plain.json --tolerance foo.bar=0.1
expect_exit 2 "did you mean .end.nfr10" "$bcreid" gate --baseline base/b.json out/plain.json --tolerance end.nrf10=0.1
expect_exit 3 "WORSE.*trapezoid" "$bcreid" gate --baseline base/b.json out/worse.json --tolerance 0.9,map_trapezoid=0.001
echo "-- a new draw of an equally good model passes, which by value fails"
draw redrawn old=0.55 new=0.45 other=0.45
upgrade redrawn out/redrawn-1.json >/dev/null
for side in query gallery; do rm -r "redrawn/new-$side" && mv "redrawn/other-$side" "redrawn/new-$side"; done
upgrade redrawn out/redrawn-2.json >/dev/null
expect_exit 0 "gate: passed" "$bcreid" gate --baseline out/redrawn-1.json out/redrawn-2.json
expect_exit 3 "gate: FAILED" "$bcreid" gate --baseline out/redrawn-1.json out/redrawn-2.json --by-value

echo "-- the gate for build servers"
expect_exit 3 "::error title=bcreid gate::new/old mAP fell from" "$bcreid" gate --baseline base/b.json out/worse.json --github \
  --json out/gate.json --junit out/gate.xml --markdown out/gate.md
expect_exit 0 "::notice title=bcreid gate::gate: passed" "$bcreid" gate --baseline base/b.json out/plain.json --github
grep -q '^## Upgrade gate: \*\*failed\*\*' out/gate.md || fail "the summary does not say that it failed"
python3 - out/gate.json out/gate.xml <<'PY' || fail "the gate's files do not agree"
import json, sys, xml.etree.ElementTree as tree
report = json.load(open(sys.argv[1]))
suite = tree.parse(sys.argv[2]).getroot()
worse = [line for line in report["judged"] if line["verdict"] == "WORSE"]
failed = [check for check in report["checks"] if not check["passed"]]
assert not report["passed"] and worse
assert int(suite.get("failures")) == len(suite.findall(".//failure")) == len(worse) + len(failed)
assert int(suite.get("tests")) == len(suite.findall(".//testcase")) == len(report["judged"]) + len(report["checks"])
PY
expect_exit 2 "left as it is" "$bcreid" gate --baseline base/b.json out/plain.json --json notes.txt
upgrade a out/none.json --policy none >/dev/null
expect_exit 2 "policy differs" "$bcreid" gate --baseline base/b.json out/none.json
expect_exit 2 "the baseline has" "$bcreid" gate --baseline base/b.json out/early.json
expect_exit 2 "well-formed JSON" "$bcreid" gate --baseline base/b.json notes.txt
expect_exit 0 "compatible: yes" "$bcreid" gate --require-compatible out/plain.json
draw alien old=0.3 new=0.3:elsewhere
upgrade alien out/alien.json >table || fail "score failed"
grep -q "Compatible: NO" table || fail "an alien model is compatible: $(cat table)"
expect_exit 3 "gate: FAILED" "$bcreid" gate --require-compatible out/alien.json
expect_exit 3 "baseline is left" "$bcreid" gate --require-compatible --baseline base/b.json out/alien.json --update
"$bcreid" score --model v1=a/old-query,a/old-gallery --model v2=worse/new-query,worse/new-gallery \
  --model v3=a/paragon-query,a/paragon-gallery --json out/chain-worse.json --quiet >/dev/null
cp out/chain.json out/chain-again.json
expect_exit 0 "^- *upgrade *BC" "$bcreid" gate --baseline out/chain-again.json out/chain.json
expect_exit 3 "WORSE *upgrade *BC" "$bcreid" gate --baseline out/chain-worse.json out/chain.json --tolerance matrix.bc=0
mkdir bare
cp out/plain.json bare/run.json
expect_exit 0 "without the per-query files of old/old.*--by-value" "$bcreid" gate --baseline bare/b.json bare/run.json --update
rm -rf out-copy && cp -r base out-copy
expect_exit 0 "gate: passed" "$bcreid" gate --baseline out-copy/b.json out/plain.json
expect_exit 2 "the per-query files of both results.*--by-value" "$bcreid" gate --baseline bare/b.json out/plain.json
expect_exit 0 "gate: passed" "$bcreid" gate --baseline bare/b.json out/plain.json --by-value
expect_exit 0 "is the baseline now" "$bcreid" gate --baseline base/b.json out/worse.json --update
[[ $(find base/queries -name '*.csv' | wc -l) == $(python3 -c '
import json
print(len({c["per_query"]["file"] for c in json.load(open("base/b.json"))["cells"]}))') ]] || fail "old side files stay"
expect_exit 2 "a fraction from 0 to 1" "$bcreid" gate --baseline base/b.json out/alien.json --tolerance 1.5

echo "-- compare"
expect_exit 0 "new/old *mAP.* same" "$bcreid" compare out/plain.json out/mirrored.json
expect_exit 0 "new/old *mAP.* worse" "$bcreid" compare out/plain.json out/worse.json --json out/comparison.json
python3 - <<'PY' || fail "the comparison is not what the reports say"
import json
pair = json.load(open("out/comparison.json"))["pairs"][0]
a, b = (json.load(open(f"out/{n}.json")) for n in ("plain", "worse"))
assert any(f["name"] == "sets.new.query.hash" for f in pair["facts"])
for figure in pair["figures"]:
    if figure.get("cell") != "new/old" or figure["figure"] != "map_hits": continue
    difference = figure["difference"]
    assert abs(difference["value"] - (figure["b"] - figure["a"])) < 1e-12 and difference["high"] < 0, figure
    assert 0 < figure["p_value"] < 0.01 and figure["verdict"] == "worse", figure
    break
else: raise AssertionError("no figure")
PY
expect_exit 0 "WARNING: the policy differs" "$bcreid" compare out/plain.json out/none.json
draw other old=0.55 new=0.25 --queries 61
upgrade other out/other.json >/dev/null
expect_exit 2 "other queries.*q0060" "$bcreid" compare out/plain.json out/other.json
expect_exit 2 "other queries.*q0060" "$bcreid" gate --baseline out/plain.json out/other.json
mkdir left right
cp -r out/queries out/plain.json left
cp -r out/queries right && cp out/worse.json right/plain.json
expect_exit 0 "== plain.json" "$bcreid" compare left right
expect_exit 2 "a folder and a file" "$bcreid" compare left out/plain.json
echo "{ half" >left/notes.json
expect_exit 0 "left out: left/notes.json" "$bcreid" compare left right
head -c 5000 out/plain.json >left/cut.json
expect_exit 2 "left/cut.json" "$bcreid" compare left right
rm left/notes.json left/cut.json
sed 's/"statistics"/"statistic"/' out/plain.json >left/broken.json
cp out/plain.json right/broken.json
expect_exit 1 "not compared: broken.json" "$bcreid" compare left right
rm left/broken.json
expect_exit 2 "no cell in common" "$bcreid" compare out/plain.json out/chain.json
got=0
"$bcreid" compare out/plain.json out/worse.json >/dev/full 2>stderr || got=$?
[[ $got == 2 ]] && grep -q "standard output" stderr || fail "a full disk goes unnoticed: $got"
got=0
"$bcreid" gate --baseline out/plain.json out/worse.json >/dev/full 2>stderr || got=$?
[[ $got == 3 ]] || fail "the gate exits $got where its output is lost"
sed -i '2s/,1,0\./,1,0.1/' left/queries/*.csv
expect_exit 2 "was changed after" "$bcreid" compare left/plain.json out/worse.json

echo "-- the README's snippet and commands"
if python3 -c 'import numpy' 2>/dev/null; then
  python3 - "$here/../../README.md" snippet.py commands expected <<'PY'
import re, sys
readme, snippet, commands, expected = sys.argv[1:]
text = open(readme, encoding="utf-8").read()
section = text[text.index("## You only have .npy files"):]
python = re.search(r"```python\n(.*?)```", section, re.S).group(1)
assert python.count("\n") <= 10, "the snippet has more than ten lines"
shell = re.search(r"```sh\n(.*?)```", section, re.S).group(1)
open(snippet, "w").write(python)
open(commands, "w").write(shell)
block = re.search(r"<!-- npy: .*?-->\n```\n(.*?)```\n<!-- end of npy -->", section, re.S)
open(expected, "w").write(block.group(1))
PY
  mkdir readme && cd readme
  python3 ../snippet.py || fail "the README's snippet"
  mkdir scripts && ln -s "$bcreid" scripts/bcreid
  bash -euo pipefail ../commands >../printed 2>/dev/null || fail "the README's commands"
  diff ../expected ../printed >&2 || fail "the README shows other output: scripts/update_docs --npy writes it anew"
  cd ..
elif [[ ${BCR_REQUIRE_NUMPY:-0} == 1 ]]; then
  fail "python3 has no NumPy, and BCR_REQUIRE_NUMPY=1"
else
  echo "-- skipped: python3 has no NumPy"
fi
finish
