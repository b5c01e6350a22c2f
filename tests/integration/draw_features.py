#!/usr/bin/env python3
"""Draws feature sets of planted identities, in plain Python, for the integration tests.

  draw_features.py FOLDER NAME=NOISE[:SPACE]... [--queries 60] [--gallery 240] [--identities 15] [--cameras 4]
                   [--width 24] [--seed 1] [--junk 6] [--distractors 10] [--mirror]

Writes FOLDER/NAME-query and FOLDER/NAME-gallery for each model. Rows have 16 entries of +-1/4 and zeros elsewhere: their
norm is exactly 1 and every product a multiple of 1/16, so scores have no rounding and many ties. A row is its identity's
pattern, of which each entry moves elsewhere with probability NOISE; models of another SPACE have other patterns. All
models see the same images. --mirror also shuffles the rows of later models.
"""

import argparse
import os
import random
import struct

ENTRIES = 16


def pattern(rng, width):
    return {place: rng.choice((-0.25, 0.25)) for place in rng.sample(range(width), ENTRIES)}


def seen(rng, base, width, noise):
    row = dict(base)
    for place in list(base):
        if rng.random() >= noise:
            continue
        free = [p for p in range(width) if p not in row]
        value = row.pop(place)
        row[rng.choice(free)] = value if rng.random() < 0.5 else -value
    return [row.get(p, 0.0) for p in range(width)]


def write_npy(path, rows, descr="<f4"):
    letter = {"<f2": "e", "<f4": "f", "<f8": "d"}[descr]
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack(f"<{len(row)}{letter}", *row))


def write_set(folder, index, rows, descr="<f4"):
    os.makedirs(folder, exist_ok=True)
    write_npy(os.path.join(folder, "features.npy"), rows, descr)
    with open(os.path.join(folder, "index.csv"), "w", encoding="utf-8", newline="") as file:
        file.write("image,identity,camera\n")
        file.writelines(f"{image},{identity},{camera}\n" for image, identity, camera in index)


def draw_index(rng, arguments):
    people = [f"{i + 1:04d}" for i in range(arguments.identities)]
    cameras = [f"c{i + 1}" for i in range(arguments.cameras)]
    query = [(f"q{i:04d}.jpg", people[i % len(people)], rng.choice(cameras)) for i in range(arguments.queries)]
    gallery = [(f"g{i:04d}.jpg", rng.choice(people), rng.choice(cameras)) for i in range(arguments.gallery)]
    gallery += [(f"junk{i}.jpg", "-1", rng.choice(cameras)) for i in range(arguments.junk)]
    gallery += [(f"street{i}.jpg", "0000", rng.choice(cameras)) for i in range(arguments.distractors)]
    rng.shuffle(gallery)
    return query, gallery


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("models", nargs="+")
    for name, value in (("queries", 60), ("gallery", 240), ("identities", 15), ("cameras", 4), ("width", 24), ("seed", 1),
                        ("junk", 6), ("distractors", 10)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--dtype", default="<f4")
    arguments = parser.parse_args()
    sides = dict(zip(("query", "gallery"), draw_index(random.Random(arguments.seed), arguments)))
    for number, model in enumerate(arguments.models):
        name, _, how = model.partition("=")
        noise, _, space = how.partition(":")
        rng = random.Random(f"{arguments.seed} {name}")
        patterns = {}
        for side, index in sides.items():
            rows = []
            for image, identity, _ in index:
                key = image if identity in ("-1", "0000") else identity
                if key not in patterns:
                    patterns[key] = pattern(random.Random(f"{arguments.seed} {space} {key}"), arguments.width)
                rows.append(seen(rng, patterns[key], arguments.width, float(noise)))
            order = list(range(len(rows)))
            if arguments.mirror and number > 0:
                random.Random(name + side).shuffle(order)
            write_set(os.path.join(arguments.folder, f"{name}-{side}"), [index[i] for i in order],
                      [rows[i] for i in order], arguments.dtype)


if __name__ == "__main__":
    main()
