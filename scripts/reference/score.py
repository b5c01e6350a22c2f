#!/usr/bin/env python3
"""Computes a score report anew, in NumPy, from the definitions, and says where the two differ.

  scripts/reference/score.py REPORT.json [--tolerance 1e-9]

Reads the feature sets that the report names (run it where `bcreid score` ran), shares no code with bcreid, sorts every
query's whole gallery in float64, and compares: CMC, AP by precision at hits and by trapezoid, INP per query and as
means, gains, P scores, flips, AP drops, the pair criterion, the matrix of a chain, slices, thresholds, episodes, candidate
sets, both ends of backfill curves and what follows from their points (the orders between the ends are bcreid's own draws).
Re-ranked lists too.
bcreid scores in float32: figures agree to 1e-9 where products are exact (features on a dyadic grid of norm 1); with
other features near-ties may fall differently. Exit code 0: agreed, 1: differs, 2: cannot be read.
"""

import argparse
import copy
import csv
import json
import math
import os
import sys

import numpy as np

from candidates import Candidates, check_candidates
from episodes import check_episodes
from features import CannotRead, Set, admitted, in_width
from rerank import reranked


def distances(query, gallery, distance):
    if distance == "cosine":
        query = query / np.linalg.norm(query, axis=1, keepdims=True)
        gallery = gallery / np.linalg.norm(gallery, axis=1, keepdims=True)
        return -(query @ gallery.T)
    return ((query[:, None, :] - gallery[None, :, :]) ** 2).sum(axis=2)


def is_distractor(identity):
    return identity != "" and set(identity) == {"0"}


def single_shot_hits(order, same, ids, max_rank):
    """Expected CMC where one random match and one random image of every other identity are kept."""
    totals = {}
    for j in order:
        if not same[j]:
            totals[ids[j]] = totals.get(ids[j], 0) + 1
    before, curves = {}, []
    for j in order:
        if not same[j]:
            before[ids[j]] = before.get(ids[j], 0) + 1
            continue
        ahead = np.zeros(len(totals) + 1)  # ahead[m]: probability that m other identities stand before this match
        ahead[0] = 1
        for identity, total in totals.items():
            p = before.get(identity, 0) / total
            ahead[1:] = ahead[1:] * (1 - p) + ahead[:-1] * p
            ahead[0] *= 1 - p
        curve = np.cumsum(ahead)[:max_rank]
        curves.append(np.concatenate([curve, np.ones(max_rank - len(curve))]))
    return np.mean(curves, axis=0)


def mean_or_zero(values):
    return math.fsum(values) / len(values) if values else 0.0


# Metrics that are functions of the ranks of the matches: column of per-query files, formula.
OF_RANKS = {
    "map_at_50": ("ap_at_50", lambda ranks: mean_or_zero([i / r for i, r in enumerate(ranks, 1) if r <= 50])),
    "r_precision": ("r_precision", lambda ranks: sum(r <= len(ranks) for r in ranks) / len(ranks)),
    "map_at_r": ("ap_at_r", lambda ranks: math.fsum(i / r for i, r in enumerate(ranks, 1) if r <= len(ranks)) / len(ranks)),
}


def score_cell(query, gallery, d, policy, max_rank):
    """Per query: None, or a dict of AP, trapezoid AP, INP and the probability of a hit within each rank."""
    out = []
    for q in range(len(query.images)):
        mask, same = admitted(query, gallery, q, policy)
        order = [j for j in np.argsort(d[q], kind="stable") if mask[j]]
        ranks = [r for r, j in enumerate(order, 1) if same[j]]
        if not ranks:
            out.append(None)
            continue
        hits = [i / r for i, r in enumerate(ranks, 1)]
        older = [1.0 if r == 1 else (i - 1) / (r - 1) for i, r in enumerate(ranks, 1)]
        if policy == "cuhk03-single-shot":
            curve = single_shot_hits(order, same, gallery.ids, max_rank)
        else:
            curve = (np.arange(1, max_rank + 1) >= ranks[0]).astype(float)
        out.append({
            "ap": math.fsum(hits) / len(ranks),
            "trap": math.fsum((a + b) / 2 for a, b in zip(hits, older)) / len(ranks),
            "inp": len(ranks) / ranks[-1],
            "first": ranks[0],
            "hit1": curve[0],
            "hits": curve,
            **{name: formula(ranks) for name, (_, formula) in OF_RANKS.items()},
        })
    return out


def mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


class Checker:
    def __init__(self, tolerance):
        self.tolerance, self.compared, self.worst, self.failed = tolerance, 0, 0.0, 0

    def equal(self, name, ours, theirs):
        self.compared += 1
        gap = abs(float(ours) - float(theirs))
        self.worst = max(self.worst, gap)
        if not gap <= self.tolerance:
            self.failed += 1
            if self.failed <= 20:
                print(f"differs: {name}: reference {ours!r}, report {theirs!r}")

    def same(self, name, ours, theirs):
        self.compared += 1
        if ours != theirs:
            self.failed += 1
            print(f"differs: {name}: reference {ours!r}, report {theirs!r}")


def check_cell(check, folder, cell, scores):
    name = f"{cell['query_model']}/{cell['gallery_model']}"
    valid = [s for s in scores if s is not None]
    check.same(name + " valid queries", len(valid), cell["valid_queries"])
    check.same(name + " invalid queries", len(scores) - len(valid), cell["invalid_queries"])
    metrics = cell["metrics"]
    for key, ours in (("map_hits", "ap"), ("map_trapezoid", "trap"), ("minp", "inp")):
        check.equal(f"{name} {key}", mean(s[ours] for s in valid), metrics[key]["value"])
    for key in OF_RANKS:
        check.equal(f"{name} {key}", mean(s[key] for s in valid), metrics[key]["value"])
    covered = {"map_hits", "map_trapezoid", "minp", "cmc1", "cmc5", "cmc10", *OF_RANKS}
    check.same(name + " metrics", sorted(covered), sorted(metrics))
    curve = np.mean([s["hits"] for s in valid], axis=0)
    for k, theirs in enumerate(cell["cmc"]):
        check.equal(f"{name} cmc{k + 1}", curve[k], theirs)
    for k in (1, 5, 10):
        check.equal(f"{name} cmc{k}", curve[k - 1], metrics[f"cmc{k}"]["value"])
    with open(os.path.join(folder, cell["per_query"]["file"]), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    check.same(name + " rows", len(rows), len(scores))
    for row, ours in zip(rows, scores):
        where = f"{name} {row['image']}"
        check.same(where + " valid", int(ours is not None), int(row["valid"]))
        if ours is None or row["valid"] == "0":
            continue
        check.equal(where + " ap", ours["ap"], row["ap_hits"])
        check.equal(where + " trapezoid", ours["trap"], row["ap_trapezoid"])
        check.equal(where + " inp", ours["inp"], row["inp"])
        check.same(where + " first rank", ours["first"], int(row["first_rank"]))
        for key, (column, _) in OF_RANKS.items():
            check.equal(f"{where} {column}", ours[key], row[column])
        for k in (1, 5, 10):
            if f"hit{k}" in row:
                check.equal(f"{where} hit{k}", ours["hits"][k - 1], row[f"hit{k}"])


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def gains_of(old, cross, new, paragon, reverse):
    """Name: value, of what is defined; the names are those of reports/FORMAT.md."""
    figures = {"gain": cross - old}
    if old > 0:
        figures["relative_gain"] = (cross - old) / old
    if reverse is not None:
        figures["reverse_gain"] = reverse - old
    if new is not None and new > 0:
        figures["upper_bound_fraction"] = cross / new
    if paragon is None:
        return figures
    figures["paragon_gain"] = paragon - old
    if paragon > old:
        figures["update_gain"] = (cross - old) / (paragon - old)
        figures["p_comp"] = sigmoid(figures["update_gain"])
    if new is not None:
        figures["tax"] = paragon - new
        if paragon > 0:
            figures["relative_tax"] = (paragon - new) / paragon
            figures["p_up"] = sigmoid((new - paragon) / paragon)
        if "p_up" in figures and "p_comp" in figures:
            up, comp = figures["p_up"], figures["p_comp"]
            figures["p_1"] = 2 * up * comp / (up + comp)
    return figures


def regressions_of(moment, old, new, flips):
    """AP drops and, where hits are no probabilities, flips at ranks 1, 5, 10 over the queries valid in both cells."""
    pairs = [(a, b) for a, b in zip(old, new) if a is not None and b is not None]
    figures = {}
    for k in (1, 5, 10) if flips else ():
        before = [a["first"] <= k for a, b in pairs]
        after = [b["first"] <= k for a, b in pairs]
        n = len(pairs)
        nfr = sum(x and not y for x, y in zip(before, after)) / n
        figures[f"{moment}.nfr{k}"] = nfr
        figures[f"{moment}.pfr{k}"] = sum(y and not x for x, y in zip(before, after)) / n
        accuracy, error = sum(before) / n, 1 - sum(after) / n
        if accuracy > 0:
            figures[f"{moment}.trust{k}"] = 1 - nfr / accuracy
        if sum(after) < n:
            figures[f"{moment}.error_overlap{k}"] = 1 - nfr / error
        if accuracy > 0 and sum(after) < n:
            figures[f"{moment}.relative_nfr{k}"] = nfr / (accuracy * error)
    figures[f"{moment}.ap_drop_rate"] = mean(a["ap"] - b["ap"] > 0.05 + 1e-9 for a, b in pairs)
    figures[f"{moment}.mean_negative_change"] = mean(min(0.0, b["ap"] - a["ap"]) for a, b in pairs)
    return figures


def check_upgrade(check, report, cells, single_shot):
    theirs = report["compatibility"]
    old, cross = cells["old/old"], cells["new/old"]
    new, reverse, paragon = cells.get("new/new"), cells.get("old/new"), cells.get("paragon/paragon")
    given = [c for c in (old, cross, new, reverse, paragon) if c is not None]
    common = [i for i in range(len(old)) if all(c[i] is not None for c in given)]

    def m(cell, key):
        return None if cell is None else mean(cell[i][key] for i in common)

    values = dict(theirs.get("values", {}), gain=theirs["gain"])
    figures = {}
    for prefix, key in (("", "ap"), ("map_trapezoid.", "trap"), ("minp.", "inp"), ("cmc1.", "hit1")):
        means = [m(cell, key) for cell in (old, cross, new, paragon, reverse)]
        figures.update({prefix + name: value for name, value in gains_of(*means).items()})
    figures.update(regressions_of("deployment", old, cross, not single_shot))
    if new is not None:
        figures.update(regressions_of("end", old, new, not single_shot))
    for name, ours in figures.items():
        if name in values:
            check.equal("compatibility " + name, ours, values[name]["value"])
        else:
            check.same("compatibility " + name, "a value", "none: " + theirs.get("reasons", {}).get(name, "?"))
    other = {name for name in values if name not in figures and not name.startswith(("pairs.", "backfill."))}
    if other:
        check.same("compatibility", "no values", sorted(other))
    if "update_gain" in theirs:
        check.equal("compatibility update_gain", figures["update_gain"], theirs["update_gain"])
    else:
        why = "no paragon was given" if paragon is None else "the paragon does not beat the old model"
        check.same("update_gain_reason", why, theirs["update_gain_reason"])


def check_pairs(check, theirs, query, gallery, cross, old, policy):
    counts = {"same": [0, 0], "different": [0, 0]}
    for q in range(len(query.images)):
        mask, same = admitted(query, gallery, q, policy)
        if not (same & mask).any():
            continue
        nearer, farther = cross[q] <= old[q], cross[q] >= old[q]
        for kind, mask, fine in (("same", same & mask, nearer), ("different", ~same & mask, farther)):
            counts[kind][0] += int(mask.sum())
            counts[kind][1] += int((mask & fine).sum())
    for kind, (pairs, satisfied) in counts.items():
        check.same(f"pairs {kind}", pairs, theirs[kind]["pairs"])
        check.same(f"pairs {kind} satisfied", satisfied, theirs[kind]["satisfied"])


def check_matrix(check, theirs, models, cells):
    everywhere = [i for i in range(len(next(iter(cells.values())))) if all(c[i] is not None for c in cells.values())]
    m = {name: mean(cell[i]["ap"] for i in everywhere) for name, cell in cells.items()}
    steps = range(len(models))
    cell = lambda t, k: m[f"{models[t]}/{models[k]}"]
    pairs = [(t, k) for t in steps for k in range(t)]
    ours = {"am": mean(cell(t, k) for t in steps for k in range(t + 1))}
    if pairs:
        last = len(models) - 1
        ours["ac"] = mean(cell(t, k) > cell(k, k) for t, k in pairs)
        ours["bc"] = mean(cell(last, k) - cell(k, k) for k in range(last))
        ours["fc"] = mean(cell(t, t - 1) - cell(t, t) for t in steps if t > 0)
    for name, value in ours.items():
        check.equal("matrix " + name, value, theirs["values"][name]["value"])


def check_curve(check, curve, cells):
    name = f"backfill {curve['order']}"
    shares = [point["share"] for point in curve["points"]]
    values = [point["map_hits"] for point in curve["points"]]
    for place, cell in ((0, "new/old"), (-1, "new/new")):
        ours = mean(s["ap"] for s in cells[cell] if s is not None)
        check.equal(f"{name} at {shares[place]}", ours, values[place])
    steps = list(zip(shares, shares[1:], values, values[1:]))
    check.equal(name + " area", math.fsum((b - a) * (x + y) / 2 for a, b, x, y in steps), curve["area"]["value"])
    check.equal(name + " least", min(values), curve["least"])
    check.equal(name + " least_share", shares[values.index(min(values))], curve["least_share"])
    check.same(name + " falls", sum(y < x for _, _, x, y in steps), curve["falls"])
    check.equal(name + " largest_fall", max([0.0] + [x - y for _, _, x, y in steps]), curve["largest_fall"])
    wanted, reached = 0.95 * values[-1], shares[0]
    if values[0] < wanted:
        a, b, x, y = next(step for step in steps if step[3] >= wanted)
        reached = a + (b - a) * (wanted - x) / (y - x)
    check.equal(name + " share_to_95", reached, curve["share_to_95"])


def check_slice(check, name, theirs, scores, rows):
    valid = [scores[i] for i in rows if scores[i] is not None]
    check.same(name + " queries", len(rows), theirs["queries"])
    check.same(name + " valid queries", len(valid), theirs["valid_queries"])
    for key, ours in (("map_hits", "ap"), ("cmc1", "hit1")):
        if valid:
            check.equal(f"{name} {key}", mean(s[ours] for s in valid), theirs[key]["value"])
        else:
            check.same(f"{name} {key}", "no query has a match", theirs[key].get("reason"))


def check_slices(check, theirs, query, gallery, d, scores, policy):
    name = f"slices {theirs['query_model']}/{theirs['gallery_model']}"
    check.same(name, sorted(set(query.ids)), [s["identity"] for s in theirs["identities"]])
    for one in theirs["identities"]:
        check_slice(check, f"{name} identity {one['identity']}", one, scores, np.flatnonzero(query.ids == one["identity"]))
    pairs = [(q, g) for q in sorted(set(query.cams)) for g in sorted(set(gallery.cams))]
    check.same(name, pairs, [(s["query_camera"], s["gallery_camera"]) for s in theirs["camera_pairs"]])
    for one in theirs["camera_pairs"]:
        columns = np.flatnonzero(gallery.cams == one["gallery_camera"])
        part = copy.copy(gallery)
        part.ids, part.cams = gallery.ids[columns], gallery.cams[columns]
        where = f"{name} {one['query_camera']} to {one['gallery_camera']}"
        check.same(where + " gallery", len(columns), one["gallery"])
        check_slice(check, where, one, score_cell(query, part, d[:, columns], policy, 10),
                    np.flatnonzero(query.cams == one["query_camera"]))


class Pairs:
    """All admitted pairs of a cell by their similarity: a cosine, or minus a squared distance."""

    def __init__(self, query, gallery, d, policy):
        genuine, impostors = [], []
        self.match, self.other = [], []  # of each query: the nearest
        for q in range(len(query.images)):
            mask, same = admitted(query, gallery, q, policy)
            ours, others = -d[q][same & mask], -d[q][~same & mask]
            genuine.append(ours)
            impostors.append(others)
            self.match.append(ours.max(initial=-np.inf))
            self.other.append(others.max(initial=-np.inf))
        self.genuine, self.impostors = np.sort(np.concatenate(genuine)), np.sort(np.concatenate(impostors))
        self.match, self.other = np.array(self.match), np.array(self.other)

    def rates(self, s):
        accepted = len(self.impostors) - np.searchsorted(self.impostors, s)
        return accepted / len(self.impostors), np.searchsorted(self.genuine, s) / len(self.genuine)

    def searches(self, s):
        mated = ~np.isinf(self.match)
        return (self.other >= s).mean(), ((self.match >= s) & (self.match > self.other))[mated].mean()


def check_thresholds(check, theirs, pairs, distance):
    def similarity(threshold):
        return threshold - 1e-12 if distance == "cosine" else -threshold**2 - 1e-12 * max(1, threshold**2)

    for cell in theirs["cells"]:
        name = f"{cell['query_model']}/{cell['gallery_model']}"
        ours = pairs[name]
        check.same(f"{name} genuine", len(ours.genuine), cell["genuine"])
        check.same(f"{name} impostors", len(ours.impostors), cell["impostors"])
        levels = np.unique(np.concatenate([ours.genuine, ours.impostors]))
        far, frr = ours.rates(np.append(levels, np.inf))
        apart = np.abs(far - frr)
        equal = {round(half, 12) for half in ((far + frr) / 2)[apart <= apart.min() + 1e-12]}
        check.same(f"{name} equal errors", True, round(cell["equal_error_rate"], 12) in equal)
        for point in cell["pairs"]:
            far, frr = ours.rates(similarity(point["threshold"]))
            check.equal(f"{name} far", far, point["far"])
            check.equal(f"{name} frr", frr, point["frr"])
            lower = ours.impostors[ours.impostors < similarity(point["threshold"])]
            if len(lower):  # the next lower threshold accepts too many
                check.same(f"{name} lowest", True, ours.rates(lower.max())[0] > point["wanted"] >= far)
        for point in cell["searches"]:
            fpir, found = ours.searches(similarity(point["threshold"]))
            check.equal(f"{name} fpir", fpir, point["fpir"])
            check.equal(f"{name} dir", found, point["dir"])
    for transfer in theirs["pair_transfers"]:
        for key, name in (("before", "old/old"), ("after", "new/old"), ("kept", "new/old")):
            far, frr = pairs[name].rates(similarity(transfer[key]["threshold"]))
            check.equal(f"transfer {key} far", far, transfer[key]["far"])
            check.equal(f"transfer {key} frr", frr, transfer[key]["frr"])
        check.equal("transfer threshold", transfer["before"]["threshold"], transfer["after"]["threshold"])
    for transfer in theirs["search_transfers"]:
        for key, name in (("before", "old/old"), ("after", "new/old"), ("kept", "new/old")):
            fpir, found = pairs[name].searches(similarity(transfer[key]["threshold"]))
            check.equal(f"transfer {key} fpir", fpir, transfer[key]["fpir"])
            check.equal(f"transfer {key} dir", found, transfer[key]["dir"])


def run():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report")
    parser.add_argument("--tolerance", type=float, default=1e-9)
    arguments = parser.parse_args()
    with open(arguments.report, encoding="utf-8") as file:
        report = json.load(file)
    scoring, models = report["scoring"], report["models"]
    policy = scoring["policy"]
    if not scoring["ties"].startswith("by "):
        raise CannotRead("ties other than by row are not covered")
    sets = {(s["model"], s["side"]): Set(s["shards"]) for s in report["sets"]}
    for (model, side), one in sets.items():
        if model != models[0]:
            one.ordered_like(sets[models[0], side])

    check, cells, products, features = Checker(arguments.tolerance), {}, {}, {}
    for cell in report["cells"]:
        q, g = cell["query_model"], cell["gallery_model"]
        width = sets[models[min(models.index(q), models.index(g))], "query"].x.shape[1]
        query, gallery = sets[q, "query"], sets[g, "gallery"]
        rows = in_width(query.x, width), in_width(gallery.x, width)
        if "rerank" in scoring:
            d = reranked(*rows, scoring["distance"], scoring["rerank"])
        else:
            d = distances(*rows, scoring["distance"])
        products[f"{q}/{g}"], features[f"{q}/{g}"] = d, rows
        cells[f"{q}/{g}"] = score_cell(query, gallery, d, policy, len(cell["cmc"]))
        kept = int((gallery.ids != "-1").sum()) if policy == "market" else len(gallery.ids)
        check.same(f"{q}/{g} gallery", kept, cell["gallery_size"])
        check_cell(check, os.path.dirname(arguments.report), cell, cells[f"{q}/{g}"])
    if "compatibility" in report:
        check_upgrade(check, report, cells, policy == "cuhk03-single-shot")
    if "pair_criterion" in report:
        check_pairs(check, report["pair_criterion"], sets["old", "query"], sets["old", "gallery"], products["new/old"],
                    products["old/old"], policy)
    if "matrix" in report:
        check_matrix(check, report["matrix"], models, cells)
    for curve in report.get("backfill", {}).get("curves", []):
        check_curve(check, curve, cells)
    for one in report.get("slices", {}).get("cells", []):
        q, g = one["query_model"], one["gallery_model"]
        check_slices(check, one, sets[q, "query"], sets[g, "gallery"], products[f"{q}/{g}"], cells[f"{q}/{g}"], policy)

    if "thresholds" in report:
        pairs = {}
        for cell in report["thresholds"]["cells"]:
            q, g = cell["query_model"], cell["gallery_model"]
            pairs[f"{q}/{g}"] = Pairs(sets[q, "query"], sets[g, "gallery"], products[f"{q}/{g}"], policy)
        check_thresholds(check, report["thresholds"], pairs, scoring["distance"])
    if "episodes" in report:
        images = sets[models[0], "query"], next(sets[m, "gallery"] for m in models if (m, "gallery") in sets)
        check_episodes(check, report["episodes"], images, features, policy, scoring["distance"], report["statistics"]["seed"])
    if "candidates" in report:
        people = {}
        for cell in report["candidates"]["cells"]:
            q, g = cell["query_model"], cell["gallery_model"]
            people[f"{q}/{g}"] = Candidates(sets[q, "query"], sets[g, "gallery"], products[f"{q}/{g}"], policy)
        check_candidates(check, report["candidates"], people, scoring["distance"])

    print(f"{arguments.report}: {check.compared} values compared, {check.failed} differ, "
          f"largest difference {check.worst:.3g}")
    return 1 if check.failed else 0


def main():
    try:
        return run()
    except (OSError, ValueError, KeyError, CannotRead) as error:
        text = f"no key {error}" if isinstance(error, KeyError) else str(error)
        print(f"score.py: cannot read the report or what it names: {text}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
