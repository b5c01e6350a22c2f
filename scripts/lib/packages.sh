# Debian packages and the compiler: finds what is missing, installs it where that is allowed.
# shellcheck shell=bash

# A tool counts as present when its command is, whoever installed it; a library is asked of dpkg.
BCR_TOOL_PACKAGES=(g++ cmake ninja-build)
BCR_OPTIONAL_PACKAGES=(ccache)
BCR_LIGHT_PACKAGES=(libopenblas-openmp-dev libfmt-dev nlohmann-json3-dev libcli11-dev libxxhash-dev libfaiss-dev libeigen3-dev)
# The three OpenCV modules and not libopencv-dev, which brings 230 packages more.
BCR_FULL_PACKAGES=(libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev libjpeg-dev libzip-dev)
# What a caller of bcr_setup needs besides.
BCR_EXTRA_PACKAGES=()

# The compiler's command, without the options CXX may hold.
bcr_compiler() {
  local words
  read -r -a words <<<"${CXX:-g++}"
  echo "${words[0]}"
}

bcr_tool_present() { # package; fails for a package that is not a tool
  case $1 in
    g++) bcr_have "$(bcr_compiler)" ;;
    ninja-build) bcr_have ninja ;;
    cmake | ccache | python3 | clang-format | chromium) bcr_have "$1" ;;
    python3-pip) python3 -c 'import pip' >/dev/null 2>&1 ;;
    python3-numpy) python3 -c 'import numpy' >/dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

bcr_is_tool() {
  case $1 in
    g++ | ninja-build | cmake | ccache | python3 | python3-pip | clang-format | chromium) return 0 ;;
    *) return 1 ;;
  esac
}

# Prints those of the packages that are missing, one a line.
bcr_missing_packages() {
  local package installed=$'\n'
  installed+=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)$'\n'
  for package in "$@"; do
    if [[ $installed != *$'\n'"$package installed"$'\n'* ]] && ! bcr_tool_present "$package"; then
      echo "$package"
    fi
  done
}

# Sets BCR_SUDO to the words that make apt-get run as root; fails where that is not possible.
bcr_can_install() {
  BCR_SUDO=()
  bcr_have apt-get || return 1
  [[ $(id -u) != 0 ]] || return 0
  BCR_SUDO=(sudo -n)
  bcr_have sudo && sudo -n true 2>/dev/null
}

bcr_apt() {
  "${BCR_SUDO[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 "$@"
}

bcr_apt_install() {
  # A failed update is no reason to stop: the lists at hand may do.
  bcr_apt update || echo "apt-get update failed; going on with the lists at hand"
  bcr_apt install --no-install-recommends "$@"
}

# Installs what is missing of the required packages (and, on the same occasion, of the optional ones).
bcr_ensure_packages() { # required packages...
  local missing optional
  mapfile -t missing < <(bcr_missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if bcr_can_install; then
    mapfile -t optional < <(bcr_missing_packages "${BCR_OPTIONAL_PACKAGES[@]}")
    bcr_make_folder "$BCR_LOGS" "build folder" BCR_BUILD_DIR
    bcr_run_logged "installing ${missing[*]}" "$BCR_LOGS/apt.log" \
      bcr_apt_install "${missing[@]}" "${optional[@]}" ||
      bcr_die_with_log "Installing packages" "$BCR_LOGS/apt.log" \
        "It needs the Debian archive for: apt-get install ${missing[*]}."
    return 0
  fi
  bcr_report_missing "${missing[@]}"
}

# Without root: ends with what to type, unless the libraries may come from elsewhere (a prefix of the
# user, another distribution). Then only a missing tool ends it; CMake looks for the libraries.
bcr_report_missing() {
  local missing=("$@") package
  if [[ -n ${CMAKE_PREFIX_PATH:-} ]] || ! bcr_have dpkg-query; then
    missing=()
    for package in "$@"; do
      bcr_is_tool "$package" && missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0
  fi
  bcr_die "missing: ${missing[*]}
  As root on Debian 12 or later:  apt-get install ${missing[*]}
  Without root: install the libraries in a prefix (conda, spack), then
                CMAKE_PREFIX_PATH=/that/prefix ./scripts/bcreid
  Only scoring, comparing and gating (needs less): BCR_WITH_TORCH=OFF ./scripts/bcreid"
}

bcr_check_tools() {
  local compiler version
  compiler=$(bcr_compiler)
  version=$("$compiler" -dumpversion 2>/dev/null || true)
  if [[ $version =~ ^[0-9]+ ]] && ((BASH_REMATCH[0] < 12)); then
    bcr_die "$compiler is version $version; bcreid needs g++ 12 or newer (C++20). Install one" \
      "(apt-get install g++-12) and name it: CXX=g++-12 ./scripts/bcreid --build"
  fi
  version=$(cmake --version 2>/dev/null | awk 'NR == 1 {print $3}' || true)
  if [[ $version =~ ^([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 3025)); then
    bcr_die "cmake is version $version; bcreid needs 3.25 or newer. Install one in front of it in PATH," \
      "e.g. in a virtual environment: pip install 'cmake>=3.25'"
  fi
}
