#!/usr/bin/env python3
"""Computes what trains without labels from its definition, in float64, row by row.

  scripts/reference/unsupervised.py            write tests/golden/unsupervised.json anew
  scripts/reference/unsupervised.py --check    compare with it; exit code 1 where a figure differs

`soft_triplet`: what MMT says of hardest pairs, with its gradient. `graph`: features that a graph of their neighbours refines, of a whole set and of a batch, with the contrast against cluster means
and its gradients by central differences. `memory`: the update of a memory by rows of a band of similarities. Definitions stand at
the head of methods/support/correlation_graph.h and cluster_memory.h. Shares no code with bcreid.
"""

import json
import math
import os
import sys

import numpy as np

sys.dont_write_bytecode = True

from objective_scene import cross_entropy, unit  # noqa: E402

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "golden", "unsupervised.json")


def drawn(random, *shape):
    return np.round(random.standard_normal(shape) * 256) / 256  # exact in float32


def listed(x, i, images, k):
    others = [j for j in range(len(x)) if images[j] != images[i]]
    return sorted(others, key=lambda j: (-float(x[i] @ x[j]), j))[:k]


def refined(x, w, images, k, reciprocal, temperature):
    """x_i + sum_j A^_ij x_j W, made unit."""
    lists = [listed(x, i, images, k) for i in range(len(x))]
    a = np.eye(len(x))
    for i, near in enumerate(lists):
        if reciprocal:
            near = [j for j in near if i in lists[j]]
        weights = [math.exp(float(x[i] @ x[j]) / temperature) for j in near]
        for j, weight in zip(near, weights):
            a[i, j] += weight / sum(weights)
    degree = a.sum(1)
    hat = np.array([[a[i, j] / math.sqrt(degree[i] * degree[j]) for j in range(len(x))] for i in range(len(x))])
    return unit(x + hat @ x @ w)


def contrast(scene, features, w, case):
    """The loss of a batch of features that are not unit yet, against the means of the refined set."""
    graph = (case["reciprocal"], case["graph_temperature"])
    table = refined(scene["table"], w, range(len(scene["table"])), case["neighbours"], *graph)
    memory = unit(np.array([table[[i for i, y in enumerate(scene["listed"]) if y == c]].mean(0) for c in range(scene["classes"])]))
    q = refined(unit(features), scene["weights_of_batch"], scene["rows"], case["batch_neighbours"], *graph)
    losses = [cross_entropy(memory @ row / 0.05, scene["listed"][i]) for row, i in zip(q, scene["rows"]) if scene["listed"][i] >= 0]
    return sum(losses) / len(losses)


def gradient(value, at):
    step = 1e-4
    result = np.zeros_like(at)
    for index in np.ndindex(*at.shape):
        def moved(by):
            x = at.copy()
            x[index] += by
            return value(x)
        result[index] = (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step)
    return result


def rounded(values, digits):
    return [[float(f"{v:.{digits}g}") for v in row] for row in np.asarray(values)]


def graph():
    random = np.random.RandomState(3)
    width, people = 5, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, -1, -1]
    centres = drawn(random, 3, width)
    table = unit(np.array([drawn(random, width) * 0.6 + (centres[y] if y >= 0 else 0) for y in people]))
    rows = [0, 1, 2, 4, 5, 5, 8, 9, 12]  # one image twice, one without a label
    w = drawn(random, width, width) * 0.4
    features = np.array([table[i] * 2 for i in rows]) + drawn(random, len(rows), width) * 0.3
    scene = {"table": table, "listed": people, "classes": 3, "rows": rows}
    cases = []
    for reciprocal, temperature, k, in_batch in ((True, 0.1, 3, 2), (False, 0.1, 3, 2), (True, 0.5, 1, 1), (False, 0.5, 13, 20)):
        case = {"reciprocal": reciprocal, "graph_temperature": temperature, "neighbours": k, "batch_neighbours": in_batch}

        # The memory does not follow W while an epoch lasts.
        def value(x, of_batch):
            return contrast({**scene, "weights_of_batch": of_batch}, x, w, case)

        cases.append({"parameters": case,
                      "table": rounded(refined(table, w, range(len(table)), k, reciprocal, temperature), 10),
                      "batch": rounded(refined(unit(features), w, rows, in_batch, reciprocal, temperature), 10),
                      "value": float(f"{value(features, w):.12g}"),
                      "gradient": rounded(gradient(lambda x: value(x, w), features), 8),
                      "gradient_of_weights": rounded(gradient(lambda x: value(features, x), w), 8)})
    return {"table": rounded(table, 15), "listed": people, "classes": 3, "rows": rows, "weights": rounded(w, 15),
            "features": rounded(features, 15), "cases": cases}


