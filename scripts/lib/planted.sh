# Small programs with one mistake each, which a sanitizer must find: one that reports nothing, because it is broken or not in
# use, is then not taken for a sound program.
# shellcheck shell=bash

bcr_planted_source() { # kind
  case $1 in
    thread)
      cat <<'CPP'
#include <thread>
int count = 0;
int main() {
  std::thread other([] { for (int i = 0; i < 100000; ++i) ++count; });
  for (int i = 0; i < 100000; ++i) ++count;
  other.join();
  return count == 0;
}
CPP
      ;;
    address)
      cat <<'CPP'
#include <vector>
int main(int argc, char**) {
  std::vector<int> values(4);
  const int* past = values.data() + 3 + argc;
  return *past == 12345;
}
CPP
      ;;
    undefined)
      cat <<'CPP'
#include <climits>
int main(int argc, char**) {
  int most = INT_MAX;
  most += argc;
  return most == 0;
}
CPP
      ;;
  esac
}

# What the tool says about it.
bcr_planted_report() { # kind
  case $1 in
    thread) echo "data race" ;;
    address) echo "heap-buffer-overflow" ;;
    undefined) echo "signed integer overflow" ;;
  esac
}

# Ends the script unless the sanitizer finds the mistake of its kind.
bcr_find_planted() { # kind
  local folder compiler
  compiler=$(bcr_compiler)
  bcr_have "$compiler" || bcr_die "$compiler was not found. As root on Debian: apt-get install g++"
  folder=$(mktemp -d)
  bcr_planted_source "$1" >"$folder/planted.cc"
  if ! "$compiler" -O1 -g -pthread -fsanitize="$1" -fno-sanitize-recover=all -o "$folder/planted" "$folder/planted.cc" \
    2>"$folder/log"; then
    bcr_say "$(tail -n 3 "$folder/log")"
    rm -rf "$folder"
    bcr_die "$compiler cannot build with the $1 sanitizer. As root on Debian: apt-get install g++ (its sanitizers come with it)"
  fi
  if "$folder/planted" >"$folder/log" 2>&1 || ! grep -q "$(bcr_planted_report "$1")" "$folder/log"; then
    bcr_say "$(tail -n 3 "$folder/log")"
    rm -rf "$folder"
    bcr_die "the $1 sanitizer does not find a planted mistake on this machine: what it passes would prove nothing"
  fi
  rm -rf "$folder"
}

bcr_planted_self_test() {
  local kind
  for kind in thread address undefined; do
    bcr_find_planted "$kind"
    bcr_say "$kind: the planted mistake is found"
  done
}
