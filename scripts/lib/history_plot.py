#!/usr/bin/env python3
"""Draws figures of training, epoch by epoch, from the records of a run and the models in its store, as an SVG file.

  history_plot.py RESULTS STORE FILE.svg FIGURE=TITLE...

One column a setting, one row a figure (rbcl.live_share=...), one line a method: the mean over seeds of the upgrade's new model.
"""

import glob
import html
import json
import os
import sys

PANEL_W, PANEL_H, LEFT, TOP, LEGEND = 230, 150, 62, 40, 150
COLOURS = ["#1a6bb0", "#c4501b", "#2e8540", "#7b3fa0", "#b8860b", "#008b8b", "#a0303a", "#555555", "#d45ba8", "#6b8e23", "#3b4cc0", "#8b5a2b"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def models_by_hash(store):
    models = {}
    for path in glob.glob(os.path.join(store, "models", "*", "model.json")):
        model = read(path)
        models[model["weights_hash"]] = model["training"]["history"]
    return models


def curves(records, models, figure):
    """{setting: {method: mean over seeds, by epoch}}, in the order of the records."""
    found = {}
    for record in records:
        new = record["upgrade"]["new"] if "upgrade" in record else "new"
        of_model = [model["weights_hash"] for model in record["models"] if model["key"] == new]
        history = models.get(of_model[0], []) if of_model else []
        values = [entry[figure] for entry in history if figure in entry]
        if values:
            found.setdefault(record["setting"]["name"], {}).setdefault(record["method"]["name"], []).append(values)
    return {setting: {method: [sum(epoch) / len(epoch) for epoch in zip(*seeds)] for method, seeds in methods.items()}
            for setting, methods in found.items()}


def bounds(curves_of):
    values = [v for methods in curves_of.values() for line in methods.values() for v in line]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def panel(methods, colour_of, box, limits, title):
    left, top = box
    low, high = limits
    out = [f'<rect x="{left}" y="{top}" width="{PANEL_W}" height="{PANEL_H}" class="frame"/>']
    if title:
        out.append(f'<text x="{left}" y="{top - 8}" class="title">{html.escape(title)}</text>')
    y = lambda value: top + PANEL_H * (1 - (value - low) / (high - low))
    for share in (0, 0.5, 1):
        value = low + share * (high - low)
        out.append(f'<text x="{left - 4}" y="{y(value) + 4:.1f}" class="tick" text-anchor="end">{value:.3g}</text>')
    for method, line in methods.items():
        step = PANEL_W / max(len(line) - 1, 1)
        points = " ".join(f"{left + i * step:.1f},{y(value):.1f}" for i, value in enumerate(line))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour_of[method]}" stroke-width="1.5">'
                   f'<title>{html.escape(method)}</title></polyline>')
    return out


def draw(results, store, figures):
    records = [read(path) for path in sorted(glob.glob(os.path.join(results, "records", "*.json")))]
    models = models_by_hash(store)
    tables = [(title, curves(records, models, figure)) for figure, title in figures]
    for title, table in tables:
        if not table:
            sys.exit(f"history_plot: no figure for `{title}` in the models of {results}")
    return picture(tables, "Figures of training by epoch")


def picture(tables, about):
    """`tables`: [(title, {setting: {method: values by epoch}})]; a row of panels each."""
    settings = sorted({setting for _, table in tables for setting in table})
    methods = sorted({method for _, table in tables for of in table.values() for method in of})
    colour_of = {method: COLOURS[i % len(COLOURS)] for i, method in enumerate(methods)}
    width, height = LEFT + len(settings) * (PANEL_W + LEFT) + LEGEND, TOP + len(tables) * (PANEL_H + TOP)
    out = []
    for row, (title, table) in enumerate(tables):
        top = TOP + row * (PANEL_H + TOP)
        for column, setting in enumerate(settings):
            box = (LEFT + column * (PANEL_W + LEFT), top)
            out += panel(table.get(setting, {}), colour_of, box, bounds(table), f"{title}, {setting}" if setting else title)
    for i, method in enumerate(methods):
        y = TOP + 14 * i + 8
        x = LEFT + len(settings) * (PANEL_W + LEFT)
        out.append(f'<line x1="{x}" x2="{x + 18}" y1="{y}" y2="{y}" stroke="{colour_of[method]}" stroke-width="2"/>'
                   f'<text x="{x + 24}" y="{y + 4}">{html.escape(method)}</text>')
    style = "svg{background:#fff} text{font:11px sans-serif;fill:#222} .title{font-weight:bold} .tick{fill:#666} .frame{fill:none;stroke:#999}"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">'
            f"<title>{html.escape(about)}</title><style>{style}</style>\n" + "\n".join(out) + "\n</svg>\n")


def main():
    if len(sys.argv) < 5 or any("=" not in figure for figure in sys.argv[4:]):
        sys.exit(__doc__)
    results, store, path = sys.argv[1:4]
    text = draw(results, store, [figure.split("=", 1) for figure in sys.argv[4:]])
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
