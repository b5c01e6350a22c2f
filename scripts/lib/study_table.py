"""Markdown tables of studies: one row a data set and method, in the block `study` of a page."""

import re


def kept_rows(page, header, fresh, named_by):
    """Rows of the page's table that the fresh ones do not replace: those of another data set, or whatever
    else the first `named_by` columns say. None where no table of the block has these columns."""
    with open(page, encoding="utf-8") as file:
        block = re.search(r"<!-- study:.*?-->\n(.*?)<!-- end of study -->", file.read(), re.S).group(1)
    measured = {tuple(row[:named_by]) for row in fresh}
    for table in re.findall(r"(?:^\|.*\n)+", block, re.M):
        rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines()]
        if rows[0] == header:
            return [row for row in rows[2:] if tuple(row[:named_by]) not in measured]
    return []


def print_table(header, texts, rows):
    """`texts`: how many columns at the left hold text."""
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * texts + "---:|" * (len(header) - texts))
    for row in rows:
        print("| " + " | ".join(row) + " |")
