#!/usr/bin/env python3
"""Draws what a method keeps of the new model's own accuracy against what it reaches on old features, one panel a setting, as SVG.

  pareto_plot.py OUT.svg FILE.csv...     what scripts/lib/result_table.py kept
"""

import html
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from methods_table import number, tables_of  # noqa: E402

PANEL, GAP, LEFT, TOP = 380, 40, 60, 40
COLUMNS = 2
LEAST = 0.5  # rows whose cross mAP is below this share of the old model's are left out: they would squeeze the others together
STYLE = ("svg{background:#fff} text{font:11px sans-serif;fill:#222} .title{font-weight:bold} .tick{fill:#666} .frame{fill:none;stroke:#999} "
         ".old{stroke:#999;stroke-dasharray:4 3} .best{fill:#1a6bb0} .other{fill:#bbb} .name{font-size:9px}")
NOTES = ["Right: new self mAP. Up: cross mAP. Dashed: the old model's own mAP, and the paragon's.",
         "Blue: no other method is better in both. Named: these, and those that are compatible.",
         "Left out: cross below half of the old model's."]
LABEL = 9  # height of a name in pixels


def ticks(low, high):
    step = 10 if high - low > 25 else 5
    first = int(low // step + 1) * step
    return range(first, int(high) + 1, step)


def front(points):
    """Methods that no other one beats in both."""
    beats = lambda a, b: a[0] >= b[0] and a[1] >= b[1] and a[:2] != b[:2]
    return {point[2] for point in points if not any(beats(other, point) for other in points)}


class Scale:
    def __init__(self, points, old, paragon, left, top):
        xs, ys = [p[0] for p in points] + [old, paragon], [p[1] for p in points] + [old]
        self.x_low, self.x_high, self.y_low, self.y_high = min(xs) - 2, max(xs) + 4, min(ys) - 2, max(ys) + 3
        self.left, self.top = left, top

    def x(self, value):
        return self.left + (value - self.x_low) / (self.x_high - self.x_low) * PANEL

    def y(self, value):
        return self.top + PANEL - (value - self.y_low) / (self.y_high - self.y_low) * PANEL


def median(values):
    return sorted(values)[len(values) // 2]


def axes(setting, scale, old, paragon):
    left, top = scale.left, scale.top
    out = [f'<rect x="{left}" y="{top}" width="{PANEL}" height="{PANEL}" class="frame"/>',
           f'<text x="{left}" y="{top - 10}" class="title">{html.escape(setting)}</text>',
           f'<line x1="{left}" x2="{left + PANEL}" y1="{scale.y(old):.1f}" y2="{scale.y(old):.1f}" class="old"/>',
           f'<line x1="{scale.x(paragon):.1f}" x2="{scale.x(paragon):.1f}" y1="{top}" y2="{top + PANEL}" class="old"/>']
    out += [f'<text x="{scale.x(value):.1f}" y="{top + PANEL + 14}" class="tick" text-anchor="middle">{value}</text>'
            for value in ticks(scale.x_low, scale.x_high)]
    out += [f'<text x="{left - 5}" y="{scale.y(value) + 3:.1f}" class="tick" text-anchor="end">{value}</text>'
            for value in ticks(scale.y_low, scale.y_high)]
    return out


def panel(setting, lines, left, top):
    shown = [line for line in lines if number(line, "cross") >= LEAST * number(line, "old_self")]
    points = [(number(line, "new_self"), number(line, "cross"), line["method"]) for line in shown]
    # The old model of a few methods is their own (recipe key earlier_base): the line is that of the others.
    old = median([number(line, "old_self") for line in lines])
    paragon = median([number(line, "paragon_self") for line in lines if line["paragon_self"]] or [old])
    scale = Scale(points, old, paragon, left, top)
    out, best = axes(setting, scale, old, paragon), front(points)
    for new, cross, name in sorted(points, key=lambda point: point[2] in best):
        x, y = scale.x(new), scale.y(cross)
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{"best" if name in best else "other"}">'
                   f"<title>{html.escape(name)}: new self {new:.1f}, cross {cross:.1f}</title></circle>")
    named = best | {line["method"] for line in shown if line["verdict"] == "yes"}
    return out + labels([(scale.x(new), scale.y(cross), name) for new, cross, name in points if name in named], left)


def labels(places, left):
    """Names beside their circles, moved up or down where they would lie on others."""
    out, taken = [], []
    for x, y, name in sorted(places, key=lambda place: place[1]):
        at_end = x > left + PANEL - 90
        begin = x - 6 - 5 * len(name) if at_end else x + 6
        free = lambda line: not any(abs(line - other) < LABEL and begin < end and start < begin + 5 * len(name) for start, end, other in taken)
        line = next((y + 3 + shift for step in range(20) for shift in (2 * step, -2 * step) if free(y + 3 + shift)), y + 3)
        taken.append((begin, begin + 5 * len(name), line))
        out.append(f'<text x="{x - 6 if at_end else x + 6:.1f}" y="{line:.1f}" class="name" text-anchor="{"end" if at_end else "start"}">'
                   f"{html.escape(name)}</text>")
    return out


def picture(tables):
    lines = []
    for i, (setting, rows) in enumerate(tables.items()):
        lines += panel(setting, rows, LEFT + i % COLUMNS * (PANEL + LEFT + GAP), TOP + i // COLUMNS * (PANEL + TOP + GAP))
    width = max(min(COLUMNS, len(tables)) * (PANEL + LEFT + GAP), 620)
    height = (len(tables) + COLUMNS - 1) // COLUMNS * (PANEL + TOP + GAP) + 14 * len(NOTES) + 10
    notes = "\n".join(f'<text x="{LEFT}" y="{height - 14 * (len(NOTES) - i) + 6}" class="tick">{note}</text>' for i, note in enumerate(NOTES))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">'
            f"<title>New self against cross mAP, by setting</title><style>{STYLE}</style>\n" + "\n".join(lines) +
            f"\n{notes}</svg>\n")


def main():
    out, *files = sys.argv[1:]
    with open(out, "w", encoding="utf-8") as file:
        file.write(picture(tables_of(files)))


if __name__ == "__main__":
    main()
