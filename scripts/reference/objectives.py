#!/usr/bin/env python3
"""Computes objectives from their published formulas, in float64, image by image and pair by pair.

  scripts/reference/objectives.py            write tests/golden/objectives/*.json anew
  scripts/reference/objectives.py --check    compare with them; exit code 1 where a figure differs

Each file holds one batch (labels, rows of the training list, new and old features, the old head, which old class each
class is, logits and rows of the new head; of what refines itself also the new model's features of the training list), how
near a loss in float64 must come, and cases: parameters, the sum of the terms, and its gradient in the new features by
central differences. tests/unit/methods/objectives_golden_test.cc compares the objectives with them. Shares no code with
bcreid; formulas and sources stand at the head of each objective's file. Metric losses stand in learners.py.
"""

import json
import math
import os
import sys

import numpy as np

sys.dont_write_bytecode = True

import learners  # noqa: E402
from objective_scene import (  # noqa: E402
    Scene, cross_entropy, distances, hinge, largest, log_sum_exp, mean, softmax, unit)

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "golden", "objectives")


# Each function takes the scene, the new features, the new features as rivals (which may be frozen) and parameters.


def regression(scene, new, rivals, form):
    n, o = unit(new), unit(scene.old)
    squares = ((n - o) ** 2).sum(1)
    return {"squared": squares.mean(), "mean": squares.mean() / n.shape[1], "cosine": (1 - (n * o).sum(1)).mean(),
            "norm": np.sqrt(squares).mean()}[form]


def focal_regression(scene, new, rivals, right="old", rows="raw", alpha=1.0, beta=5.0):
    n, o = (unit(new), unit(scene.old)) if rows == "unit" else (new, scene.old)
    total = 0.0
    for i, y in enumerate(scene.labels):
        if right == "new":
            m = y >= 0 and int(np.argmax(scene.logits[i])) == y
        else:
            m = y >= 0 and int(np.argmax(scene.head @ scene.old[i])) == scene.class_of[y]
        total += (alpha + beta * m) * ((n[i] - o[i]) ** 2).mean()
    return total / len(scene.labels)


def logit_distillation(scene, new, rivals, temperature=1.0, new_temperature=1.0):
    losses = []
    for n, o in zip(new, scene.old):
        p = softmax(scene.head @ o / temperature)
        said = scene.head @ n / new_temperature
        losses.append(sum(p[k] * cross_entropy(said, k) for k in range(len(p))))
    return mean(losses)


def similarity_preserving(scene, new, rivals):
    n, o = unit(new), unit(scene.old)
    return ((unit(n @ n.T) - unit(o @ o.T)) ** 2).sum() / len(n) ** 2


def rkd_angle(scene, new, rivals):
    n, o = unit(new), unit(scene.old)

    def angle(f, i, j, k):
        a, b = f[j] - f[i], f[k] - f[i]
        return a @ b / math.sqrt((a @ a) * (b @ b))

    losses = []
    for i in range(len(n)):
        for j in range(len(n)):
            for k in range(len(n)):
                if len({scene.rows[i], scene.rows[j], scene.rows[k]}) < 3:  # equal old features
                    continue
                difference = abs(angle(n, i, j, k) - angle(o, i, j, k))
                losses.append(difference ** 2 / 2 if difference < 1 else difference - 0.5)
    return mean(losses)


def relational(scene, wanted, said, temperature, include_self):
    losses = []
    for i in range(len(wanted)):
        j = [k for k in range(len(wanted)) if include_self or scene.rows[k] != scene.rows[i]]
        p, q = softmax(wanted[i, j] / temperature), softmax(said[i, j] / temperature)
        losses.append(float((p * np.log(p / q)).sum()))
    return mean(losses)


def row_kl(scene, new, rivals, temperature=0.1):
    n, o = unit(new), unit(scene.old)
    return relational(scene, o @ o.T, n @ n.T, temperature, False)


def cross_relational(scene, new, rivals, temperature=0.1, include_self=False):
    n, o = unit(new), unit(scene.old)
    return relational(scene, o @ o.T, n @ o.T, temperature, include_self)


