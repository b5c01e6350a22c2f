"""Feature sets as `bcreid score` reads them."""

import csv
import json

import numpy as np


class CannotRead(Exception):
    """A report that this script does not cover, in a sentence."""


def rows_of(path):
    """The features of a .npy or .safetensors file, n x d, as float64."""
    if not path.endswith(".safetensors"):
        return np.load(path).astype(np.float64)
    with open(path, "rb") as file:
        tensors = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensors.pop("__metadata__", None)
    tensor = tensors["features"] if "features" in tensors else next(iter(tensors.values()))
    begin, end = tensor["data_offsets"]
    if tensor["dtype"] == "BF16":  # the upper half of a float32
        values = (np.frombuffer(data[begin:end], "<u2").astype("<u4") << 16).view("<f4")
    elif tensor["dtype"] in ("F16", "F32", "F64"):
        values = np.frombuffer(data[begin:end], "<f" + str(int(tensor["dtype"][1:]) // 8))
    else:
        raise CannotRead(f"{path}: a tensor of {tensor['dtype']}; F16, BF16, F32 and F64 are covered")
    return values.reshape(tensor["shape"]).astype(np.float64)


class Set:
    """Features (float64, n x d) with images, identities and cameras."""

    def __init__(self, shards):
        rows, index = [], []
        for shard in shards:
            rows.append(rows_of(shard["path"]))
            with open(shard["index"], encoding="utf-8-sig", newline="") as file:
                index += list(csv.DictReader(file))
        self.x = np.concatenate(rows)
        self.images = [row["image"] for row in index]
        self.ids = np.array([row["identity"] for row in index])
        self.cams = np.array([row.get("camera", "unknown") for row in index])

    def ordered_like(self, other):
        place = {image: i for i, image in enumerate(self.images)}
        order = [place[image] for image in other.images]
        self.x, self.ids, self.cams = self.x[order], self.ids[order], self.cams[order]
        self.images = list(other.images)


def admitted(query, gallery, q, policy):
    """Which gallery rows the policy admits for a query, and which of all rows show its identity."""
    same = gallery.ids == query.ids[q]
    mask = np.ones(len(gallery.ids), bool)
    if policy != "none":
        mask &= ~(same & (gallery.cams == query.cams[q]))
    if policy == "market":
        mask &= gallery.ids != "-1"
    return mask, same


def in_width(x, width):
    if x.shape[1] >= width:
        return x[:, :width]
    return np.hstack([x, np.zeros((x.shape[0], width - x.shape[1]))])
