#!/usr/bin/env python3
"""One row of scripts/bench_backbones: our backbone and PyTorch's take turns, and the best of each counts.

  backbone_rounds.py BENCH PYTHON BACKBONE HEIGHT WIDTH BATCH THREADS SECONDS

BENCH is the built backbone_bench, PYTHON an interpreter with PyTorch, torchvision, timm and torchreid. Features of equal weights
are compared first: a difference ends the run with exit code 1.
"""

import os
import subprocess
import sys

ROUNDS = 4
ALLOWED = 2e-5  # of the largest value, for a sum of up to 2048 values by the root of their number


class Side:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            sys.exit(f"backbone_rounds.py: {self.process.args[0]} ended")
        return [float(value) for value in answer]


def main():
    if len(sys.argv) != 9:
        sys.exit(__doc__)
    bench, python, *case, seconds = sys.argv[1:]
    peer = os.path.join(os.path.dirname(os.path.abspath(__file__)), "backbone_peer.py")
    ours, theirs = Side([bench, *case]), Side([python, peer, *case])
    (largest, *a), (_, *b) = ours.ask("check"), theirs.ask("check")
    difference = max(abs(x - y) for x, y in zip(a, b)) / (largest * 2048 ** 0.5)
    print(f"{case[0]}: features differ by {difference:.1e} (allowed {ALLOWED:.0e})", file=sys.stderr)
    if not difference < ALLOWED:
        sys.exit(1)
    best = {}
    for _ in range(ROUNDS):
        for what in ("forward", "step"):
            for name, side in (("ours", ours), ("theirs", theirs)):
                speed = side.ask(f"{what} {seconds}")[0]
                best[what, name] = max(speed, best.get((what, name), 0))
    name, height, width, batch, _ = case
    cells = [name, f"{height}x{width}", batch]
    for what in ("forward", "step"):
        cells += [f"{best[what, 'ours']:.1f}", f"{best[what, 'theirs']:.1f}", f"{best[what, 'ours'] / best[what, 'theirs']:.2f}"]
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