def contrastive(scene, new, rivals, form="own", temperature=0.01, negatives=10):
    s = unit(new) @ unit(scene.old).T / temperature
    losses = []
    for i in scene.labelled():
        against = largest([s[i, k] for k in scene.others(i)], negatives)
        positives = [i] if form == "own" else scene.same(i)
        losses.append(mean([cross_entropy([s[i, p]] + against, 0) for p in positives]))
    return mean(losses)


def nearest_hinges(scene, own, d, negatives, margin):
    losses = []
    for i in scene.labelled():
        losses += [hinge(own[i] - far + margin) for far in sorted(d[i, k] for k in scene.others(i))[:negatives or None]]
    return mean(losses)


def cross_triplet(scene, new, rivals, margin=0.8, negatives=10, rows="unit"):
    n, o = (unit(new), unit(scene.old)) if rows == "unit" else (new, scene.old)
    d = distances(n, o)
    return nearest_hinges(scene, d.diagonal(), d, negatives, margin)


def aml(scene, new, rivals, form="contrastive", plus=False, negatives=5, margin=None):
    d = distances(unit(new), unit(scene.old))
    if form == "regression":
        return mean(list(d.diagonal() ** 2 / 2))
    losses = []
    for i in scene.labelled():
        positives = [d[i, p] for p in scene.same(i) if plus or scene.rows[p] != scene.rows[i]]
        against = sorted(d[i, k] for k in scene.others(i))[:negatives or None]
        if not positives or not against:
            continue
        if form == "contrastive":
            m = 0.7 if margin is None else margin
            losses.append(sum(p * p for p in positives) / 2 + sum(hinge(m - k) ** 2 for k in against) / 2)
        elif form == "triplet":
            m = 0.1 if margin is None else margin
            losses.append(sum(hinge(p * p - k * k + m) for p in positives for k in against))
        else:
            cosine = lambda x: 1 - x * x / 2
            losses.append(math.log(1 + sum(math.exp(-2 * (cosine(p) - 0.5)) for p in positives)) / 2 +
                          math.log(1 + sum(math.exp(40 * (cosine(k) - 0.5)) for k in against)) / 40)
    return mean(losses)


def ract(scene, new, rivals, form="instance", temperature=0.01, negatives=10, margin=0.8, new_new=True, detach=True):
    n, o, r = unit(new), unit(scene.old), unit(rivals if detach else new)
    if form == "triplet":
        own = distances(n, o).diagonal()
        total = nearest_hinges(scene, own, distances(n, o), negatives, margin)
        return total + (nearest_hinges(scene, own, distances(n, r), negatives, margin) if new_new else 0.0)
    losses = []
    for i in scene.labelled():
        if form == "instance":
            against = largest([n[i] @ o[k] / temperature for k in scene.others(i)], negatives)
            if new_new:
                against += largest([n[i] @ r[k] / temperature for k in scene.others(i)], negatives)
            losses.append(cross_entropy([n[i] @ o[i] / temperature] + against, 0))
            continue
        target = scene.class_of[scene.labels[i]]
        if target < 0:
            continue
        logits = list(scene.head @ new[i])
        if new_new:
            logits += [v for k, v in enumerate(scene.logits[i]) if k != scene.labels[i]]
        losses.append(cross_entropy(logits, target))
    return mean(losses)


def bct(scene, new, rivals, form, scale=16.0):
    losses = []
    raw = scene.means(scene.table)
    lengths = np.sqrt((scene.head ** 2).sum(1))
    whole = [scene.head[old] if old >= 0 else unit(raw[k:k + 1])[0] * lengths.mean() for k, old in enumerate(scene.class_of)]
    for i in scene.labelled():
        y = scene.labels[i]
        if form == "old-head":
            if scene.class_of[y] >= 0:
                losses.append(cross_entropy(scene.head @ new[i], scene.class_of[y]))
        elif form == "synth-head":
            losses.append(cross_entropy(scale * (scene.centres() @ unit(new)[i]), y))
        else:
            losses.append(cross_entropy((raw if form == "raw-means" else np.array(whole)) @ new[i], y))
    return mean(losses)


