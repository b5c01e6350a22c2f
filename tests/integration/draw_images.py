#!/usr/bin/env python3
"""Draws a small picture for every image that feature sets name, in plain Python: a figure in the colours of its identity.

  draw_images.py SETS IMAGES

Reads SETS/*/index.csv, writes PNG files of 32x64 pixels to IMAGES, by the names that the indices give (whatever their ending;
names that leave IMAGES are passed over). People of one identity wear the same clothes; cameras differ in the light; junk and
distractors are grey.
"""

import colorsys
import csv
import glob
import os
import struct
import sys
import zlib

WIDTH, HEIGHT = 32, 64
SKIN = (203, 161, 132)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows):
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    data = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def colour(number, value):
    """Neighbouring numbers lie far apart on the circle of hues."""
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(number * 0.618034 % 1, 0.65, value))


def figure(identity, camera):
    number = int(identity) if identity.isdecimal() else zlib.crc32(identity.encode()) % 1000
    stranger = identity in ("-1", "0000")
    coat = (128, 128, 128) if stranger else colour(number, 0.8)
    trousers = (90, 90, 90) if stranger else colour(7 * number + 3, 0.45)
    light = 0.8 + zlib.crc32(camera.encode()) % 5 * 0.08
    ground = tuple(min(255, round(light * part)) for part in (178, 186, 194))

    def pixel(x, y):
        if (x - 15.5) ** 2 + (y - 11) ** 2 < 30:
            return SKIN
        if 18 <= y < 40 and abs(x - 15.5) < 8.5:
            return coat
        if 40 <= y < 60 and 1 < abs(x - 15.5) < 7.5:
            return trousers
        return ground

    return [[pixel(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]


def main():
    sets, images = sys.argv[1:]
    for index in glob.glob(os.path.join(sets, "*", "index.csv")):
        with open(index, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                path = os.path.normpath(os.path.join(images, row["image"]))
                if not path.startswith(os.path.normpath(images) + os.sep):
                    continue
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as picture:
                    picture.write(png(figure(row["identity"], row["camera"])))


if __name__ == "__main__":
    main()
