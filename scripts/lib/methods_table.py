#!/usr/bin/env python3
"""Tables of methods from a folder that `bcreid run` wrote (leaderboard.json and records/): one a setting, best cross mAP first.

  methods_table.py FOLDER [--picture FILE.svg]

Percent and points, means over seeds; +- is the sample deviation. --picture also draws what a method keeps of the new model's own
accuracy against what it reaches on old features, one panel a setting.
"""

import argparse
import html
import json
import os

HEADER = ["method", "old self", "new self", "rank-1", "cross", "rank-1", "gain", "upd.g", "P_up", "P_comp", "P_1", "neg. flips", "backfill",
          "compatible?"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def cell(record, query, gallery, metric):
    for one in record["cells"]:
        if (one["query_model"], one["gallery_model"]) == (query, gallery):
            return one["metrics"].get(metric, {}).get("value")
    return None


def figure(record, name):
    return record["compatibility"]["values"].get(name, {}).get("value")


def spread(values, factor=100, digits=1):
    """Mean and deviation of the seeds that have the figure; a dash where none has."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    mean = sum(values) / len(values)
    if len(values) < 2:
        return f"{factor * mean:.{digits}f}"
    deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return f"{factor * mean:.{digits}f}±{factor * deviation:.{digits}f}"


def mean_of(values):
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


class Row:
    def __init__(self, folder, row):
        self.records = [read(os.path.join(folder, path)) for path in row["records"]]
        self.row = row
        self.name = row["method"]["name"]
        self.seeds = len(row["seeds"])
        self.old, self.new, self.cross = (self.mean("old", "old"), self.mean("new", "new"), self.mean("new", "old"))
        self.paragon = self.mean("paragon", "paragon")

    def mean(self, query, gallery):
        return mean_of([cell(record, query, gallery, "map_hits") for record in self.records])

    def cells(self):
        of = lambda query, gallery, metric: spread([cell(record, query, gallery, metric) for record in self.records])
        value = lambda name: spread([figure(record, name) for record in self.records])
        gain = self.row["gain"]
        bounds = f" [{100 * gain['low']:+.1f}, {100 * gain['high']:+.1f}]" if "low" in gain else ""
        update = self.row.get("update_gain")
        return [f"`{self.name}`", of("old", "old", "map_hits"), of("new", "new", "map_hits"), of("new", "new", "cmc1"),
                of("new", "old", "map_hits"), of("new", "old", "cmc1"), f"{100 * gain['mean']:+.1f}{bounds}",
                f"{update['mean']:.2f}" if update else "-", value("p_up"), value("p_comp"), value("p_1"), value("deployment.nfr1"),
                value("backfill.random.area"), self.row["verdict"]]


def rows_of(folder, table):
    rows = [Row(folder, row) for row in table["rows"] + table["apart"] if row.get("cross")]
    return sorted(rows, key=lambda row: -row.cross)


def print_table(table, rows):
    data = ", ".join(f"{role} {entry['reference']} ({entry['hash'][:8]})" for role, entry in table["data"].items())
    print(f"### {table['setting']['name']} r{table['setting']['revision']}\n")
    print(f"Profile {table['profile']['name']} r{table['profile']['revision']}, scoring r{table['scoring']['revision']}, "
          f"data {data}, {max(row.seeds for row in rows)} seeds.\n")
    print("| " + " | ".join(HEADER) + " |")
    print("|---|" + "---:|" * (len(HEADER) - 2) + "---|")
    for row in rows:
        note = f" ({row.seeds} seeds)" if row.seeds != max(other.seeds for other in rows) else ""
        cells = row.cells()
        print("| " + " | ".join([cells[0] + note] + cells[1:]) + " |")
    print()


PANEL, GAP, LEFT, TOP = 300, 40, 60, 40
LEAST = 0.5  # rows whose cross mAP is below this share of the old model's are left out: they would squeeze the others together


def ticks(low, high):
    step = 10 if high - low > 25 else 5
    first = int(low // step + 1) * step
    return range(first, int(high) + 1, step)


def front(rows):
    """Methods that no other one beats in both."""
    return {row.name for row in rows if not any(other.new >= row.new and other.cross >= row.cross and (other.new, other.cross) != (row.new, row.cross)
                                                for other in rows)}


def panel(table, rows, left, top):
    """One setting as SVG: new self to the right, cross upwards; lines at the old model and the paragon."""
    shown = [row for row in rows if row.cross >= LEAST * row.old]
    points = [(100 * row.new, 100 * row.cross, row.name) for row in shown]
    old, paragon = 100 * rows[0].old, 100 * (rows[0].paragon or rows[0].old)
    xs, ys = [p[0] for p in points] + [old, paragon], [p[1] for p in points] + [old]
    x_low, x_high, y_low, y_high = min(xs) - 2, max(xs) + 4, min(ys) - 2, max(ys) + 3
    x = lambda value: left + (value - x_low) / (x_high - x_low) * PANEL
    y = lambda value: top + PANEL - (value - y_low) / (y_high - y_low) * PANEL
    out = [f'<rect x="{left}" y="{top}" width="{PANEL}" height="{PANEL}" class="frame"/>',
           f'<text x="{left}" y="{top - 10}" class="title">{html.escape(table["setting"]["name"])}</text>',
           f'<line x1="{left}" x2="{left + PANEL}" y1="{y(old):.1f}" y2="{y(old):.1f}" class="old"/>',
           f'<line x1="{x(paragon):.1f}" x2="{x(paragon):.1f}" y1="{top}" y2="{top + PANEL}" class="old"/>']
    for value in ticks(x_low, x_high):
        out.append(f'<text x="{x(value):.1f}" y="{top + PANEL + 14}" class="tick" text-anchor="middle">{value}</text>')
    for value in ticks(y_low, y_high):
        out.append(f'<text x="{left - 5}" y="{y(value) + 3:.1f}" class="tick" text-anchor="end">{value}</text>')
    best = front(rows)
    for new, cross, name in points:
        kind = "best" if name in best else "other"
        out.append(f'<circle cx="{x(new):.1f}" cy="{y(cross):.1f}" r="3.5" class="{kind}"><title>{html.escape(name)}: '
                   f'new self {new:.1f}, cross {cross:.1f}</title></circle>')
        if name in best:
            anchor = "end" if x(new) > left + PANEL - 90 else "start"
            shift = -6 if anchor == "end" else 6
            out.append(f'<text x="{x(new) + shift:.1f}" y="{y(cross) - 5:.1f}" class="name" text-anchor="{anchor}">{html.escape(name)}</text>')
    return out


def picture(tables):
    columns = 2
    lines = []
    for i, (table, rows) in enumerate(tables):
        lines += panel(table, rows, LEFT + i % columns * (PANEL + LEFT + GAP), TOP + i // columns * (PANEL + TOP + GAP))
    width = columns * (PANEL + LEFT + GAP)
    height = (len(tables) + columns - 1) // columns * (PANEL + TOP + GAP) + 24
    style = ("svg{background:#fff} text{font:11px sans-serif;fill:#222} .title{font-weight:bold} .tick{fill:#666} .frame{fill:none;stroke:#999} "
             ".old{stroke:#999;stroke-dasharray:4 3} .best{fill:#1a6bb0} .other{fill:#bbb}")
    note = ("Right: new self mAP. Up: cross mAP. Dashed: the old model's own mAP, and the paragon's. Named: no other method is better in both. "
            "Left out: cross below half of the old model's.")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">'
            f"<title>New self against cross mAP, by setting</title><style>{style}</style>\n" + "\n".join(lines) +
            f'\n<text x="{LEFT}" y="{height - 8}" class="tick">{note}</text></svg>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--picture")
    arguments = parser.parse_args()
    tables = []
    for table in read(os.path.join(arguments.folder, "leaderboard.json"))["tables"]:
        rows = rows_of(arguments.folder, table)
        if rows:
            print_table(table, rows)
            tables.append((table, rows))
    if arguments.picture:
        with open(arguments.picture, "w", encoding="utf-8") as file:
            file.write(picture(tables))


if __name__ == "__main__":
    main()
