# Writing generated text into documentation.
# shellcheck shell=bash

# Puts standard input between the markers `<!-- NAME: ... -->` and `<!-- end of NAME -->` of a file.
replace_block() { # file, name
  python3 "$(dirname "${BASH_SOURCE[0]}")/docs_block.py" "$1" "$2"
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

# The text of one section of what `score` prints.
section_text() { # name
  local first
  case $1 in
    episodes) first='^[0-9]*-way ' ;;
    candidates) first='^Candidates: ' ;;
  esac
  sed -n "/$first/,/^Percent\\./{/^Percent\\./!p}" | sed '$ {/^$/d}'
}
