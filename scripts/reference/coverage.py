#!/usr/bin/env python3
"""How often bcreid's 95 % intervals hold the truth, and how often its words err, by simulation.

  scripts/reference/coverage.py --simulator build/tests/coverage/coverage_sim [--quick] [--update]

Runs the project's own statistics: `coverage_sim` (tests/coverage) draws test sets, scores them and prints every figure
with its interval, word and p-value; this script knows what is true of them, counts, and prints tables with standard
errors. --update puts them into reports/STATISTICS.md. --quick draws a tenth of the sets. --jobs N runs N simulators.
"""

import argparse
import collections
import concurrent.futures
import math
import os
import subprocess
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
sys.dont_write_bytecode = True

from docs_block import replace_block  # noqa: E402
SETS = {10: 1000, 30: 2000, 100: 1000, 300: 500}  # of equal models; half as many in the other tables
NOISE = {"easy": 0.25, "medium": 0.6, "hard": 1.2}
BETTER = 0.8  # noise of a better new model, as a multiple

Case = collections.namedtuple("Case", "table identities shape level noise new_noise distractors")


def cases():
    for table, factor, distractors in (("equal", 1.0, 400), ("better", BETTER, 400), ("redrawn", 1.0, 0)):
        for identities in SETS:
            if table != "equal" and identities == 300:
                continue
            for shape in ("even", "uneven"):
                for level, noise in NOISE.items():
                    if table == "redrawn" and level == "easy":
                        noise = 0.4  # without other people's images the list is shorter and everything easier
                    yield Case(table, identities, shape, level, noise, factor * noise, distractors)


class Figure:
    """What the simulated sets say of one figure, as arrays over sets; NaN where there is no such number."""

    def __init__(self, rows):
        number = lambda text: math.nan if text == "-" else float(text)
        self.value, self.low, self.high, self.p = (np.array([number(row[i]) for row in rows]) for i in (0, 1, 2, 4))
        self.word = np.array([row[3] for row in rows])
        self.flagged = np.array([row[5] == "1" for row in rows])


def simulate(simulator, case, sets):
    command = [simulator, str(case.identities), case.shape, str(case.noise), str(case.new_noise), str(case.distractors),
               str(sets), "1"]
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    rows = collections.defaultdict(list)
    for line in out.splitlines():
        name, *fields = line.split("\t")
        rows[name].append(fields)
    return {name: Figure(fields) for name, fields in rows.items()}


def truths(case, figures):
    """The expectation of every figure. Sets are drawn alike, so means over them are it; a ratio's truth is the ratio of
    the truths of its parts, and models that differ in their draws alone have no gain."""
    mean = {name: float(np.nanmean(figure.value)) for name, figure in figures.items()}
    for name in mean:
        if name.startswith("compare.") or (name.endswith("gain") and case.new_noise == case.noise):
            mean[name] = 0.0
    old, gain, new = mean["map_hits"], mean["map_hits.gain"], mean["new_self"]
    mean["relative_gain"] = gain / old
    mean["upper_bound_fraction"] = (old + gain) / new
    equal = case.new_noise == case.noise
    mean["update_gain"] = math.nan if equal else gain / (new - old)  # no paragon that is better: no truth
    mean["trust"] = 1 - mean["nfr"] / mean["cmc1"]
    mean["error_overlap"] = 1 - mean["nfr"] / max(1e-12, 1 - mean["cmc1"] - mean["cmc1.gain"])
    return mean


# Regularised incomplete beta function by its continued fraction (Press et al., Numerical Recipes, 6.4), over arrays.
def incomplete_beta(a, b, x):
    swap = x > (a + 1) / (a + b + 2)
    a, b, x = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, 1 - x, x)
    log_gamma = np.vectorize(math.lgamma)
    with np.errstate(divide="ignore"):
        front = np.exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * np.log(x) + b * np.log1p(-x)) / a
    tiny = 1e-300
    c, d = np.ones_like(x), 1 / np.maximum(1 - (a + b) * x / (a + 1), tiny)
    h = d.copy()
    for m in range(1, 200):
        for step in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 + step * d
            d = 1 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1 + step / np.where(np.abs(c) < tiny, tiny, c)
            h = h * d * c
        if np.all(np.abs(d * c - 1) < 1e-9):
            break
    return np.where(swap, 1 - front * h, front * h)