def without_outliers(values):
    values = sorted(values)
    if len(values) >= 4:
        low, high = (values[int(share * len(values))] for share in (0.25, 0.75))
        values = [v for v in values if low - 1.5 * (high - low) <= v <= high + 1.5 * (high - low)]
    return values[-1]


def lce(scene, new, rivals, form="cosine", align_weight=100.0, bound_weight=1.0, floor=0.95):
    n, o, c, w = unit(new), unit(scene.table), scene.centres(), unit(scene.classifier)
    bound, align = [], []
    for i in scene.labelled():
        y = scene.labels[i]
        old = [o[j] @ c[y] for j in scene.members(y)]
        if form == "cosine":
            bound.append(hinge(min(floor, min(old)) - n[i] @ c[y]))
        elif len(old) > 1:
            bound.append(hinge(math.acos(n[i] @ c[y]) - without_outliers([math.acos(min(1.0, s)) for s in old])))
            align.append(1 - w[y] @ c[y])
    aligned = mean(align) if form == "angle" else ((w - c) ** 2).mean()
    return bound_weight * mean(bound) + align_weight * aligned


def advbct(scene, new, rivals, adversary=0.0, elastic=False, target=1.0):
    n, o = unit(new), unit(scene.table)
    c = scene.means(o)
    outside = []
    for i in scene.labelled():
        y = scene.labels[i]
        radii = [math.sqrt(((o[j] - c[y]) ** 2).sum()) for j in scene.members(y)]
        excess = math.sqrt(((n[i] - c[y]) ** 2).sum()) - without_outliers(radii)
        if len(radii) > 1 and excess > 0:
            outside.append(excess)
    return mean(outside)


def nccl(scene, new, rivals, temperature=1.0, embedding=1.0, discrimination=0.01):
    n, o, w = unit(new), unit(scene.old), unit(scene.classifier)
    queue = scene.labelled()

    def consensus(scores):
        losses = []
        for i in scene.labelled():
            total = log_sum_exp([scores[i, j] / temperature for j in queue])
            losses.append(mean([(1 + o[i] @ o[j]) / 2 * (total - scores[i, j] / temperature) for j in scene.same(i)]))
        return mean(losses)

    return embedding * consensus(n @ o.T) + discrimination * consensus((n @ w.T) @ (o @ w.T).T)


def unibct(scene, new, rivals, temperature=0.05, propagation=0.9, scale=16.0):
    fresh, old, prototypes = unit(scene.current), unit(scene.table), []
    for k in range(scene.classes):
        members = scene.members(k)
        near = np.array([softmax(np.array([-np.inf if i == j else fresh[i] @ fresh[j] / temperature for j in members]))
                         for i in members])
        step, total = old[members], np.zeros_like(old[members])
        for power in range(400):  # the inverse as a series, to 0.9 ** 400
            total += (1 - propagation) * propagation ** power * step
            step = near @ step
        prototypes.append(total.mean(0))
    return mean([cross_entropy(scale * unit(np.array(prototypes)) @ unit(new)[i], scene.labels[i]) for i in scene.labelled()])


def hoc(scene, new, rivals, scale=10.0):
    s = scale * unit(scene.old) @ unit(new).T
    among = scene.labelled()
    return mean([log_sum_exp([s[i, j] if scene.labels[i] != scene.labels[j] else 0.0 for j in among]) - s[i, i] for i in among])


