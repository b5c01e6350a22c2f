"""Metric losses from their published formulas, image by image and pair by pair: what objectives.py writes of them.

Each function takes what those of objectives.py take; `rivals` are the features that constants without a gradient are made of.
"""

import math

import numpy as np

from objective_scene import distances, hinge, log_sum_exp, mean, softmax, unit


def softplus(value):
    return max(value, 0.0) + math.log(1 + math.exp(-abs(value)))


def elsewhere(scene, i):
    return [p for p in scene.same(i) if p != i]


def cost(gap, margin):
    return hinge(gap + margin) if margin > 0 else softplus(gap)


def triplet(scene, new, rivals, margin=0.3):
    d = distances(new, new)
    return mean([cost(max(d[i, scene.same(i)]) - min(d[i, scene.others(i)]), margin) for i in scene.labelled()])


def triplet_all(scene, new, rivals, margin=0.3):
    d = distances(new, new)
    costs = [cost(d[a, p] - d[a, n], margin) for a in scene.labelled() for p in elsewhere(scene, a) for n in scene.others(a)]
    return mean([c for c in costs if c > 0])


def triplet_weighted(scene, new, rivals, margin=0.0, weights="exact"):
    d = np.maximum(distances(new, new), 1e-6)  # an anchor is its own positive
    costs = []
    for i in scene.labelled():
        p, n = d[i, scene.same(i)], d[i, scene.others(i)]
        if weights == "exact":
            far, near = softmax(p) @ p, softmax(-n) @ n
        else:
            far = np.exp(p - max(p)) @ p / (np.exp(p - max(p)).sum() + 1e-6)
            near = np.exp(-n) @ n / (np.exp(-n).sum() + 1e-6)
        costs.append(cost(far - near, margin))
    return mean(costs)


def circle(scene, new, rivals, form="anchor", margin=0.25, gamma=128.0):
    s, fixed = unit(new) @ unit(new).T, unit(rivals) @ unit(rivals).T
    pulled = lambda i, j: -gamma * hinge(1 + margin - fixed[i, j]) * (s[i, j] - 1 + margin)
    pushed = lambda i, j: gamma * hinge(fixed[i, j] + margin) * (s[i, j] - margin)
    if form == "batch":
        p = [pulled(i, j) for i in scene.labelled() for j in elsewhere(scene, i) if i < j]
        n = [pushed(i, j) for i in scene.labelled() for j in scene.others(i) if i < j]
        return softplus(log_sum_exp(p) + log_sum_exp(n)) / len(scene.labelled())
    return mean([softplus(log_sum_exp([pulled(i, j) for j in elsewhere(scene, i)]) +
                          log_sum_exp([pushed(i, j) for j in scene.others(i)])) for i in scene.labelled()])


def multi_similarity(scene, new, rivals, alpha=2.0, beta=50.0, base=0.5, mining=True, epsilon=0.1):
    s = unit(new) @ unit(new).T
    losses = []
    for i in scene.labelled():
        p, n = list(s[i, elsewhere(scene, i)]), list(s[i, scene.others(i)])
        if mining:
            p, n = [v for v in p if v - epsilon < max(n)], [v for v in n if v + epsilon > min(p)]
        if mining and (not p or not n):
            losses.append(0.0)
            continue
        losses.append(math.log(1 + sum(math.exp(-alpha * (v - base)) for v in p)) / alpha +
                      math.log(1 + sum(math.exp(beta * (v - base)) for v in n)) / beta)
    return mean(losses)


def supcon(scene, new, rivals, temperature=0.07, base_temperature=0.07, mean="all"):
    s = unit(new) @ unit(new).T / temperature
    losses = []
    for i in scene.labelled():
        total = log_sum_exp([s[i, j] for j in scene.labelled() if j != i])
        losses.append(sum(total - s[i, p] for p in elsewhere(scene, i)) / len(elsewhere(scene, i)))
    return sum(losses) / len(losses) * (temperature / base_temperature if base_temperature else 1)


def adasp(scene, new, rivals, form="adaptive", temperature=0.04):
    def positives(x, members):
        s = -(x @ x.T)[np.ix_(members, members)] / temperature
        return -temperature * log_sum_exp(s.ravel()), temperature * log_sum_exp([-log_sum_exp(row) for row in s])

    x, losses = unit(new), []
    for k in range(scene.classes):
        members = [i for i in scene.labelled() if scene.labels[i] == k]
        hard, least = positives(x, members)
        h, l = positives(unit(rivals), members)
        share = {"hard": 1.0, "least-hard": 0.0, "adaptive": 0.0 if h < 0 else 2 * h * l / (h + l)}[form]
        against = log_sum_exp([x[i] @ x[j] / temperature for i in members for j in scene.others(i)])
        losses.append(softplus(against - (share * hard + (1 - share) * least) / temperature))
    return mean(losses)


CASES = {
    "triplet": (triplet, [{}, {"margin": 0.0}, {"margin": 2.0}]),
    "triplet-all": (triplet_all, [{}, {"margin": 0.0}, {"margin": 2.0}]),
    "triplet-weighted": (triplet_weighted, [{}, {"margin": 0.3}, {"weights": "fast-reid"}]),
    "circle": (circle, [{}, {"margin": 0.4, "gamma": 8.0}, {"form": "batch", "gamma": 32.0}]),
    "multi-similarity": (multi_similarity, [{}, {"mining": False}, {"alpha": 4.0, "beta": 10.0, "base": 0.2, "epsilon": 0.5}]),
    "supcon": (supcon, [{}, {"temperature": 0.5}, {"temperature": 0.1, "base_temperature": 0.0, "mean": "with-positive"}]),
    "adasp": (adasp, [{}, {"form": "hard"}, {"form": "least-hard", "temperature": 0.5}]),
}