def ideal_width(figure, truth):
    """Mean width of the mid-P interval (Lancaster 1961) of a share that is told the true number of independent queries:
    what is left to a procedure that must learn it from the data is to be wider."""
    spread = float(np.var(figure.value))
    if not 0 < truth < 1 or spread == 0:
        return math.nan
    n = truth * (1 - truth) / spread
    values, counts = np.unique(np.round(figure.value * n, 6), return_counts=True)

    def mid(p):
        upper = np.where(values > 0, incomplete_beta(np.maximum(values, 1e-9), n - values + 1, p), 1.0)
        lower = np.where(values < n, incomplete_beta(values + 1, np.maximum(n - values, 1e-9), p), 0.0)
        return (upper + lower) / 2

    ends = []
    for target in (0.025, 0.975):
        low, high = np.full_like(values, 1e-12), np.full_like(values, 1 - 1e-12)
        for _ in range(25):
            middle = (low + high) / 2
            below = mid(middle) < target
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        ends.append((low + high) / 2)
    return float(np.average(ends[1] - ends[0], weights=counts))


SHARES = {"cmc1", "cmc5", "cmc10", "nfr", "pfr", "ap_drop_rate"}


def coverage(figure, truth):
    """(covered, missed above the truth, missed below it), fractions of the sets that have an interval."""
    has = ~np.isnan(figure.low)
    if not has.any():
        return math.nan, math.nan, math.nan
    too_high = (figure.low[has] > truth + 1e-9).mean()
    too_low = (figure.high[has] < truth - 1e-9).mean()
    return 1 - too_high - too_low, too_high, too_low


def cell(figure, truth, name):
    covered, high, low = coverage(figure, truth)
    if math.isnan(covered) or math.isnan(truth):
        return "-"
    text = f"{100 * covered:.1f}"
    if covered < 0.935 or (covered > 0.965 and name not in SHARES):
        text += f" ({100 * high:.0f}, {100 * low:.0f})"
    width = np.nanmean(figure.high - figure.low)
    if name in SHARES:
        ideal = ideal_width(figure, truth)
        text += "" if math.isnan(ideal) else f" x{width / ideal:.2f}"
    else:
        spread = np.nanstd(figure.value)
        text += "" if spread == 0 else f" x{width / (3.92 * spread):.2f}"
    return text + (" *" if figure.flagged.mean() >= 0.5 else "")


COVERED = [("map_hits", "mAP"), ("minp", "mINP"), ("cmc1", "rank-1"), ("map_hits.gain", "gain"), ("minp.gain", "mINP gain"),
           ("cmc1.gain", "rank-1 gain"), ("nfr", "negative flips"), ("trust", "trust"), ("update_gain", "update gain")]


def outside(results, sets):
    """The unmarked cells outside the goal by more than two of their standard errors, as sentences."""
    found = []
    for case, figures in results:
        truth, count = truths(case, figures), sets[case.identities] // (1 if case.table == "equal" else 2)
        margin = 2 * math.sqrt(0.95 * 0.05 / count)
        for name, label in COVERED:
            figure = figures[name]
            covered = coverage(figure, truth[name])[0]
            if math.isnan(covered) or math.isnan(truth[name]) or figure.flagged.mean() >= 0.5:
                continue
            if covered < 0.935 - margin or (covered > 0.965 + margin and name not in SHARES):
                found.append(f"{label} {100 * covered:.1f} ({case.identities} {case.shape}, {case.level}, {case.table})")
    return "; ".join(found) if found else "none"


def words(figure, *names):
    return " / ".join(f"{100 * (figure.word == name).mean():.1f}" for name in names)


def at_odds(figures):
    """Sets in which some word and its interval or p-value disagree."""
    odd = np.zeros(len(figures["map_hits"].value), bool)
    for figure in figures.values():
        decided = np.isin(figure.word, ["yes", "no", "better", "worse"])
        if not decided.any() and np.all(figure.word == "-"):
            continue
        outside = (figure.low > 0) | (figure.high < 0)
        same = (figure.low == 0) & (figure.high == 0)
        odd |= (decided != outside) & ~same
        known = ~np.isnan(figure.p)
        odd |= known & ((figure.p <= 0.05) != outside)
    return int(odd.sum())


