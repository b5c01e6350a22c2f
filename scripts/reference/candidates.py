"""Candidate sets of a mean size anew: thresholds by sorting all pairs of a query and a person."""

import math

import numpy as np

from features import admitted


class Candidates:
    """By query with a match: the nearest score of every gallery person, and all scores of the matches."""

    def __init__(self, query, gallery, d, policy):
        people = {}
        for row, identity in enumerate(gallery.ids):
            if policy == "market" and identity == "-1":
                continue
            nobody = policy == "market" and set(identity) == {"0"}
            people.setdefault(row if nobody else str(identity), []).append(row)
        self.people, self.nearest, self.matches = len(people), [], []
        for q in range(len(query.images)):
            mask, same = admitted(query, gallery, q, policy)
            if not (mask & same).any():
                continue
            scores = np.where(mask, -d[q], -np.inf)
            self.matches.append(scores[mask & same])
            self.nearest.append([scores[rows].max() for rows in people.values()])
        self.nearest = np.array(self.nearest)

    def threshold(self, wanted):
        ordered = np.sort(self.nearest, axis=None)[::-1]
        m = math.floor(wanted * len(self.nearest) + 0.5)
        return (ordered[m - 1] + ordered[m]) / 2


def check_sets(check, name, ours, threshold, theirs, distance):
    shown = threshold if distance == "cosine" else math.sqrt(max(0.0, -threshold))
    check.equal(name + " threshold", shown, theirs["threshold"])
    sizes = np.sort((ours.nearest >= threshold).sum(axis=1))
    check.equal(name + " mean", sizes.mean(), theirs["mean"])
    check.same(name + " median", int(sizes[math.ceil(0.5 * len(sizes)) - 1]), theirs["median"])
    check.same(name + " 95 %", int(sizes[math.ceil(0.95 * len(sizes) - 1e-9) - 1]), theirs["ninety_five"])
    check.equal(name + " empty", (sizes == 0).mean(), theirs["empty"])
    hits = [(scores >= threshold).any() for scores in ours.matches]
    check.equal(name + " hit rate", np.mean(hits), theirs["hit_rate"]["value"])
    check.equal(name + " recall", (np.concatenate(ours.matches) >= threshold).mean(), theirs["recall"])


def check_candidates(check, theirs, cells, distance):
    """cells: Candidates by cell."""
    first = theirs.get("calibrated_on")
    first = first and cells[f"{first['query_model']}/{first['gallery_model']}"]
    for cell in theirs["cells"]:
        name = f"{cell['query_model']}/{cell['gallery_model']}"
        ours = cells[name]
        check.same(f"candidates {name} queries", len(ours.nearest), cell["queries"])
        check.same(f"candidates {name} people", ours.people, cell["people"])
        check.same(f"candidates {name} carried", first is not None and ours is not first, "carried" in cell["points"][0])
        for point in cell["points"]:
            where = f"candidates {name} {point['wanted']:g}"
            check_sets(check, where, ours, ours.threshold(point["wanted"]), point["own"], distance)
            if "carried" in point:
                check_sets(check, where + " carried", ours, first.threshold(point["wanted"]), point["carried"], distance)
