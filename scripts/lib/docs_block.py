#!/usr/bin/env python3
"""Writes generated text into documentation, between the markers `<!-- NAME: ... -->` and `<!-- end of NAME -->` of a file.

  docs_block.py FILE NAME < TEXT
"""

import re
import sys


def replace_block(path, name, text):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    pattern = re.compile(r"(<!-- %s:.*?-->\n).*?(<!-- end of %s -->)" % (name, name), re.S)
    assert pattern.search(page), f"{path}: no block {name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(pattern.sub(lambda found: found.group(1) + text.strip("\n") + "\n" + found.group(2), page))


def has_block(path, name):
    with open(path, encoding="utf-8") as file:
        return f"<!-- {name}:" in file.read()


if __name__ == "__main__":
    replace_block(sys.argv[1], sys.argv[2], sys.stdin.read())
