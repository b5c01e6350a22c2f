#!/usr/bin/env python3
"""Markdown table of what upgrades do to a threshold, from records with the section `thresholds`; means over seeds.

  threshold_table.py PAGE NAME=FOLDER...     FOLDER is what `bcreid run --thresholds` wrote

Rows of other data and settings that the table of PAGE already holds are kept, before the new ones.
"""

import glob
import json
import os
import sys

from study_table import kept_rows, print_table

WANTED = 1e-3  # false accepts in old/old
HEADER = ["data", "setting", "method", "mAP gain", "FAR after", "FRR before", "FRR after", "FRR, FAR kept", "DIR before", "DIR after",
          "FPIR after"]


def transfer(transfers, wanted):
    return next((one for one in transfers if abs(one["wanted"] - wanted) < 1e-9 * wanted), None)


def figures(record):
    """By column of the table; none where the data allow no such threshold."""
    pairs = transfer(record["thresholds"]["pair_transfers"], WANTED)
    searches = transfer(record["thresholds"]["search_transfers"], 0.1)
    if pairs is None or searches is None:
        return None
    return [record["compatibility"]["gain"]["value"], pairs["after"]["far"], pairs["before"]["frr"], pairs["after"]["frr"], pairs["kept"]["frr"],
            searches["before"]["dir"], searches["after"]["dir"], searches["after"]["fpir"]]


def rows_of(name, folder):
    grouped = {}
    for path in sorted(glob.glob(os.path.join(folder, "records", "*.json"))):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        if "thresholds" not in record or "compatibility" not in record:
            continue
        found = figures(record)
        if found is not None:
            grouped.setdefault((record["setting"]["name"], record["method"]["name"]), []).append(found)
    for (setting, method), seeds in sorted(grouped.items(), key=lambda entry: (entry[0][0], -sum(seed[0] for seed in entry[1]) / len(entry[1]))):
        gain, far, *rates = [sum(column) / len(column) for column in zip(*seeds)]
        yield [name, f"`{setting}`", f"`{method}`", f"{100 * gain:+.1f}", f"{100 * far:.3f}", *(f"{100 * rate:.1f}" for rate in rates)]


def main():
    fresh = [row for argument in sys.argv[2:] for row in rows_of(*argument.split("=", 1))]
    print("Percent; FAR before is 0.1, FPIR before 10 (of searches, at their own threshold).\n")
    print_table(HEADER, 3, kept_rows(sys.argv[1], HEADER, fresh, 2) + fresh)


if __name__ == "__main__":
    main()
