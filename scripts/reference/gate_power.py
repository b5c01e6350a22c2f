#!/usr/bin/env python3
"""How often bcreid's gate fails for nothing, and how often it sees a model that really is worse, by simulation.

  scripts/reference/gate_power.py --simulator build/tests/coverage/gate_sim [--quick] [--update] [--jobs N]

`gate_sim` (tests/coverage) draws test sets, lets the project's own family test judge a second new model against a first one, and
prints its decisions; this script chooses how much worse the second one is, counts, and prints a table with standard errors. --update
puts it into reports/GATE.md. --quick draws a tenth of the sets.
"""

import argparse
import collections
import concurrent.futures
import math
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
sys.dont_write_bytecode = True

from docs_block import replace_block  # noqa: E402
SETS = {100: 1000, 500: 1000, 3000: 200}  # by queries; three an identity
EFFECTS = (0, 1, 2, 5)  # true falls of the cross mAP in points
NOISE, NEW_NOISE, DISTRACTORS = 0.8, 0.6, 400
TOLERANCES = (0, 0.01)

Case = collections.namedtuple("Case", "queries effect tolerance")


def simulate(simulator, identities, worse_noise, tolerance, sets, seed):
    command = [simulator, str(identities), str(NOISE), str(NEW_NOISE), f"{worse_noise:.6f}", str(DISTRACTORS), str(tolerance), str(sets),
               str(seed)]
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    number = lambda text: math.nan if text == "-" else float(text)
    return [[number(text) for text in line.split("\t")] for line in out.splitlines()]


def mean(values):
    values = [value for value in values if not math.isnan(value)]
    return sum(values) / len(values) if values else math.nan


def noise_of(simulator, identities, effect, sets):
    """The second model's noise at which its cross mAP is truly `effect` points lower, by bisection on the same drawn sets."""
    if effect == 0:
        return NEW_NOISE
    low, high = NEW_NOISE, 2 * NEW_NOISE
    for _ in range(10):
        middle = (low + high) / 2
        drop = 100 * mean([row[4] for row in simulate(simulator, identities, middle, 0, sets, 2)])
        low, high = (middle, high) if drop < effect else (low, middle)
    return (low + high) / 2


def share(values):
    """A share in percent with its standard error."""
    p = mean(values)
    return f"{100 * p:.1f} ± {100 * math.sqrt(max(p * (1 - p), 0.25 / len(values)) / len(values)):.1f}"


def line_of(simulator, case, sets, noise):
    rows = simulate(simulator, round(case.queries / 3), noise, case.tolerance, sets, 1)
    worse, cross, by_value, alone, drop, shown = zip(*rows)
    return [str(case.queries), f"{case.effect}", f"{100 * mean(drop):.2f}", f"{100 * case.tolerance:g}", share(worse), share(cross), share(alone),
            share(by_value), f"{100 * mean(shown):.1f}"]


HEADER = ["queries", "true fall aimed at", "mean fall", "tolerance", "gate fails", "by its cross mAP", "uncorrected test of the cross mAP alone", "by value",
          "shown from (mean)"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    sets = {queries: count // (10 if arguments.quick else 1) for queries, count in SETS.items()}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        shapes = [(queries, effect) for queries in SETS for effect in EFFECTS]
        # As many queries for every shape: the true effect must be known better than one set shows it.
        noises = dict(zip(shapes, pool.map(lambda shape: noise_of(arguments.simulator, round(shape[0] / 3), shape[1], max(4, 9000 // shape[0])),
                                           shapes)))
        cases = [Case(queries, effect, tolerance) for queries, effect in shapes for tolerance in TOLERANCES]
        lines = list(pool.map(lambda case: line_of(arguments.simulator, case, sets[case.queries], noises[case.queries, case.effect]), cases))
    text = ["Simulated sets a row: " + ", ".join(f"{count} of {queries} queries" for queries, count in sets.items()) +
            ". Shares of them in percent, with the standard error of the share; falls in points.", ""]
    text += ["| " + " | ".join(row) + " |" for row in [HEADER, ["---:"] * len(HEADER), *lines]]
    print("\n".join(text))
    if arguments.update:
        replace_block(os.path.join(ROOT, "reports", "GATE.md"), "power", "\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