def moved(memory, batch, labels, momentum, low, high):
    memory = memory.copy()
    for label in sorted(set(labels) - {-1}):
        own = [b for b, y in enumerate(labels) if y == label]
        ranked = sorted(own, key=lambda b: (float(memory[label] @ batch[b]), b))
        first = min(math.floor(round(low * len(own), 9)), len(own) - 1)
        end = max(math.ceil(round(high * len(own), 9)), first + 1)
        row = memory[label]
        for b in sorted(ranked[first:end]):
            row = momentum * row + (1 - momentum) * batch[b]
            row = row / math.sqrt(row @ row)
        memory[label] = row
    return memory


def memory():
    random = np.random.RandomState(5)
    rows, batch = unit(drawn(random, 4, 6)), unit(drawn(random, 16, 6))
    labels = [2, 0, 0, 2, -1, 0, 3, 2, 0, 2, 2, 0, 2, 0, 0, -1]  # seven, none, six, one
    batch[9] = batch[3]  # equal rows: the first one ranks first
    cases = []
    for momentum, low, high in ((0.1, 0.25, 0.75), (0.1, 0, 0.5), (0.5, 0.3, 0.3), (0.1, 0, 0), (0.1, 1, 1), (0.2, 0, 1), (0.9, 0.1, 0.9)):
        cases.append({"momentum": momentum, "low": low, "high": high,
                      "memory": rounded(moved(rows, batch, labels, momentum, low, high), 10)})
    return {"memory": rounded(rows, 15), "batch": rounded(batch, 15), "labels": labels, "cases": cases}


def soft_triplet():
    random = np.random.RandomState(7)
    labels = [0, 0, 0, 1, 1, 2, -1, 2, 1]
    new, taught = drawn(random, 9, 4), drawn(random, 9, 4)
    far = lambda x, i, j: math.sqrt(float(((x[i] - x[j]) ** 2).sum()))

    def pairs(x):
        chosen = []
        for i, y in enumerate(labels):
            if y < 0:
                continue
            same, others = [j for j, z in enumerate(labels) if z == y], [j for j, z in enumerate(labels) if z >= 0 and z != y]
            chosen.append((i, max(same, key=lambda j: far(x, i, j)), min(others, key=lambda j: far(x, i, j))))
        return chosen

    def share(x, i, p, n):  # of the positive in the softmax of both distances
        return math.exp(far(x, i, p)) / (math.exp(far(x, i, p)) + math.exp(far(x, i, n)))

    def hard(x):
        return sum(-math.log(1 - share(x, *t)) for t in pairs(x)) / len(pairs(x))

    def soft(x):
        costs = [-(share(taught, *t) * math.log(share(x, *t)) + (1 - share(taught, *t)) * math.log(1 - share(x, *t))) for t in pairs(x)]
        return sum(costs) / len(costs)

    return {"labels": labels, "new": rounded(new, 15), "taught": rounded(taught, 15), "hard": float(f"{hard(new):.12g}"),
            "soft": float(f"{soft(new):.12g}"), "gradient": rounded(gradient(soft, new), 9)}


def close(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(close(x, y) for x, y in zip(a, b))
    if isinstance(a, float):
        return abs(a - b) <= 1e-7 * max(1.0, abs(a))
    return a == b


def main():
    made = {"graph": graph(), "memory": memory(), "soft_triplet": soft_triplet()}
    if sys.argv[1:] == ["--check"]:
        with open(FILE, encoding="utf-8") as file:
            wrong = not close(made, json.load(file))
        print("unsupervised.py: " + ("another figure than tests/golden/unsupervised.json holds" if wrong else "as stored"))
        return int(wrong)
    if sys.argv[1:]:
        sys.exit(__doc__)
    with open(FILE, "w", encoding="utf-8") as file:
        file.write(json.dumps(made, sort_keys=True, separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
