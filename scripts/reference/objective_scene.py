"""The batch on which objectives.py computes its figures, and what its formulas are made of."""

import math

import numpy as np


def unit(rows):
    return rows / np.maximum(np.sqrt((rows * rows).sum(1, keepdims=True)), 1e-12)


def softmax(values):
    e = np.exp(values - values.max())
    return e / e.sum()


def log_sum_exp(values):
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


def cross_entropy(logits, target):
    return log_sum_exp(list(logits)) - logits[target]


def hinge(value):
    return max(value, 0.0)


def mean(values):
    return sum(values) / len(values) if values else 0.0


class Scene:
    """A batch of 9 images: identity 0 thrice, 1 thrice (two of them one image), 2 twice, one without a label.
    `crowd` more images of identity 0 stand in the training list alone, near one old feature: others are outliers."""

    def __init__(self, seed, width=5, crowd=0):
        random = np.random.RandomState(seed)
        draw = lambda *shape: np.round(random.standard_normal(shape) * 256) / 256  # exact in float32
        self.labels = [0, 1, 0, 2, 1, 0, 2, 1, -1]
        self.rows = [0, 1, 2, 3, 1, 4, 5, 6, 7]
        self.classes = 3
        self.listed = [0, 1, 0, 2, 0, 2, 1, -1]  # the training list, which a batch takes its rows of
        table = draw(len(self.listed), width)
        self.old = table[self.rows]
        self.new = self.old * 0.6 + draw(len(self.rows), width) * 0.7
        self.new = np.round(self.new * 256) / 256
        self.head = draw(4, width)
        self.class_of = [2, -1, 0]
        self.logits = draw(len(self.rows), self.classes)
        self.classifier = draw(self.classes, width)  # rows of the new head
        self.table = np.vstack([table, np.round((table[0] + 0.1 * draw(crowd, width)) * 256) / 256])
        self.listed += [0] * crowd
        self.current = draw(len(self.listed), width)  # of the whole training list, by the new model

    def others(self, i):
        return [k for k, y in enumerate(self.labels) if y >= 0 and self.labels[i] >= 0 and y != self.labels[i]]

    def same(self, i):
        return [k for k, y in enumerate(self.labels) if y >= 0 and y == self.labels[i]]

    def labelled(self):
        return [i for i, y in enumerate(self.labels) if y >= 0]

    def members(self, k):
        return [i for i, y in enumerate(self.listed) if y == k]

    def means(self, rows):
        return np.array([rows[self.members(k)].mean(0) for k in range(self.classes)])

    def centres(self):
        return unit(self.means(unit(self.table)))


def largest(values, k):
    ordered = sorted(values, reverse=True)
    return ordered if k == 0 else ordered[:k]


def distances(a, b):
    return np.array([[math.sqrt(((x - y) ** 2).sum()) for y in b] for x in a])
