#!/usr/bin/env python3
"""What the probe of prepare.py must have seen on the page of tests/golden/records.

  expect.py DOM
"""

import re
import sys

# The first table, in-domain-data: by cross 59.5, 59.0, 53.75, 4; by update gain .39, .37, .13, -2.09.
# The second one, cross-domain-supervised: bct before l2, which has no update gain.
EXPECTED = """
0 as written: rbcl bct l2 independent
0 cross descending: rbcl bct l2 independent
0 cross ascending: independent l2 bct rbcl
0 method ascending: bct independent l2 rbcl
0 method descending: rbcl l2 independent bct
0 upd.g descending: rbcl bct l2 independent
0 upd.g ascending: independent l2 bct rbcl
0 # ascending: rbcl bct l2 independent
0 filter CT: bct
0 filter nothing:
0 filter : rbcl bct l2 independent
1 as written: bct l2
1 cross descending: bct l2
1 cross ascending: l2 bct
1 method ascending: bct l2
1 method descending: l2 bct
1 upd.g descending: bct l2
1 upd.g ascending: bct l2
1 # ascending: bct l2
1 filter CT: bct
1 filter nothing:
1 filter : bct l2
"""


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        seen = [line.strip() for line in re.findall(r'<p class="probe">(.*?)</p>', file.read())]
    expected = EXPECTED.strip().splitlines()
    for number in range(max(len(seen), len(expected))):
        pair = [lines[number] if number < len(lines) else "(nothing)" for lines in (expected, seen)]
        if pair[0] != pair[1]:
            print(f"expect.py: expected '{pair[0]}', found '{pair[1]}'", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
