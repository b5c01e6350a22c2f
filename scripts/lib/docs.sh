# Writing generated text into documentation.
# shellcheck shell=bash

# Puts standard input between the markers `<!-- NAME: ... -->` and `<!-- end of NAME -->` of a file.
replace_block() { # file, name
  python3 - "$1" "$2" 3<&0 <<'PY'
import os, re, sys
path, name = sys.argv[1:]
text = open(path).read()
body = os.fdopen(3).read().strip("\n")
pattern = re.compile(r"(<!-- %s:.*?-->\n).*?(<!-- end of %s -->)" % (name, name), re.S)
assert pattern.search(text), f"{path}: no block {name}"
open(path, "w").write(pattern.sub(lambda m: m.group(1) + body + "\n" + m.group(2), text))
PY
}
