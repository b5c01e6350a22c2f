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

# Prints the first fenced block of a language in the section of a file with the given heading.
fenced_block() { # file, heading, language
  python3 - "$@" <<'PY'
import re, sys
path, heading, language = sys.argv[1:]
text = open(path, encoding="utf-8").read()
section = text[text.index("## " + heading):]
sys.stdout.write(re.search(r"```%s\n(.*?)```" % language, section, re.S).group(1))
PY
}
