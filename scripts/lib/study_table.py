"""Markdown tables of studies: one row a data set and method, in the block `study` of a page."""

import re


def kept_rows(page, header, fresh, named_by):
    """Rows of the page's table that the fresh ones do not replace: those of another data set, or whatever
    else the first `named_by` columns say. None where the table has other columns."""
    with open(page, encoding="utf-8") as file:
        block = re.search(r"<!-- study:.*?-->\n(.*?)<!-- end of study -->", file.read(), re.S).group(1)
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines() if line.startswith("|")]
    measured = {tuple(row[:named_by]) for row in fresh}
    return [row for row in rows[2:] if tuple(row[:named_by]) not in measured] if rows and rows[0] == header else []


def print_table(header, texts, rows):
    """`texts`: how many columns at the left hold text."""
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * texts + "---:|" * (len(header) - texts))
    for row in rows:
        print("| " + " | ".join(row) + " |")
