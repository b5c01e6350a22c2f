"""Tables and the picture of methods/UNSUPERVISED.md, from records of `bcreid run`."""

import glob
import json
import os
import statistics
from dataclasses import dataclass, field

import history_plot
from study_table import kept_rows


@dataclass
class Learner:
    about: str
    overrides: list = field(default_factory=list)
    setting: str = ""  # "": the usual one


def base(name, source="", **parameters):
    return [f"profile.bases.without_labels={name}"] + [f"profile.label_sources.{source or name}.{key}={value}" for key, value in parameters.items()]


def labels(name):
    return [f"label_sources.cluster-contrast.from={name}"]


# In the order of the tables.
LEARNERS = {
    "cluster-contrast": Learner("Cluster Contrast: DBSCAN"),
    "no-source": Learner("the same without a source model, from random weights", setting="cross-domain-unsupervised-no-source"),
    "cluster-contrast-infomap": Learner("Cluster Contrast: Infomap", base("cluster-contrast-infomap")),
    "cluster-contrast-hdbscan": Learner("Cluster Contrast: HDBSCAN", base("cluster-contrast-hdbscan", "hdbscan", k1=20)),
    "cluster-contrast-components": Learner("Cluster Contrast: connected components", base("cluster-contrast-components", "components", k1=20, eps=0.4)),
    "k-means": Learner("Cluster Contrast: k-means", base("k-means")),
    "spcl": Learner("SpCL", base("spcl", k1=20, eps=0.4)),
    "mmt": Learner("Mutual Mean-Teaching", base("mmt", rho=0.005)),
    "gcl-scl": Learner("GCL and SCL, reconstructed", base("gcl-scl")),
    "gcl": Learner("GCL alone, reconstructed", base("gcl")),
    "scl": Learner("SCL alone, reconstructed", base("scl")),
    "labels-old": Learner("Cluster Contrast, clusters of the old features", labels("old")),
    "labels-agreed": Learner("Cluster Contrast, what clusters of both features agree on", labels("agreed")),
}
# Drawn sets of other seeds than any table's: target, source.
OTHER_SETS = {"a after b": ("pedsynth-a,seed=101", "pedsynth-b,seed=102"), "b after a": ("pedsynth-b,seed=103", "pedsynth-a,seed=104")}
RADII = [0.2, 0.3, 0.35, 0.4, 0.5, 0.6]
QUALITY = ["learner", "", "clusters", "outliers %", "ARI", "pair precision %", "pair recall %", "mAP", "rank-1", "old self"]
UPGRADE = ["learner", "method", "new self", "cross", "gain", "update gain"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def records_of(folder):
    return [read(path) for path in sorted(glob.glob(os.path.join(folder, "records", "*.json")))]


def figure(record, query, gallery, metric):
    cell = next(c for c in record["cells"] if (c["query_model"], c["gallery_model"]) == (query, gallery))
    return 100 * cell["metrics"][metric]["value"]


def mean(values, digits=1):
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{statistics.mean(values):.{digits}f} ± {statistics.stdev(values):.{digits}f}"


def last_clusters(record):
    model = next(model for model in record["models"] if model["key"] == "new")
    note = dict(model["notes"]["clusters"][-1])
    note["outlier_share"] = note["outliers"] / model["images"]
    return note


def quality_row(name, records):
    sound = [record for record in records if record["status"] == "ok"]
    about = LEARNERS[name].about
    if len(sound) < len(records) or not sound:
        return [f"`{name}`", about, f"failed for {len(records) - len(sound)} of {len(records)} seeds"] + [""] * (len(QUALITY) - 3)
    notes = [last_clusters(record) for record in sound]

    def of(key, scale=100, digits=1):
        return mean([scale * note[key] for note in notes], digits)

    return [f"`{name}`", about, of("clusters", 1, 0), of("outlier_share"), of("ari_singletons", 1, 2), of("pair_precision_singletons"),
            of("pair_recall_singletons"), mean([figure(r, "new", "new", "map_hits") for r in sound]),
            mean([figure(r, "new", "new", "cmc1") for r in sound]), mean([figure(r, "old", "old", "map_hits") for r in sound])]


def upgrade_row(name, method, records):
    sound = [record for record in records if record["status"] == "ok"]
    if len(sound) < len(records) or not sound:
        return [f"`{name}`", f"`{method}`", "failed"] + [""] * (len(UPGRADE) - 3)
    gain = [figure(r, "new", "old", "map_hits") - figure(r, "old", "old", "map_hits") for r in sound]
    room = [figure(r, "paragon", "paragon", "map_hits") - figure(r, "old", "old", "map_hits") for r in sound]
    return [f"`{name}`", f"`{method}`", mean([figure(r, "new", "new", "map_hits") for r in sound]),
            mean([figure(r, "new", "old", "map_hits") for r in sound]), mean(gain), f"{sum(gain) / sum(room):.2f}"]


def legend(folders):
    """What the numbers are, and where the fresh ones come from."""
    processors = {model["notes"]["cpu"] for folder in folders for record in records_of(folder) for model in record["models"]}
    return f"mAP and rank-1 in per cent; mean ± sample deviation over seeds. Measured last on: {', '.join(sorted(processors))}."


def fresh_rows(folders):
    quality, upgrade = [], []
    for name, folder in folders.items():
        by_method = {}
        for record in records_of(folder):
            by_method.setdefault(record["method"]["name"], []).append(record)
        if "independent" in by_method:
            quality.append(quality_row(name, by_method.pop("independent")))
        upgrade += [upgrade_row(name, method, records) for method, records in sorted(by_method.items())]
    return quality, upgrade


def in_order(rows):
    names = [f"`{name}`" for name in LEARNERS]
    return sorted((row for row in rows if row[0] in names), key=lambda row: (names.index(row[0]), row[1] if row[1].startswith("`") else ""))


def table(header, texts, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * texts + "---:|" * (len(header) - texts)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def tables(page, folders):
    """The two tables, with the rows that the page holds of learners and methods that are not among `folders`."""
    quality, upgrade = fresh_rows(folders)
    parts = []
    for header, named_by, rows in ((QUALITY, 1, quality), (UPGRADE, 2, upgrade)):
        everything = in_order(kept_rows(page, header, rows, named_by) + rows)
        if everything:
            parts.append(table(header, 2, everything))
    return "\n\n".join([*parts, legend(folders.values())])


def radius_table(folders):
    """`folders`: of each radius and pair of sets. mAP of the new model by itself, clusters in its last epoch."""
    rows = []
    for radius in RADII:
        row = [str(radius)]
        for name in OTHER_SETS:
            records = records_of(folders[radius, name])
            row += [mean([figure(r, "new", "new", "map_hits") for r in records]), mean([last_clusters(r)["clusters"] for r in records], 0)]
        rows.append(row)
    old = [mean([figure(r, "old", "old", "map_hits") for r in records_of(folders[RADII[0], name])]) for name in OTHER_SETS]
    rows.append(["old model", old[0], "", old[1], ""])
    return table(["radius", *[head for name in OTHER_SETS for head in (name, "clusters")]], 1, rows) + "\n\n" + legend(folders.values())


def draw(folders):
    """One line a learner: clusters, ARI and mAP on held-out people, by epoch."""
    curves = {"clusters": {}, "ARI": {}, "mAP on held-out people": {}}
    for name, folder in folders.items():
        for record in records_of(folder):
            if record["status"] != "ok":
                continue
            notes = next(model for model in record["models"] if model["key"] == "new")["notes"]
            curves["clusters"][name] = [note["clusters"] for note in notes["clusters"]]
            curves["ARI"][name] = [note["ari_singletons"] for note in notes["clusters"]]
            curves["mAP on held-out people"][name] = [100 * epoch["figures"]["validation_map"] for epoch in notes["epochs"]]
    return history_plot.picture([(title, {"": lines}) for title, lines in curves.items()], "Training without labels by epoch")
