#!/usr/bin/env python3
"""Prints the numbers of tests/unit/data/resize_test.cc: a hash of what Pillow makes of a small image.

  resize.py           needs NumPy and Pillow before version 13, which resizes in another order
"""

import numpy as np
import PIL
from PIL import Image

HEIGHT, WIDTH = 37, 21
SIZES = [(24, 16), (64, 32), (20, 40), (37, 8), (9, 21), (1, 1)]


def image():
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
    return Image.fromarray(((37 * y + 91 * x + 53 * c + y * x) % 256).astype(np.uint8))


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


if int(PIL.__version__.split(".")[0]) >= 13:
    raise SystemExit("resize.py: this Pillow resizes the height before the width at times. Install pillow==12.0.0.")
print(f"// Pillow {PIL.__version__}")
for name, filter in [("pillow-bilinear", Image.BILINEAR), ("pillow-bicubic", Image.BICUBIC)]:
    for height, width in SIZES:
        made = image().resize((width, height), filter)
        print(f'{{"{name}", {height}, {width}, {fnv1a(made.tobytes()):#x}}},')
