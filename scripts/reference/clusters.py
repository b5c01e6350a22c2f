#!/usr/bin/env python3
"""Labels of `bcreid cluster` anew, from dense matrices and the definitions.

  clusters.py REPORT.json LABELS.csv           DBSCAN and components (NumPy); exit code 1 where labels differ
  clusters.py REPORT.json LABELS.csv --peers   beside scikit-learn's DBSCAN and HDBSCAN, or Infomap's package, and prints what they find
  clusters.py --vectors                        prints the numbers of tests/unit/cluster/infomap_test.cc (Infomap's package)
"""

import argparse
import csv
import json
import sys

import numpy as np

from features import rows_of


def unit_rows(report):
    x = np.concatenate([rows_of(path) for path in report["features"]["files"]])
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def ranking(x):
    """Squared distances, and all rows by distance: the row itself first, equal ones by row."""
    d = np.maximum(2 - 2 * (x @ x.T), 0)
    np.fill_diagonal(d, -1)
    rank = np.argsort(d, axis=1, kind="stable")
    np.fill_diagonal(d, 0)
    return d, rank


def within(rank, width):
    inside = np.zeros(rank.shape, bool)
    np.put_along_axis(inside, rank[:, :width], True, 1)
    return inside & inside.T


def jaccard(x, p):
    """The k-reciprocal Jaccard distance, n x n (Zhong et al., CVPR 2017), in the variant that p names."""
    d, rank = ranking(x)
    n = len(x)
    width = min(p["k1"] if p["variant"] == "faiss" else p["k1"] + 1, n)
    if p["variant"] != "faiss":
        d = d / d.max(1, keepdims=True)
    if p["variant"] == "classic":
        d = d**2
    full, half = within(rank, width), within(rank, min(int(np.around(p["k1"] / 2)) + 1, width))
    v = np.zeros((n, n))
    for i in range(n):
        members = full[i].copy()
        for q in np.flatnonzero(full[i]):
            if 3 * (half[q] & full[i]).sum() > 2 * half[q].sum():
                members |= half[q]
        weights = np.exp(-d[i][members])
        v[i, members] = weights / weights.sum()
    v = v[rank[:, : min(p["k2"], width)]].mean(1)
    j = np.empty((n, n))
    for i in range(n):
        shared = np.minimum(v, v[i]).sum(1)
        j[i] = np.maximum(0, 1 - shared / (2 - shared))
    return j


def dbscan(distances, eps, min_samples):
    """Clusters grown one after another from the first core row that has none."""
    near = [np.flatnonzero(row <= eps) for row in distances]
    core = [len(rows) >= min_samples for rows in near]
    labels = [-1] * len(near)
    cluster = 0
    for start in range(len(near)):
        if not core[start] or labels[start] >= 0:
            continue
        stack = [start]
        while stack:
            i = stack.pop()
            if labels[i] >= 0:
                continue
            labels[i] = cluster
            if core[i]:
                stack += [j for j in near[i] if labels[j] < 0]
        cluster += 1
    return labels


def without_small(labels, least):
    sizes = np.bincount([label for label in labels if label >= 0], minlength=1)
    numbers = {}
    return [-1 if label < 0 or sizes[label] < least else numbers.setdefault(label, len(numbers)) for label in labels]


def expected(report):
    name, p = report["clusterer"]["name"], report["clusterer"]["parameters"]
    if name not in ("dbscan", "components") or p["search"] != "exact":
        sys.exit(f"clusters.py: {name}, search {p.get('search')}: DBSCAN and components of an exact search are covered")
    j = jaccard(unit_rows(report), p)
    if name == "components":
        return without_small(dbscan(j, p["eps"], 1), p["min_size"])
    return dbscan(j, p["eps"], p["min_samples"])


def numbered(labels):
    numbers = {}
    return [-1 if label < 0 else numbers.setdefault(label, len(numbers)) for label in labels]


def infomap_of(links, nodes, partition=None, seed=123):
    """Code length, modules and flows by the package (two levels, directed)."""
    import infomap

    package = infomap.Infomap(f"--two-level --silent --seed {seed}" + (" --no-infomap" if partition else ""), flow_model="directed")
    for i in range(nodes):
        package.add_node(i)
    for link in links:
        package.add_link(*link)
    package.run(**({"initial_partition": dict(enumerate(partition))} if partition else {}))
    found = sorted(package.nodes, key=lambda node: node.node_id)
    return package.codelength, [node.module_id for node in found], [node.flow for node in found]


def print_vectors():
    circles = [(0, 1, 1), (1, 2, 2), (2, 0, 1), (2, 3, 0.5), (3, 4, 1), (4, 5, 2), (5, 3, 1), (5, 6, 1), (1, 0, 1)]
    back = circles + [(6, 0, 0.25)]
    print("flows", infomap_of(circles, 7)[2])
    for partition in (None, [0, 0, 0, 1, 1, 1, 1], [0] * 7, [0, 1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1, 2]):
        print("circles", partition, infomap_of(circles, 7, partition and [p + 1 for p in partition])[0])
    for partition in (None, [0, 0, 0, 1, 1, 1, 1, 2], [0] * 8):
        print("with a way back", partition, infomap_of(back, 8, partition and [p + 1 for p in partition])[0])


def beside_peers(report, labels):
    name, p = report["clusterer"]["name"], report["clusterer"]["parameters"]
    x = unit_rows(report)
    if name == "infomap":
        d, rank = ranking(x)
        links = [(i, int(j), 1 - d[i, j] / 2) for i in range(len(x)) for j in rank[i, 1 : p["k"]] if 1 - d[i, j] / 2 >= p["min_similarity"]]
        length, modules, _ = infomap_of(links, len(x))
        theirs = without_small(modules, p["min_size"])
        print(f"Infomap's package: {length:.9f} bits a step")
    elif name in ("dbscan", "hdbscan"):
        from sklearn.cluster import DBSCAN, HDBSCAN

        j = jaccard(x, p)
        if name == "dbscan":
            theirs = DBSCAN(eps=p["eps"], min_samples=p["min_samples"], metric="precomputed").fit(j).labels_
        else:
            j[j > p["farthest"]] = 1
            peer = HDBSCAN(metric="precomputed", min_samples=p["min_samples"], min_cluster_size=p["min_size"], copy=True)
            theirs = peer.fit(j).labels_
    else:
        sys.exit(f"clusters.py: no peer for {name}")
    ours, theirs = np.array(numbered(labels)), np.array(numbered(theirs))
    print(f"{(ours != theirs).sum()} of {len(ours)} labels differ; clusters: {ours.max() + 1} ours, {theirs.max() + 1} theirs; "
          f"outliers: {(ours < 0).sum()} ours, {(theirs < 0).sum()} theirs")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", nargs="?")
    parser.add_argument("labels", nargs="?")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--vectors", action="store_true")
    arguments = parser.parse_args()
    if arguments.vectors:
        return print_vectors()
    with open(arguments.report, encoding="utf-8") as file:
        report = json.load(file)
    with open(arguments.labels, encoding="utf-8", newline="") as file:
        labels = [int(row["label"]) for row in csv.DictReader(file)]
    if arguments.peers:
        return beside_peers(report, labels)
    wrong = [i for i, (ours, theirs) in enumerate(zip(labels, expected(report), strict=True)) if ours != theirs]
    if wrong:
        sys.exit(f"clusters.py: {len(wrong)} of {len(labels)} labels differ, first that of row {wrong[0]}")
    print(f"{len(labels)} labels agree")


if __name__ == "__main__":
    main()
