#!/usr/bin/env python3
"""Markdown table of few-shot accuracies, from records with the section `episodes`.

  few_shot_table.py PAGE NAME=FOLDER...     FOLDER is what `bcreid run --episodes` wrote

Rows of other data that the table of PAGE already holds are kept, before the new ones.
"""

import glob
import json
import os
import statistics
import sys

from study_table import kept_rows, print_table

# Methods in the order of the table, and what they are called there.
LEARNERS = {
    "independent": "softmax and triplet, no episodes",
    "prototypical": "episodes, no pre-training",
    "prototypical-supervised": "supervised pre-training, then episodes",
    "prototypical-amdim": "SSL, then episodes",
    "prototypical-amdim-all": "SSL with more unlabelled data, then episodes",
}
HEADER = ["data", "learner", "method", "labelled images", "pre-training images", "5-way 1-shot", "5-way 5-shot", "mAP"]


def new_cell(cells):
    return next(cell for cell in cells if cell["query_model"] == cell["gallery_model"] == "new")


def mean_text(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return f"{100 * statistics.mean(values):.1f} ± {100 * deviation:.1f}"


def accuracy_text(records, shot):
    found = []
    for record in records:
        kind = next(kind for kind in record["episodes"]["kinds"] if (kind["way"], kind["shot"]) == (5, shot))
        found.append(new_cell(kind["cells"])["accuracy"])
    low, high = (100 * statistics.mean(one[bound] for one in found) for bound in ("low", "high"))
    return f"{mean_text([one['value'] for one in found])} [{low:.1f}, {high:.1f}]"


def row_of(name, method, records):
    models = [next(model for model in record["models"] if model["key"] == "new") for record in records]
    first = models[0]["notes"].get("starts_from")
    learned = [new_cell(record["cells"])["metrics"]["map_hits"]["value"] for record in records]
    return [name, LEARNERS[method], f"`{method}`", f"{models[0]['images']:,}", f"{first['images']:,}" if first else "",
            accuracy_text(records, 1), accuracy_text(records, 5), mean_text(learned)]


def rows_of(name, folder):
    by_method = {}
    for path in sorted(glob.glob(os.path.join(folder, "records", "*.json"))):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        if "episodes" in record:
            by_method.setdefault(record["method"]["name"], []).append(record)
    return [row_of(name, method, by_method[method]) for method in LEARNERS if method in by_method]


def main():
    fresh = [row for argument in sys.argv[2:] for row in rows_of(*argument.split("=", 1))]
    print("Per cent: mean ± deviation over three seeds; in brackets the mean of the seeds' intervals of 95 % over other people.\n")
    print_table(HEADER, 3, kept_rows(sys.argv[1], HEADER, fresh, 1) + fresh)


if __name__ == "__main__":
    main()
