# Configuring, building, and knowing at a glance whether both are done.
# shellcheck shell=bash

# shellcheck source=scripts/lib/openvino.sh
source "$(dirname "${BASH_SOURCE[0]}")/openvino.sh"

# Written last: its presence means that set-up and build finished. Its text names the LibTorch folder,
# its time is the time the build started.
bcr_stamp() {
  echo "$BCR_BUILD/.bcreid-ready"
}

bcr_binary() {
  echo "$BCR_BUILD/bin/bcreid"
}

bcr_is_ready() {
  local stamp libtorch
  stamp=$(bcr_stamp)
  [[ -f $stamp && -x $(bcr_binary) ]] || return 1
  [[ $BCR_ONNX != yes || $BCR_LIGHT == yes || -e $BCR_BUILD/bin/libbcreid-onnx.so ]] || return 1
  libtorch=$(<"$stamp")
  [[ -z $libtorch || -e $libtorch/DONE ]]
}

# One line when a source changed after the build; a few milliseconds.
bcr_hint_when_stale() {
  local changed
  changed=$(find "$BCR_ROOT"/{CMakeLists.txt,harness,methods,protocols,datasets,reports,scripts/cmake} \
    -type f \( -name '*.cc' -o -name '*.h' -o -name '*.json' -o -name '*.cmake' -o -name CMakeLists.txt \) \
    -newer "$(bcr_stamp)" -print -quit 2>/dev/null || true)
  [[ -z $changed ]] ||
    bcr_say "sources are newer than the binary (${changed#"$BCR_ROOT/"}): run ./scripts/bcreid --build"
}

# Installs what the chosen build needs, BCR_EXTRA_PACKAGES included.
bcr_setup() {
  local packages=("${BCR_TOOL_PACKAGES[@]}" "${BCR_LIGHT_PACKAGES[@]}" "${BCR_EXTRA_PACKAGES[@]}")
  local fetch=()
  BCR_LIBTORCH='' BCR_OPENVINO=''
  if [[ $BCR_LIGHT == no ]]; then
    packages+=("${BCR_FULL_PACKAGES[@]}")
    bcr_libtorch_ready || fetch+=(bcr_ensure_libtorch)
  fi
  if bcr_wants_openvino; then
    bcr_openvino_ready || fetch+=(bcr_ensure_openvino)
  fi
  ((${#fetch[@]} == 0)) || packages+=(python3 python3-pip)
  bcr_ensure_packages "${packages[@]}"
  bcr_check_tools
  local each
  for each in "${fetch[@]}"; do "$each"; done
}

bcr_check_build_folder() {
  bcr_make_folder "$BCR_BUILD" "build folder" BCR_BUILD_DIR
  local cache=$BCR_BUILD/CMakeCache.txt source
  if [[ ! -f $cache ]]; then
    bcr_need_space "$BCR_BUILD" "$([[ $BCR_LIGHT == yes ]] && echo 500 || echo 1500)" "the build" BCR_BUILD_DIR
    return 0
  fi
  source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$cache")
  [[ $source -ef $BCR_ROOT ]] ||
    bcr_die "$BCR_BUILD was configured for the sources in $source. Remove it, or set BCR_BUILD_DIR."
}

bcr_configure() { # tests: ON, OFF or keep
  local options=() log=$BCR_LOGS/configure.log
  if [[ ! -f $BCR_BUILD/CMakeCache.txt ]]; then
    options+=(-G Ninja -DCMAKE_BUILD_TYPE=Release)
    [[ $1 != keep ]] || options+=(-DBCR_BUILD_TESTS=OFF)
  fi
  [[ $1 == keep ]] || options+=("-DBCR_BUILD_TESTS=$1")
  [[ -z ${BCR_SANITIZE:-} ]] || options+=("-DBCR_SANITIZE=$BCR_SANITIZE")
  if [[ $BCR_LIGHT == yes ]]; then
    options+=(-DBCR_WITH_TORCH=OFF -DBCR_WITH_IMAGES=OFF)
  else
    # -U: the paths found in an earlier cache folder must not outlive it.
    options+=(-UTORCH_INCLUDE -UTORCH_CPU_LIBRARY -UTORCH_C10_LIBRARY "-DCMAKE_PREFIX_PATH=$BCR_LIBTORCH${BCR_OPENVINO:+;$BCR_OPENVINO}")
  fi
  if bcr_wants_openvino; then
    options+=(-UOpenVINO_DIR -DBCR_WITH_ONNX=ON)
  elif [[ $BCR_ONNX == no ]]; then
    options+=(-DBCR_WITH_ONNX=OFF)
  fi
  bcr_run_logged "configuring" "$log" cmake -S "$BCR_ROOT" -B "$BCR_BUILD" "${options[@]}" ||
    bcr_die_with_log "Configuring" "$log"
}

# Builds a target and leaves the stamp.
bcr_build() { # tests: ON, OFF or keep; target
  local tests=$1 target=$2 log=$BCR_LOGS/build.log
  bcr_check_build_folder
  exec 9>"$BCR_BUILD/.lock"
  if bcr_have flock; then
    flock 9
  fi
  bcr_configure "$tests"
  printf '%s' "$BCR_LIBTORCH" >"$(bcr_stamp).new"
  # ccache fails where it cannot keep anything (no home folder).
  [[ -n ${CCACHE_DIR:-} || -w ${HOME:-/nonexistent} ]] || export CCACHE_DISABLE=1
  # Another checkout finds what this one compiled: its sources are named from its own folder on.
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$BCR_ROOT} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR-1}
  bcr_run_logged "building $target" "$log" \
    cmake --build "$BCR_BUILD" --target "$target" --parallel "$(bcr_jobs)" ||
    bcr_die_with_log "Building" "$log"
  [[ $target == *_test || -x $(bcr_binary) ]] || bcr_die "the build left no binary in $BCR_BUILD."
  mv "$(bcr_stamp).new" "$(bcr_stamp)"
  exec 9>&-
}
