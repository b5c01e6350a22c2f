#!/usr/bin/env python3
"""Keeps what a run measured as a small table of its own, one line a setting and method, so that it outlives the store and the machine.

  result_table.py FOLDER FILE.csv     FOLDER is what `bcreid run` wrote (leaderboard.json and records/)

Lines that FILE.csv already has stay where the run has no newer one of their setting and method, and where they were measured under
the same setting, profile, scoring and data: those that were not are dropped, and named on standard error.
Shares and differences of shares are written as percent and points; `_sd` is the sample deviation over seeds, empty where there is
one. An empty cell means that the row has no such figure.
"""

import csv
import json
import os
import sys

# Column: (query model, gallery model, metric) of a cell.
CELLS = {"old_self": ("old", "old", "map_hits"), "new_self": ("new", "new", "map_hits"), "new_rank1": ("new", "new", "cmc1"),
         "cross": ("new", "old", "map_hits"), "cross_rank1": ("new", "old", "cmc1"), "paragon_self": ("paragon", "paragon", "map_hits")}
# Column: value of the section `compatibility`.
VALUES = {"p_up": "p_up", "p_comp": "p_comp", "p_1": "p_1", "negative_flips": "deployment.nfr1", "backfill": "backfill.random.area"}
CONDITIONS = ["setting_revision", "profile", "profile_revision", "scoring_revision", "data"]
COLUMNS = (["setting"] + CONDITIONS + ["method", "method_revision", "seeds"]
           + [column + end for column in list(CELLS) + list(VALUES) for end in ("", "_sd")]
           + ["cross_low", "cross_high", "random", "gain", "gain_low", "gain_high", "update_gain", "verdict", "cpu"])


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def cell(record, query, gallery):
    for one in record["cells"]:
        if (one["query_model"], one["gallery_model"]) == (query, gallery):
            return one["metrics"]
    return {}


def percent(value):
    return "" if value is None else f"{100 * value:.2f}"


def mean_and_deviation(values):
    values = [value for value in values if value is not None]
    if not values:
        return "", ""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return percent(mean), ""
    return percent(mean), percent((sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5)


def line_of(table, row, records):
    """One row of a leaderboard as a line; none where it has no cross-test."""
    cross = [cell(record, "new", "old").get("map_hits") for record in records]
    if any(one is None for one in cross):
        return None
    line = {"setting": table["setting"]["name"], "setting_revision": table["setting"]["revision"], "profile": table["profile"]["name"],
            "profile_revision": table["profile"]["revision"], "scoring_revision": table["scoring"]["revision"],
            "data": " ".join(f"{role}={data['reference']}@{data['hash'][:8]}" for role, data in sorted(table["data"].items())),
            "method": row["method"]["name"], "method_revision": row["method"]["revision"], "seeds": len(row["seeds"])}
    for column, (query, gallery, metric) in CELLS.items():
        line[column], line[column + "_sd"] = mean_and_deviation([cell(record, query, gallery).get(metric, {}).get("value") for record in records])
    for column, name in VALUES.items():
        line[column], line[column + "_sd"] = mean_and_deviation(
            [record.get("compatibility", {}).get("values", {}).get(name, {}).get("value") for record in records])
    if all("low" in one for one in cross):  # the widest of the seeds' intervals: what a claim about all of them must hold against
        line["cross_low"], line["cross_high"] = percent(min(one["low"] for one in cross)), percent(max(one["high"] for one in cross))
    line["random"] = mean_and_deviation([record["reference_floor"].get("random_map") for record in records])[0]
    gain, update = row["gain"], row.get("update_gain")
    line.update(gain=percent(gain["mean"]), gain_low=percent(gain.get("low")), gain_high=percent(gain.get("high")),
                update_gain=f"{update['mean']:.3f}" if update else "", verdict=row["verdict"])
    line["cpu"] = " / ".join(sorted({model["notes"]["cpu"] for record in records for model in record["models"] if "cpu" in model["notes"]}))
    return line


def lines_of(folder):
    for table in read(os.path.join(folder, "leaderboard.json"))["tables"]:
        for row in table["rows"] + table["apart"]:
            line = line_of(table, row, [read(os.path.join(folder, path)) for path in row["records"]])
            if line:
                yield line


def kept_lines(path, lines):
    """What FILE.csv had and may keep beside these lines."""
    if not os.path.exists(path):
        return []
    conditions = lambda line: [str(line[column]) for column in CONDITIONS]
    now = {line["setting"]: conditions(line) for line in lines}
    again = {(line["setting"], line["method"]) for line in lines}
    kept = []
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if (line["setting"], line["method"]) in again:
                continue
            if conditions(line) == now.get(line["setting"], conditions(line)):
                kept.append(line)
            else:
                print(f"result_table.py: {path}: dropped {line['method']} in {line['setting']}, which was measured under other conditions.",
                      file=sys.stderr)
    return kept


def main():
    folder, path = sys.argv[1:]
    lines = list(lines_of(folder))
    if not lines:
        sys.exit(f"result_table.py: {folder}: no row has a cross-test, so there is nothing to keep.")
    lines = sorted(lines + kept_lines(path, lines), key=lambda line: (line["setting"], -float(line["cross"]), line["method"]))
    with open(path + ".new", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
