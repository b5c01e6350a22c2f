#!/usr/bin/env python3
"""Markdown tables of what scripts/lib/result_table.py kept.

  methods_table.py FILE.csv...                 one table a setting, best cross mAP first
  methods_table.py --summary FILE.csv...       one line a method, one column a setting: gain on old features, and what it costs
  methods_table.py --requirements FILE.csv...  what an incompatible model is worth, and whether l2 or bct does better
"""

import argparse
import csv
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADER = ["method", "old self", "new self", "rank-1", "cross", "rank-1", "gain", "upd.g", "P_up", "P_comp", "P_1", "neg. flips", "backfill",
          "compatible?"]


def tables_of(paths):
    """{setting: lines}, in the order of the files."""
    tables = {}
    for path in paths:
        with open(path, encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                tables.setdefault(line["setting"], []).append(line)
    return tables


def number(line, column):
    return float(line[column]) if line[column] else None


def spread(line, column):
    if not line[column]:
        return "-"
    deviation = f"±{number(line, column + '_sd'):.1f}" if line[column + "_sd"] else ""
    return f"{number(line, column):.1f}{deviation}"


def signed(line, column):
    return f"{number(line, column):+.1f}"


def cells(line):
    bounds = f" [{signed(line, 'gain_low')}, {signed(line, 'gain_high')}]" if line["gain_low"] else ""
    return [spread(line, "old_self"), spread(line, "new_self"), spread(line, "new_rank1"), spread(line, "cross"), spread(line, "cross_rank1"),
            signed(line, "gain") + bounds, f"{number(line, 'update_gain'):.2f}" if line["update_gain"] else "-",
            *(spread(line, name) for name in ("p_up", "p_comp", "p_1", "negative_flips", "backfill")), line["verdict"]]


def ran_on(lines):
    return "; ".join(sorted({cpu for line in lines for cpu in line["cpu"].split(" / ") if cpu}))


def counted(seeds):
    return f"{seeds} seed{'' if seeds == 1 else 's'}"


def print_table(setting, lines):
    first, seeds, cpu = lines[0], max(int(line["seeds"]) for line in lines), ran_on(lines)
    print(f"### {setting} r{first['setting_revision']}\n")
    print(f"Profile {first['profile']} r{first['profile_revision']}, scoring r{first['scoring_revision']}, data {first['data']}, "
          f"{counted(seeds)}" + (f"; trained on {cpu}" if cpu else "") + ".\n")
    print("| " + " | ".join(HEADER) + " |")
    print("|---|" + "---:|" * (len(HEADER) - 2) + "---|")
    for line in lines:
        note = f" ({counted(int(line['seeds']))})" if int(line["seeds"]) != seeds else ""
        print("| " + " | ".join([f"`{line['method']}`{note}"] + cells(line)) + " |")
    print()


def family_of(method):
    with open(os.path.join(ROOT, "methods", "recipes", method + ".json"), encoding="utf-8") as file:
        return json.load(file)["family"]


def summary_cell(line):
    """Gain, bold where the row is compatible; and the new model's own mAP against the same model trained alone."""
    if line is None:
        return "-"
    gain = signed(line, "gain")
    cost = f" ({number(line, 'new_self') - number(line, 'paragon_self'):+.1f})" if line["paragon_self"] else ""
    return (f"**{gain}**" if line["verdict"] == "yes" else gain) + cost


def print_summary(tables):
    by_method = {}
    for setting, lines in tables.items():
        for line in lines:
            by_method.setdefault(line["method"], {})[setting] = line
    gain = lambda lines: sum(number(line, "gain") for line in lines.values()) / len(lines)
    compatible = lambda lines: sum(line["verdict"] == "yes" for line in lines.values())
    order = sorted(by_method, key=lambda method: (-len(by_method[method]), -gain(by_method[method]), method))
    print("| method | family | " + " | ".join(f"`{setting}`" for setting in tables) + " | mean gain | compatible in |")
    print("|---|---|" + "---:|" * (len(tables) + 2))
    for method in order:
        lines = by_method[method]
        print(f"| `{method}` | {family_of(method)} | " + " | ".join(summary_cell(lines.get(setting)) for setting in tables) +
              f" | {gain(lines):+.1f} | {compatible(lines)} of {len(lines)} |")


def print_requirements(tables):
    print("| setting | cross of random features | cross of `independent` | ratio | best of `l2`, `bct` minus `independent` | intervals apart |")
    print("|---|---|---|---|---|---|")
    for setting, lines in sorted(tables.items()):
        by_method = {line["method"]: line for line in lines}
        if not {"independent", "l2", "bct"} <= set(by_method):
            continue
        alone, best = by_method["independent"], max((by_method["l2"], by_method["bct"]), key=lambda line: number(line, "cross"))
        apart = number(best, "cross_low") > number(alone, "cross_high")
        print(f"| `{setting}` | {alone['random']} | {alone['cross']} | {number(alone, 'cross') / number(alone, 'random'):.2f} | "
              f"`{best['method']}` {number(best, 'cross') - number(alone, 'cross'):+.1f} | {'yes' if apart else 'no'} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--summary", action="store_true")
    parser.add_argument("--requirements", action="store_true")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    tables = tables_of(arguments.files)
    if arguments.summary:
        print_summary(tables)
    elif arguments.requirements:
        print_requirements(tables)
    else:
        for setting, lines in tables.items():
            print_table(setting, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
