# Python wheels in a cache of the user that all checkouts share.
# shellcheck shell=bash

bcr_cache_folder() {
  echo "${BCR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/bcreid}"
}

# Any Python will do to fetch a wheel: the version named here only chooses among equal libraries.
bcr_pip() { # target options-and-requirements...
  local target=$1
  shift
  PIP_USER=0 PIP_BREAK_SYSTEM_PACKAGES=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    TMPDIR=$target.tmp python3 -m pip install --no-input --no-cache-dir --retries 2 \
    --progress-bar off --only-binary=:all: --python-version 3.11 --target "$target" "$@"
}

# Succeeds for a complete folder with just this content.
bcr_cached() { # folder marker
  [[ -f $1/DONE && $(<"$1/DONE") == "$2" ]]
}

# Processes that fetch take turns, until descriptor 8 is closed.
bcr_lock_cache() {
  local cache
  cache=$(bcr_cache_folder)
  bcr_make_folder "$cache" "cache folder" BCR_CACHE
  bcr_make_folder "$BCR_LOGS" "build folder" BCR_BUILD_DIR
  exec 8>"$cache/lock"
  if bcr_have flock; then
    flock 8
  fi
}

# A folder appears under its name only when complete; whatever lacks its DONE file is removed.
bcr_install_cached() { # folder marker need_mb name version-and-size hint-without-network fetch-function arguments...
  local folder=$1 marker=$2 name=$4 log=$BCR_LOGS/${4,,}.log hint=$6
  local partial=$folder.partial
  rm -rf "$folder" "$partial" "$partial.tmp"
  bcr_need_space "$(dirname "$folder")" "$3" "$name" BCR_CACHE
  bcr_run_logged "fetching $name $5" "$log" "$7" "$partial" "${@:8}" || {
    rm -rf "$partial" "$partial.tmp"
    bcr_die_with_log "Fetching $name" "$log" "$hint"
  }
  rm -rf "$partial.tmp"
  printf '%s\n' "$marker" >"$partial/DONE"
  sync -f "$partial/DONE" 2>/dev/null || true
  mv "$partial" "$folder"
}
