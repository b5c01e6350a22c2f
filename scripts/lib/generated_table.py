#!/usr/bin/env python3
"""Markdown table of models that learned beside generated images, from records.

  generated_table.py PAGE FOLDER     FOLDER is what `bcreid run --methods independent,generated` wrote

Rows of other settings that the table of PAGE already holds are kept, before the new ones.
"""

import glob
import json
import os
import statistics
import sys

from study_table import kept_rows, print_table

BASELINE = "independent"
# Methods in the order of the table, and what they say of generated images.
LABELS = {
    BASELINE: "none are generated",
    "all-in-one": "one more class",
    "one-hot-pseudo": "whom it looks like most",
    "lsro": "anybody, equally",
    "mprl-static": "by rank, once (sMpRL)",
    "mprl-1": "by rank, always (dMpRL-I)",
    "mprl-2": "by rank, late and weakly (dMpRL-II)",
}
HEADER = ["setting", "a generated image is", "method", "new self mAP", "rank-1", "less the baseline's mAP", "better in"]


def new_self(record, metric):
    cell = next(cell for cell in record["cells"] if cell["query_model"] == cell["gallery_model"] == "new")
    return 100 * cell["metrics"][metric]["value"]


def text(values):
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def row_of(setting, method, by_seed, baseline):
    learned = {seed: new_self(record, "map_hits") for seed, record in by_seed.items()}
    first = [new_self(record, "cmc1") for record in by_seed.values()]
    row = [f"`{setting}`", LABELS[method], f"`{method}`", text(list(learned.values())), text(first)]
    if method == BASELINE:
        return row + ["", ""]
    differences = [learned[seed] - new_self(baseline[seed], "map_hits") for seed in learned]
    better = sum(difference > 0 for difference in differences)
    signed = ("+" if statistics.mean(differences) >= 0 else "") + text(differences)
    return row + [signed, f"{better} of {len(differences)} seeds"]


def main():
    page, folder = sys.argv[1:]
    records = {}
    for path in sorted(glob.glob(os.path.join(folder, "records", "*.json"))):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        records.setdefault(record["setting"]["name"], {}).setdefault(record["method"]["name"], {})[record["seed"]] = record
    fresh = [row_of(setting, method, of[method], of[BASELINE])
             for setting, of in records.items() for method in LABELS if method in of]
    cpus = sorted({model["notes"]["cpu"] for of in records.values() for by_seed in of.values() for record in by_seed.values()
                   for model in record["models"]})
    print("Per cent and points: mean ± deviation over three seeds; differences are taken seed by seed. "
          f"{', '.join(records)}: trained on {', '.join(cpus)}.\n")
    print_table(HEADER, 3, kept_rows(page, HEADER, fresh, 1) + fresh)


if __name__ == "__main__":
    main()
