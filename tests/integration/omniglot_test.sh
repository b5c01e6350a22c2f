#!/usr/bin/env bash
# Real handwriting as re-identification: a drawn miniature of the layout always, the real archive where BCR_OMNIGLOT names it.
set -euo pipefail
bcreid=${BCR_BINARY:?set BCR_BINARY to the bcreid binary}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Two alphabets x 8 characters x 20 drawers; a character is a few strokes, a drawer shifts them.
python3 - "$work/mini" <<'PY'
import os, random, struct, sys, zlib

def png(path, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    height, width = len(rows), len(rows[0])
    body = b"".join(b"\0" + bytes(row) for row in rows)
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)))
        out.write(chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))

for a, alphabet in enumerate(("Alpha", "Beta")):
    for c in range(8):
        strokes = random.Random(a * 100 + c)
        boxes = [(strokes.randrange(4, 28), strokes.randrange(4, 28), strokes.randrange(3, 14)) for _ in range(4)]
        folder = f"{sys.argv[1]}/{alphabet}/character{c + 1:02d}"
        os.makedirs(folder)
        for drawer in range(1, 21):
            jitter = random.Random(a * 10000 + c * 100 + drawer)
            dx, dy = jitter.randrange(-2, 3), jitter.randrange(-2, 3)
            rows = [[255] * 40 for _ in range(40)]
            for i, (x, y, length) in enumerate(boxes):
                for step in range(length):
                    px, py = (x + step, y) if i % 2 else (x, y + step)
                    rows[max(0, min(39, py + dy))][max(0, min(39, px + dx))] = 0
            png(f"{folder}/{a:02d}{c:02d}_{drawer:02d}.png", rows)
PY

echo "-- a drawn miniature, all five settings"
"$bcreid" run --profile smoke --store "$work/store" --quiet --methods independent,l2,bct \
  --target "omniglot:$work/mini,alphabets=Alpha" --source "omniglot:$work/mini,alphabets=Beta" --out "$work/mini-out" >/dev/null
[[ $(find "$work/mini-out/records" -maxdepth 1 -name '*.json' | wc -l) == 15 ]] || { echo "FAILED: not 15 records"; exit 1; }

if [[ -z ${BCR_OMNIGLOT:-} ]]; then
  echo "-- the real archive: skipped, BCR_OMNIGLOT does not name it"
  exit 0
fi
echo "-- the real archive, one setting"
"$bcreid" run --store "$work/store" --quiet --settings in-domain-data --methods independent,l2 --set profile.epochs=8 \
  --target "omniglot:$BCR_OMNIGLOT,alphabets=Greek+Korean+Latin" \
  --source "omniglot:$BCR_OMNIGLOT,alphabets=Balinese+Early_Aramaic" --out "$work/real-out" >"$work/table"
cat "$work/table"
python3 - "$work/real-out/records" <<'PY'
import json, sys
record = json.load(open(sys.argv[1] + "/in-domain-data.independent.quick.seed1.json"))
assert record["status"] == "ok" and record["data"]["target"]["counts"]["train"]["identities"] > 0
cell = {(c["query_model"], c["gallery_model"]): c["metrics"]["map_hits"]["value"] for c in record["cells"]}
assert cell["new", "new"] > 5 * record["reference_floor"]["random_map"], "a trained model is no better than random features"
assert cell["new", "old"] < cell["old", "old"], "independent models cannot be compatible"
PY
echo "omniglot_test: all passed"
