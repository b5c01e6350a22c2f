#!/usr/bin/env bash
# scripts/convert_mat on miniatures of CUHK03's and GRID's MATLAB files. Needs h5py and scipy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
convert=$here/../../scripts/convert_mat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/integration/lib.sh
source "$here/lib.sh"
cd "$work"

expect_exit 2 'cuhk03 RELEASE FOLDER' "$convert"
expect_exit 2 'cuhk03 RELEASE FOLDER' "$convert" cuhk03 one-folder
python3 -c 'import h5py, scipy' 2>/dev/null || {
  expect_exit 2 'pip install h5py scipy' "$convert" grid .
  finish
  echo "convert_test.sh: skipped: no h5py and scipy"
  exit
}
has() { # line, file
  grep -qx -- "$1" "$2" || fail "no line '$1' in $2"
}

echo "-- CUHK03"
mkdir release
python3 "$here/write_mat.py" cuhk03 release
"$convert" cuhk03 release out >told
has 'detected: 8 people, 30 images, 20 classic lists, the new protocol' told
[[ $(find out/images_labeled -name '*.png' | wc -l) == 30 ]] || fail "30 images of labeled boxes are expected"
[[ ! -e out/images_detected/1_002_2_06.png ]] || fail "an empty cell became an image"
[[ -z $(find out -name '*.part') ]] || fail "half a file is left"
# Colours say which cell an image is from, the one white dot which way up it lies.
python3 - <<'PY' || fail "the pixels of an image are not those of its cell"
import struct, zlib
data = open("out/images_detected/2_001_2_10.png", "rb").read()
assert struct.unpack(">II", data[16:24]) == (2, 4), "width and height"
begin = data.index(b"IDAT")
rows = zlib.decompress(data[begin + 4:begin + 4 + struct.unpack(">I", data[begin - 4:begin])[0]])
pixel = bytes((2, 1, 10))
assert rows == (b"\0" + pixel * 2) * 3 + b"\0" + pixel + bytes((255, 1, 10)), rows
PY
# Split 1 tests people (1, 2) and (2, 1).
list=out/classic_detected_01.csv
has 'path,identity,camera,split' $list
has 'images_detected/1_002_1_01.png,1_002,1,query' $list
has 'images_detected/1_002_1_01.png,1_002,1,gallery' $list
has 'images_detected/2_001_2_06.png,2_001,2,gallery' $list
has 'images_detected/1_001_1_01.png,1_001,1,train' $list
[[ $(wc -l <$list) == 37 ]] || fail "24 training rows, 6 queries, 6 of the gallery and the header are expected"
list=out/new_labeled.csv
has 'images_labeled/1_003_2_10.png,13,2,train' $list
has 'images_labeled/2_002_1_01.png,22,1,query' $list
has 'images_labeled/2_002_1_02.png,22,1,gallery' $list
[[ $(grep -c ',query$' $list) == 4 ]] || fail "four queries of the new protocol are expected"

echo "-- what is missing or wrong"
rm release/cuhk03_new_protocol_config_labeled.mat
"$convert" cuhk03 release without >told
has 'labeled: 8 people, 30 images, 20 classic lists; without cuhk03_new_protocol_config_labeled.mat no list of the new protocol' told
[[ ! -e without/new_labeled.csv && -e without/new_detected.csv ]] || fail "the new protocol of detected boxes alone is expected"
expect_exit 2 'no cuhk-03.mat in out' "$convert" cuhk03 out x
mkdir wrong
echo text >wrong/cuhk-03.mat
expect_exit 2 'is no MATLAB file of version 7.3' "$convert" cuhk03 wrong x
cp release/cuhk03_new_protocol_config_detected.mat wrong/features_and_partitions.mat
expect_exit 2 "is it GRID's" "$convert" grid wrong

echo "-- GRID"
mkdir -p grid/underground_reid
python3 "$here/write_mat.py" grid grid/underground_reid
expect_exit 0 '10 lists' "$convert" grid grid
list=grid/underground_reid/split_1.csv # person 2 trains
has 'probe/0002_3_a.jpeg,0002,3,train' $list
has 'gallery/0002_4_a.jpeg,0002,4,train' $list
has 'probe/0001_1_a.jpeg,0001,1,query' $list
has 'gallery/0000_8_a.jpeg,0000,8,gallery' $list
[[ $(wc -l <$list) == 8 ]] || fail "seven images and the header are expected"
finish