CASES = {
    "regression": (regression, [{"form": form} for form in ("squared", "mean", "cosine", "norm")]),
    "focal-regression": (focal_regression, [{}, {"right": "new"}, {"rows": "unit", "alpha": 0.5, "beta": 2.0}]),
    "logit-distillation": (logit_distillation, [{}, {"temperature": 0.01, "new_temperature": 0.01},
                                                {"temperature": 2.0, "new_temperature": 4.0}]),
    "similarity-preserving": (similarity_preserving, [{}]),
    "rkd-angle": (rkd_angle, [{}]),
    "row-kl": (row_kl, [{}, {"temperature": 0.5}]),
    "cross-relational": (cross_relational, [{}, {"include_self": True}]),
    "contrastive": (contrastive, [{}, {"negatives": 2}, {"temperature": 0.2, "negatives": 0},
                                  {"form": "supervised", "temperature": 0.05, "negatives": 0}]),
    "cross-triplet": (cross_triplet, [{}, {"negatives": 2}, {"margin": 1.0, "negatives": 1, "rows": "raw"}]),
    "aml": (aml, [{}, {"plus": True, "margin": 1.5}, {"form": "triplet"}, {"form": "triplet", "plus": True, "negatives": 0},
                  {"form": "multi-similarity"}, {"form": "multi-similarity", "plus": True, "negatives": 0},
                  {"form": "regression"}]),
    "ract": (ract, [{}, {"temperature": 0.2, "negatives": 3}, {"temperature": 0.2, "detach": False},
                    {"temperature": 0.2, "new_new": False}, {"form": "triplet"},
                    {"form": "triplet", "negatives": 3, "detach": False}, {"form": "centre"},
                    {"form": "centre", "new_new": False}]),
    "bct": (bct, [{"form": form} for form in ("old-head", "synth-head", "raw-means", "whole-head")]),
    "lce": (lce, [{}, {"floor": 1.0, "align_weight": 0.0}, {"form": "angle", "align_weight": 1.0}]),
    "advbct": (advbct, [{"adversary": 0.0, "elastic": False}]),
    "nccl": (nccl, [{}, {"temperature": 0.1, "discrimination": 1.0}, {"discrimination": 0.0}]),
    "hoc": (hoc, [{}, {"scale": 2.0}]),
    "unibct": (unibct, [{}, {"temperature": 0.5, "propagation": 0.5, "scale": 4.0}]),
    **learners.CASES,
}


CROWDS = {"lce": 6, "advbct": 6}
FLOAT32_STATISTICS = {"bct", "lce", "advbct", "nccl", "unibct"}  # bcreid keeps what they know of the old features in float32


def gradient(value, at):
    """Central differences of second and fourth order agree to what is left of the curvature; the fourth is taken."""
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


def golden(name, seed):
    function, cases = CASES[name]
    scene = Scene(seed, crowd=CROWDS.get(name, 0))
    written = []
    for parameters in cases:
        value = lambda new: function(scene, new, scene.new, **parameters)
        written.append({"parameters": parameters, "value": float(f"{value(scene.new):.15g}"),
                        "gradient": rounded(gradient(value, scene.new), 10)})
    file = {"objective": name, "labels": scene.labels, "rows": scene.rows, "listed": scene.listed, "classes": scene.classes,
            "class_of": scene.class_of, "new": rounded(scene.new, 15), "old": rounded(scene.old, 15),
            "table": rounded(scene.table, 15), "head": rounded(scene.head, 15), "logits": rounded(scene.logits, 15),
            "classifier": rounded(scene.classifier, 15), "tolerance": 1e-6 if name in FLOAT32_STATISTICS else 1e-9, "cases": written}
    if name == "unibct":
        file["current"] = rounded(scene.current, 15)
    return file


def close(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(close, a, b))
    return abs(a - b) <= 1e-8 * max(1.0, abs(a)) if isinstance(a, float) else a == b


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    os.makedirs(FOLDER, exist_ok=True)
    different = []
    for seed, name in enumerate(CASES, start=1):
        path, made = os.path.join(FOLDER, name + ".json"), golden(name, seed)
        if sys.argv[1:]:
            with open(path, encoding="utf-8") as file:
                if not close(made, json.load(file)):
                    different.append(name)
            continue
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(made, sort_keys=True, separators=(",", ":")) + "\n")
    if different:
        sys.exit("objectives.py: these files hold other figures: " + ", ".join(different))


if __name__ == "__main__":
    main()
