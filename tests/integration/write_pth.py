"""Writes PyTorch files by hand, for tests on machines without PyTorch: the zip container and its pickle of protocol 2, or
with --legacy the container of PyTorch before 1.6.

    python3 write_pth.py WEIGHTS.safetensors OUT.pth [OLD=NEW ...] [--under KEY] [--drop BEGINNING] [--legacy]

Names that begin with OLD begin with NEW instead; names that begin with none of them are left out. --under puts the state
dict into a checkpoint, beside a number and a text.
"""

import argparse
import json
import pickle
import struct
import zipfile

STORAGES = {"F64": ("DoubleStorage", 8), "F32": ("FloatStorage", 4), "F16": ("HalfStorage", 2), "I64": ("LongStorage", 8)}


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def whole(value):
    return b"J" + struct.pack("<i", value)


def tuple_of(items):
    return b"(" + b"".join(items) + b"t"


def tensor(key, dtype, shape, legacy):
    storage, _ = STORAGES[dtype]
    count, strides = 1, []
    for side in reversed(shape):
        strides.insert(0, count)
        count *= side
    view = [b"N"] if legacy else []
    reference = tuple_of([text("storage"), name("torch", storage), text(key), text("cpu"), whole(count)] + view) + b"Q"
    arguments = [reference, whole(0), tuple_of(map(whole, shape)), tuple_of(map(whole, strides)), b"\x89",
                 name("collections", "OrderedDict") + b")R"]
    return name("torch._utils", "_rebuild_tensor_v2") + tuple_of(arguments) + b"R"


def write_legacy(path, content, storages):
    with open(path, "wb") as file:
        for part in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}):
            file.write(pickle.dumps(part, 2))
        file.write(content + pickle.dumps([str(i) for i in range(len(storages))], 2))
        for count, data in storages:
            file.write(struct.pack("<q", count) + data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--under")
    parser.add_argument("--drop")
    parser.add_argument("--legacy", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.source, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    items, storages = [], []
    for ours, entry in header.items():
        for pair in arguments.names:
            old, new = pair.split("=")
            if not ours.startswith(old) or arguments.drop and ours.startswith(arguments.drop):
                continue
            begin, end = entry["data_offsets"]
            items.append(text(new + ours[len(old):]) + tensor(str(len(storages)), entry["dtype"], entry["shape"], arguments.legacy))
            storages.append(((end - begin) // STORAGES[entry["dtype"]][1], data[begin:end]))
            break
    state = name("collections", "OrderedDict") + b")R(" + b"".join(items) + b"u"
    if arguments.under:
        state = b"}(" + text(arguments.under) + state + text("epoch") + whole(3) + text("note") + text("by hand") + b"u"
    content = b"\x80\x02" + state + b"."
    if arguments.legacy:
        return write_legacy(arguments.out, content, storages)
    with zipfile.ZipFile(arguments.out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("weights/data.pkl", content)
        archive.writestr("weights/byteorder", "little")
        for i, (_, storage) in enumerate(storages):
            archive.writestr(f"weights/data/{i}", storage)
        archive.writestr("weights/version", "3\n")


main()
