#!/usr/bin/env python3
"""Makes copies of a page for the browser test, or checks the page itself.

  prepare.py check PAGE            exit code 1 where the page names a place outside itself
  prepare.py probe PAGE OUT        a copy that sorts and filters by itself and writes what it sees into its DOM
  prepare.py light|dark PAGE OUT   a copy that looks like this
  prepare.py foreign PAGE OUT      the page with a script and a style that its policy must stop
"""

import re
import sys

# Clicks headers and types into the filter of the table whose caption names a ranking of five methods or more; each step
# writes the visible names in their order.
PROBE = """
const out = document.createElement('div');
document.body.append(out);
document.querySelectorAll('table[data-sortable]').forEach((table, number) => {
  const names = () => [...table.tBodies[0].rows].filter((row) => !row.hidden)
    .map((row) => row.querySelector('th').textContent).join(' ');
  const note = (step) => {
    const line = document.createElement('p');
    line.className = 'probe';
    line.textContent = `${number} ${step}: ${names()}`;
    out.append(line);
  };
  const header = (title) => [...table.tHead.rows[0].cells].find((cell) => cell.textContent === title);
  const click = (title) => {
    header(title).querySelector('button').click();
    note(`${title} ${header(title).getAttribute('aria-sort')}`);
  };
  note('as written');
  for (const title of ['cross', 'cross', 'method', 'method', 'upd.g', 'upd.g', '#']) click(title);
  const input = table.closest('.wide').previousElementSibling.querySelector('input');
  const type = (text) => {
    input.value = text;
    input.dispatchEvent(new Event('input'));
    note(`filter ${text}`);
  };
  type('CT');
  type('nothing');
  type('');
});
"""
FOREIGN = """<script>document.body.dataset.foreign = 'ran'</script><style>body { display: none }</style>"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def check(text):
    """Every place that the page names outside itself."""
    rest = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    found = re.findall(r"(?:https?:|ftp:|//[a-z]+\.)[^\s\"'<]*", rest)
    found += re.findall(r"<(?:link|iframe|object|embed|base|image|use)\b[^>]*>", rest)
    found += [value for value in re.findall(r'\b(?:href|src|srcset|action)="([^"]*)"', rest) if not value.startswith(("#", "data:"))]
    found += [value for value in re.findall(r"url\(([^)]*)\)|@import", rest)]
    if not POLICY.search(text):
        found.append("(no policy)")
    return found


def with_script(text, script):
    """A copy without the policy, which would stop the script, as it should."""
    return POLICY.sub("", text).replace("</body>", f"<script>{script}</script>\n</body>")


def main():
    what, page, *out = sys.argv[1:]
    text = read(page)
    if what == "check":
        found = check(text)
        for place in found:
            print(f"prepare.py: {page} names {place}", file=sys.stderr)
        return 1 if found else 0
    if what == "probe":
        text = with_script(text, PROBE)
    elif what == "foreign":
        text = text.replace("</body>", FOREIGN + "\n</body>")
    else:
        text = with_script(text, f"document.documentElement.dataset.theme === '{what}' || "
                                 f"(document.querySelector('.theme').textContent === '{what.capitalize()} page' && "
                                 "document.querySelector('.theme').click())")
    with open(out[0], "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
