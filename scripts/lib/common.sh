# Messages, logged commands and the settings every script shares. Source it after setting BCR_ROOT.
# shellcheck shell=bash

# Sets BCR_LIGHT (yes or no), BCR_ONNX (yes, no, or keep where nothing is said), BCR_BUILD (absolute build folder) and BCR_LOGS from the environment.
bcr_read_settings() {
  case "${BCR_WITH_TORCH:-ON}" in
    ON | on | On | 1 | yes | true | TRUE) BCR_LIGHT=no ;;
    OFF | off | Off | 0 | no | false | FALSE) BCR_LIGHT=yes ;;
    *) bcr_die "BCR_WITH_TORCH is '$BCR_WITH_TORCH'; it may be ON (the default) or OFF (light build)." ;;
  esac
  case "${BCR_WITH_ONNX:-}" in
    ON | on | On | 1 | yes | true | TRUE) BCR_ONNX=yes ;;
    OFF | off | Off | 0 | no | false | FALSE) BCR_ONNX=no ;;
    "") BCR_ONNX=keep ;;
    *) bcr_die "BCR_WITH_ONNX is '$BCR_WITH_ONNX'; it may be ON (ONNX models, by OpenVINO) or OFF (the default)." ;;
  esac
  local folder=build
  [[ $BCR_LIGHT == no ]] || folder=build-light
  BCR_BUILD=${BCR_BUILD_DIR:-$BCR_ROOT/$folder}
  [[ $BCR_BUILD == /* ]] || BCR_BUILD=$PWD/$BCR_BUILD
  BCR_LOGS=$BCR_BUILD/log
}

# Standard output belongs to the binary: everything said here goes to standard error.
bcr_say() {
  printf 'bcreid: %s\n' "$*" >&2
}

# One message, exit code 2 (usage or configuration).
bcr_die() {
  bcr_say "$@"
  exit 2
}

bcr_have() {
  command -v "$1" >/dev/null 2>&1
}

# How many compilers run at once: BCR_JOBS, else the cores, but no more than one per GB of memory.
bcr_jobs() {
  if [[ -n ${BCR_JOBS:-} ]]; then
    echo "$BCR_JOBS"
    return
  fi
  local cores memory_kb by_memory
  cores=$(nproc 2>/dev/null || echo 2)
  memory_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || true)
  by_memory=$((${memory_kb:-2097152} / 1048576))
  ((by_memory >= 1)) || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

bcr_make_folder() { # folder what-it-is how-to-change-it
  if ! mkdir -p "$1" 2>/dev/null || [[ ! -w $1 ]]; then
    bcr_die "cannot write the $2 $1. Make it writable, or set $3 to a folder that is."
  fi
}

# Ends with one message when the file system of FOLDER has less than NEED_MB free.
bcr_need_space() { # folder need_mb what how-to-change-it
  local free_kb
  free_kb=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 {print $4}' || true)
  [[ $free_kb =~ ^[0-9]+$ ]] || return 0
  ((free_kb / 1024 >= $2)) ||
    bcr_die "$3 needs $2 MB in $1; $((free_kb / 1024)) MB are free. Free some space, or set $4" \
      "to a folder on another disk."
}

# Says on standard error, while a long step runs, how far its log has come: often on a terminal,
# once a minute elsewhere (build servers end silent jobs).
bcr_follow_log() { # label log
  local pause=60 line
  [[ ! -t 2 ]] || pause=2
  trap 'kill "$!" 2>/dev/null; exit 0' TERM
  while true; do
    sleep "$pause" >/dev/null 2>&1 &
    wait "$!"
    line=$(tail -c 400 "$2" 2>/dev/null | tr '\r' '\n' | awk 'NF {l = $0} END {print l}' | cut -c1-70)
    if [[ -t 2 ]]; then
      printf '\r\033[K%s: %s' "$1" "$line" >&2
    else
      printf '%s: %s\n' "$1" "$line" >&2
    fi
  done
}

# A child of this shell that a trap can end: the follower of the step in progress.
BCR_FOLLOWER=
bcr_stop_following() {
  [[ -n $BCR_FOLLOWER ]] || return 0
  kill "$BCR_FOLLOWER" 2>/dev/null || true
  wait "$BCR_FOLLOWER" 2>/dev/null || true
  BCR_FOLLOWER=
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
}
trap bcr_stop_following EXIT

# Runs a command with its output in LOG; returns the command's exit code and shows nothing else.
bcr_run_logged() { # label log command...
  local label=$1 log=$2 rc=0
  shift 2
  mkdir -p "$(dirname "$log")"
  bcr_say "$label (log: $log)"
  bcr_follow_log "$label" "$log" &
  BCR_FOLLOWER=$!
  "$@" >"$log" 2>&1 </dev/null || rc=$?
  bcr_stop_following
  ((rc != 130)) || exit 130
  return "$rc"
}

# Ends after a failed step: one sentence where the log tells a known reason, else its last lines.
bcr_die_with_log() { # step log network-hint
  if grep -qiE 'no space left|not have enough free space|disk quota exceeded' "$2"; then
    bcr_die "$1 failed: the disk is full. Free some space (df -h shows where) and run it again. Log: $2"
  fi
  if [[ -n ${3:-} ]] && grep -qiE "$BCR_NETWORK_FAILURES" "$2"; then
    bcr_die "$1 failed: the network could not be reached. $3 Log: $2"
  fi
  bcr_say "$1 failed. The end of $2:"
  tail -n "${BCR_LOG_TAIL:-20}" "$2" >&2
  exit 2
}

BCR_NETWORK_FAILURES='could not resolve|temporary failure (resolving|in name)|network is unreachable'
BCR_NETWORK_FAILURES+='|failed to establish a new connection|connection (refused|timed out)'
BCR_NETWORK_FAILURES+='|could not connect|cannot connect to proxy|cannot initiate the connection|failed to fetch'
BCR_NETWORK_FAILURES+='|name or service not known|max retries exceeded|read timed out'
