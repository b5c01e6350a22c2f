"""Miniatures of the MATLAB files of CUHK03 and GRID, as MATLAB lays them out. Needs h5py and scipy.

  write_mat.py cuhk03 FOLDER   cuhk-03.mat (7.3) and the two files of the new protocol
  write_mat.py grid FOLDER     features_and_partitions.mat and images that are none

Camera pairs 1 and 2 have three and two people. The image of pair p, person q, number n has the colour (p, q, n) everywhere,
four rows and two columns; person 2 of pair 1 has none of the second view.
"""

import os
import sys

import h5py
import numpy as np
import scipy.io

PEOPLE = {1: 3, 2: 2, 3: 1, 4: 1, 5: 1}
NUMBERS = (1, 2, 6, 10)  # of the ten images a person may have


def has(pair, person, number):
    return number in NUMBERS and not (number > 5 and (pair, person) == (1, 2))


def name(pair, person, number):
    return f"{pair}_{person:03}_{1 if number <= 5 else 2}_{number:02}.png"


def cuhk03(folder):
    with h5py.File(os.path.join(folder, "cuhk-03.mat"), "w", userblock_size=512) as mat:
        count = 0

        def store(value):
            nonlocal count
            count += 1
            return mat.create_dataset(f"#refs#/{count}", data=value).ref

        def references(rows):
            return np.array(rows, dtype=h5py.ref_dtype)

        for boxes in ("detected", "labeled"):
            pairs = []
            for pair, people in PEOPLE.items():
                cells = np.empty((10, people), dtype=h5py.ref_dtype)
                for person in range(1, people + 1):
                    for number in range(1, 11):
                        image = np.zeros((2,), dtype=np.uint64)  # what MATLAB keeps of an empty cell
                        if has(pair, person, number):
                            image = np.empty((3, 2, 4), dtype=np.uint8)  # colour, column, row
                            for channel, value in enumerate((pair, person, number)):
                                image[channel] = value
                            image[0, 1, 3] = 255  # the last row's second column, to tell rows from columns
                        cells[number - 1, person - 1] = store(image)
                pairs.append(store(cells))
            mat.create_dataset(boxes, data=np.array([pairs], dtype=h5py.ref_dtype))
        tests = [store(np.array([[1, 2], [1 + split % 3, 1]], dtype=np.float64)) for split in range(20)]
        mat.create_dataset("testsets", data=np.array([tests], dtype=h5py.ref_dtype))
    files = [name(pair, person, number) for pair in (1, 2) for person in range(1, PEOPLE[pair] + 1)
             for number in range(1, 11) if has(pair, person, number)]
    labels = [int(file.split("_")[0]) * 10 + int(file.split("_")[1]) for file in files]
    for boxes in ("detected", "labeled"):
        train = [i + 1 for i, file in enumerate(files) if file.startswith("1_")]
        query = [i + 1 for i, file in enumerate(files) if file.startswith("2_") and file.endswith(("_01.png", "_06.png"))]
        gallery = [i + 1 for i, file in enumerate(files) if file.startswith("2_") and i + 1 not in query]
        scipy.io.savemat(os.path.join(folder, f"cuhk03_new_protocol_config_{boxes}.mat"),
                         {"filelist": np.array([[file] for file in files], dtype=object), "labels": np.array([labels]).T,
                          "train_idx": np.array([train]).T, "query_idx": np.array([query]).T,
                          "gallery_idx": np.array([gallery]).T})


def grid(folder):
    for part, names in (("probe", ("0001_1_a", "0002_3_a", "0003_5_a")),
                        ("gallery", ("0001_2_a", "0002_4_a", "0003_6_a", "0000_8_a"))):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
        for each in names:
            open(os.path.join(folder, part, each + ".jpeg"), "w").close()
    splits = np.empty((1, 10), dtype=object)
    for k in range(10):
        inner = np.empty((1, 1), dtype=object)
        fields = np.empty((3,), dtype=object)
        fields[0], fields[1], fields[2] = np.zeros((1, 1)), np.zeros((1, 1)), np.array([[1 + k % 3]])
        inner[0, 0] = np.array([(fields[0], fields[1], fields[2])],
                               dtype=[("a", object), ("b", object), ("train", object)])
        splits[0, k] = inner[0, 0].reshape(1, 1)
    scipy.io.savemat(os.path.join(folder, "features_and_partitions.mat"), {"trainIdxAll": splits})


{"cuhk03": cuhk03, "grid": grid}[sys.argv[1]](sys.argv[2])