def table_rows(results, table, sets):
    rows = []
    for case, figures in results:
        if case.table != table:
            continue
        truth = truths(case, figures)
        row = [str(case.identities), case.shape, case.level, f"{100 * truth['map_hits']:.1f}"]
        row += [cell(figures[name], truth[name], name) for name, _ in COVERED]
        rows.append(row)
    return rows


def word_rows(results):
    rows = []
    for case, figures in results:
        if case.table != "equal":
            continue
        row = [str(case.identities), case.shape, case.level, words(figures["map_hits.gain"], "yes", "no")]
        for name in ("compare.map_hits", "compare.cmc1", "compare.nfr"):
            figure = figures[name]
            decided = 100 * np.isin(figure.word, ["better", "worse"]).mean()
            row.append(f"{decided:.1f}; {100 * (figure.p <= 0.05).mean():.1f}")
        rows.append(row + [str(at_odds(figures))])
    return rows


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def report(results, sets):
    counts = ", ".join(f"{sets[n]} of {n} identities (standard error {100 * math.sqrt(0.95 * 0.05 / sets[n]):.1f})" for n in sets)
    head = ["identities", "queries", "level", "true mAP"] + [label for _, label in COVERED]
    texts = [f"Simulated sets a row: {counts}; in the second and third table half as many. Standard errors are of a coverage "
             "of 95, in points. `x` is the mean width: of means and gains over 3.92 standard deviations of the figure from set "
             "to set, of rates (rank-1, flips) over that of the mid-P interval that knows the true number of independent "
             "queries. In brackets, where the coverage is outside 93.5 to 96.5 (of rates: below 93.5): sets whose whole "
             "interval lies above the truth, and below it. `*`: in half of the sets or more the output itself marks this interval "
             "as resting on few identities."]
    texts.append(f"Cells without a `*` that miss the goal by more than two of their standard errors: {outside(results, sets)}.")
    titles = {
        "equal": "**Both models equally good; distractors the same in every set.** Coverage in percent:",
        "better": f"**The new model better (its noise {BETTER:.1f} of the old one's).** Coverage in percent:",
        "redrawn": "**No distractors: the whole gallery is drawn anew with every set.** Coverage in percent:",
    }
    for table, title in titles.items():
        if all(case.table != table for case, _ in results):
            continue
        texts += [title, markdown(head, table_rows(results, table, sets))]
        if table == "equal":
            texts += ["**Words where both models are equally good**, percent of the sets (nominal: yes and no 2.5 each, compare's "
                      "word 5). Of compare: word better or worse; p at most 0.05. The last column counts sets in which a word, "
                      "its interval and its p-value do not say the same:",
                      markdown(["identities", "queries", "level", "verdict yes / no", "compare mAP", "compare rank-1",
                                "compare negative flips", "at odds"], word_rows(results))]
    return "\n\n".join(texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sets")
    parser.add_argument("--identities", help="only these counts, e.g. 10,30")
    parser.add_argument("--tables", help="only these of equal, better and redrawn, e.g. equal,better")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--update", action="store_true", help="write the tables into reports/STATISTICS.md")
    arguments = parser.parse_args()
    wanted = [int(n) for n in arguments.identities.split(",")] if arguments.identities else list(SETS)
    sets = {n: SETS[n] // (10 if arguments.quick else 1) for n in wanted}
    tables = (arguments.tables or "equal,better,redrawn").split(",")
    chosen = [case for case in cases() if case.identities in sets and case.table in tables]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        run = lambda case: simulate(arguments.simulator, case, sets[case.identities] // (1 if case.table == "equal" else 2))
        results = list(zip(chosen, pool.map(run, chosen)))
    text = report(results, sets)
    print(text)
    if arguments.update:
        replace_block(os.path.join(ROOT, "reports", "STATISTICS.md"), "coverage", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
