"""k-reciprocal re-ranking (Zhong et al., CVPR 2017) over dense matrices, in float64, from the definition."""

import re

import numpy as np

from features import CannotRead


def reranked(query, gallery, distance, how):
    """Final distances, Q x G. `how` is the report's `scoring.rerank`."""
    found = re.fullmatch(r"k-reciprocal, k1 (\d+), k2 (\d+), lambda ([0-9.e+-]+), (\S+)", how)
    if not found or found[4] not in ("original", "fourth-power", "fastreid"):
        raise CannotRead(f"re-ranking `{how}` is not covered")
    k1, k2, share, flavour = int(found[1]), int(found[2]), float(found[3]), found[4]
    items = np.concatenate([query, gallery])
    if distance == "cosine":
        items = items / np.linalg.norm(items, axis=1, keepdims=True)
    d = ((items[:, None, :] - items[None, :, :]) ** 2).sum(axis=2)
    if flavour != "fastreid":
        d = d / d.max(axis=1, keepdims=True)
    if flavour == "fourth-power":
        d = d * d
    ranks = np.argsort(d, axis=1, kind="stable")
    if flavour == "fastreid":
        ranks = ranks[:, :k1]  # its lists hold the item itself and k1 - 1 others
    v = encode(d, ranks, k1)
    if k2 > 1:
        v = np.array([v[row[:k2]].mean(axis=0) for row in ranks])
    q = len(query)
    shared = np.array([np.minimum(v[i], v[q:]).sum(axis=1) for i in range(q)])
    # Under cosine FastReID mixes 1 - cos (compute_cosine_distance), half of the squared distance of its weights.
    mixed = 0.5 if flavour == "fastreid" and distance == "cosine" else 1.0
    return (1 - share) * (1 - shared / (2 - shared)) + share * mixed * d[:q, q:]


def encode(d, ranks, k1):
    """Row i: weights exp(-d) on the expanded reciprocal set of item i, which sum to 1."""
    near = [set(row[: k1 + 1]) for row in ranks]
    own = [{j for j in near[i] if i in near[j]} for i in range(len(d))]
    half = round(k1 / 2)  # Python, too, rounds halves to even
    close = [set(row[: half + 1]) for row in ranks]
    small = [{j for j in close[i] if i in close[j]} for i in range(len(d))]
    v = np.zeros_like(d)
    for i, members in enumerate(own):
        chosen = set(members)
        for j in members:
            if len(small[j] & members) > 2 / 3 * len(small[j]):
                chosen |= small[j]
        columns = sorted(chosen)
        weights = np.exp(-d[i, columns])
        v[i, columns] = weights / weights.sum()
    return v
