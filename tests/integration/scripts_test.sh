#!/usr/bin/env bash
# Checks scripts/bcreid and its relatives on simulated machines: fake commands in front of PATH play a user
# without root, a machine without network, a full disk, an old compiler, a build that breaks. Builds nothing.
# shellcheck disable=SC2016  # the bodies of fake commands expand when those run
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# A fake command: notes each call, then runs its body, which the FAKE_ variables steer.
fake() { # name body
  printf '#!/usr/bin/env bash\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$work" "$2" >"$work/fake/$1"
  chmod +x "$work/fake/$1"
}

# A fresh copy of the scripts in a small source tree, and a machine on which everything is installed.
new_machine() {
  rm -rf "${work:?}"/*
  machine=()
  mkdir -p "$work/fake" "$work/tree/harness/core" "$work/home"
  cp -r "$root/scripts" "$work/tree/"
  printf 'project(x)\n' >"$work/tree/CMakeLists.txt"
  printf 'int x;\n' >"$work/tree/harness/core/a.cc"
  : >"$work/calls"
  fake id 'echo "${FAKE_UID:-0}"'
  fake sudo 'exit 1'
  fake flock ''
  fake dpkg-query 'for p in "${@:3}"; do [[ " ${FAKE_MISSING:-} " == *" $p "* ]] || echo "$p installed"; done'
  fake apt-get 'if [[ -n ${FAKE_APT_FAILS:-} ]]; then echo "$FAKE_APT_FAILS"; exit 100; fi'
  fake g++ 'echo "${FAKE_GCC:-12}"'
  fake df 'printf "Filesystem blocks used free\nx 1 1 %s 1%% /\n" "${FAKE_FREE_KB:-90000000}"'
  fake nvidia-smi 'exit 9'
  fake ninja ''
  fake cmake '
case $1 in
  --version) echo "cmake version ${FAKE_CMAKE:-3.25.1}" ;;
  --build)
    if [[ -n ${FAKE_BUILD_FAILS:-} ]]; then seq 30; echo "$FAKE_BUILD_FAILS"; exit 1; fi
    mkdir -p "$2/bin"
    printf "#!/bin/sh\nprintf \"<%%s>\" \"\$@\"\nexit \${FAKE_EXIT:-0}\n" >"$2/bin/bcreid"
    chmod +x "$2/bin/bcreid"
    ! grep -q "^BCR_WITH_ONNX:BOOL=ON" "$2/CMakeCache.txt" || touch "$2/bin/libbcreid-onnx.so" ;;
  -S) [[ " $* " != *" -DBCR_WITH_ONNX=ON "* ]] || onnx="BCR_WITH_ONNX:BOOL=ON\n"
    printf "CMAKE_HOME_DIRECTORY:INTERNAL=%s\n${onnx:-}" "$2" >"$4/CMakeCache.txt" ;;
esac'
  fake python3 '
[[ $1 == -m ]] || exit 0
while [[ $1 != --target ]]; do shift; done
if [[ " $* " == *" openvino==2026.4.1 "* ]]; then
  mkdir -p "$2/openvino/cmake" "$2/openvino/libs"
  [[ -n ${FAKE_PIP_FAILS:-} ]] || touch "$2/openvino/cmake/OpenVINOConfig.cmake" "$2/openvino/libs/libopenvino_intel_gpu_plugin.so"
fi
if [[ -n ${FAKE_PIP_FAILS:-} ]]; then mkdir -p "$2/torch"; echo "$FAKE_PIP_FAILS"; exit 1; fi
mkdir -p "$2/torch/lib" "$2/torch/include/torch/csrc/api/include/torch" "$2/nvidia" "$2/torch-2.11.0.dist-info"
touch "$2/torch/lib/libtorch_cpu.so" "$2/torch/include/torch/csrc/api/include/torch/torch.h"
if [[ " $* " == *" nvidia-nccl-cu13==2.28.9 "* ]]; then mkdir -p "$2/nvidia/nccl"; touch "$2/nvidia/nccl/lib"; fi
cat >"$2/torch-2.11.0.dist-info/METADATA" <<METADATA
Requires-Dist: filelock
Requires-Dist: cuda-toolkit[cublas,cudart]==13.0.2; platform_system == "Linux"
Requires-Dist: nvidia-nccl-cu13==2.28.9; platform_system == "Linux"
METADATA'
}

# Runs scripts/bcreid on the machine; leaves $code, $out and $err. Variables may stand in front.
bcreid() {
  code=0
  env -i HOME="$work/home" PATH="$work/fake:/usr/bin:/bin" "${machine[@]}" \
    "$work/tree/scripts/bcreid" "$@" >"$work/out" 2>"$work/err" || code=$?
  out=$(<"$work/out")
  err=$(<"$work/err")
}

expect() { # what condition...
  local what=$1
  shift
  if ! "$@"; then
    failures=$((failures + 1))
    printf 'FAILED: %s: %s (exit code %s)\n' "$scene" "$what" "$code" >&2
    sed 's/^/  | /' "$work/err" >&2
  fi
}
says() { [[ $err == *"$1"* ]]; }
exits() { ((code == $1)); }
prints() { [[ $out == "$1" ]]; }
messages() { (($(grep -c '^bcreid: ' <<<"$err") == $1)); }
called() { grep -q -- "$1" "$work/calls"; }
calls() { (($(grep -c -- "$1" "$work/calls") == $2)); }
not() { ! "$@"; }
openvino() { echo "$work/home/.cache/bcreid/openvino-2026.4.1"; }
libtorch() { echo "$work/home/.cache/bcreid/libtorch-2.11.0"; }

scene='first and later use'
new_machine
bcreid list 'a b'
expect 'runs' exits 0
expect 'forwards the arguments' prints '<list><a b>'
expect 'fetches the pinned wheels' called 'torch==2.11.0 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85'
expect 'marks LibTorch as complete' test -f "$(libtorch)/DONE"
expect 'leaves nothing half-made' test ! -e "$(libtorch).partial"
expect 'installs nothing' not called apt-get
: >"$work/calls"
machine=(FAKE_EXIT=3)
bcreid --help
expect 'passes --help on' prints '<--help>'
expect 'passes the exit code on' exits 3
expect 'is silent' test -z "$err"
expect 'calls no tool' not called .
machine=()
sleep 0.01
touch "$work/tree/harness/core/a.cc"
bcreid list
expect 'still runs' prints '<list>'
expect 'hints at newer sources' says 'sources are newer than the binary (harness/core/a.cc)'
expect 'does not rebuild' not called cmake
bcreid --build
expect 'builds' called 'cmake --build'
expect 'does not run' prints ''
expect 'does not fetch again' not called 'python3 -m pip'
bcreid list
expect 'forgets the hint' test -z "$err"
rm -rf "$(libtorch)"
bcreid list
expect 'fetches a LibTorch that vanished' called 'python3 -m pip'

scene='set-up alone'
new_machine
bcreid --setup
expect 'succeeds' exits 0
expect 'builds nothing' not called 'cmake --build'
bcreid --setup list
expect 'takes no arguments' exits 2

scene='light build'
new_machine
machine=(BCR_WITH_TORCH=OFF FAKE_MISSING='libopencv-core-dev libzip-dev python3-pip')
bcreid list
expect 'runs' prints '<list>'
expect 'needs no image library' not called apt-get
expect 'needs no LibTorch' not called 'python3 -m pip'
expect 'configures the light build' called '-DBCR_WITH_TORCH=OFF -DBCR_WITH_IMAGES=OFF'
expect 'has its own folder' test -x "$work/tree/build-light/bin/bcreid"
machine=(BCR_WITH_TORCH=maybe)
bcreid list
expect 'refuses other words' exits 2

scene='packages missing, root'
new_machine
machine=(FAKE_MISSING='libzip-dev libfmt-dev')
bcreid list
expect 'runs' exits 0
expect 'installs what is missing and only that' \
  called '-y -o DPkg::Lock::Timeout=300 install --no-install-recommends libfmt-dev libzip-dev$'

scene='packages missing, not root'
new_machine
machine=(FAKE_UID=1000 FAKE_MISSING='libzip-dev libfmt-dev')
bcreid list
expect 'exits 2' exits 2
expect 'one message' messages 1
expect 'says what to type' says 'apt-get install libfmt-dev libzip-dev'
expect 'says the way without root' says 'CMAKE_PREFIX_PATH='
expect 'installs nothing' not called apt-get
machine+=(CMAKE_PREFIX_PATH="$work/nowhere")
bcreid list
expect 'a prefix of the user is for CMake to search' exits 0

scene='packages missing, sudo'
new_machine
fake sudo '[[ $1 == -n ]] && exec "${@:2}"'
machine=(FAKE_UID=1000 FAKE_MISSING=libzip-dev)
bcreid list
expect 'installs' called 'apt-get .*install .*libzip-dev'
expect 'runs' exits 0

scene='no network for packages'
new_machine
machine=(FAKE_MISSING=libzip-dev FAKE_APT_FAILS="W: Temporary failure resolving 'deb.debian.org'")
bcreid list
expect 'exits 2' exits 2
expect 'one message after the announcement' messages 2
expect 'names the cause' says 'the network could not be reached'

scene='no network for LibTorch'
new_machine
machine=(FAKE_PIP_FAILS='WARNING: Retrying: Failed to establish a new connection: [Errno 101]')
bcreid list
expect 'exits 2' exits 2
expect 'names the cause' says 'the network could not be reached'
expect 'one message after the announcement' messages 2
expect 'leaves no folder' test ! -e "$(libtorch)"
expect 'leaves no partial folder' test ! -e "$(libtorch).partial"
machine=()
bcreid list
expect 'works once there is a network' exits 0

scene='half-installed LibTorch'
new_machine
mkdir -p "$(libtorch)/torch" "$(libtorch).partial/torch"
touch "$(libtorch)/torch/stale" "$(libtorch).partial/torch/stale"
bcreid list
expect 'runs' exits 0
expect 'removes it first' test ! -e "$(libtorch)/torch/stale"
echo 'torch==2.10.0' >"$(libtorch)/DONE"
: >"$work/calls"
bcreid --build
expect 'another version counts as none' called 'python3 -m pip'

scene="the user's own LibTorch"
new_machine
mkdir -p "$work/own/include/torch/csrc/api/include/torch"
touch "$work/own/include/torch/csrc/api/include/torch/torch.h"
machine=(CMAKE_PREFIX_PATH="/nowhere:$work/own")
bcreid list
expect 'runs' exits 0
expect 'fetches nothing' not called 'python3 -m pip'

scene='a GPU'
new_machine
fake nvidia-smi 'echo "GPU 0: NVIDIA H100"'
bcreid list
expect 'fetches the CUDA libraries' called 'cuda-toolkit\[cublas,cudart\]==13.0.2 nvidia-nccl-cu13==2.28.9$'
expect 'in the same folder' test -e "$(libtorch)/nvidia/nccl/lib"
expect 'and says so' grep -q '^cuda=yes' "$(libtorch)/DONE"
fake nvidia-smi 'exit 9'
: >"$work/calls"
bcreid --build
expect 'serves without the GPU too' not called 'python3 -m pip'
machine=(BCR_CUDA=OFF BCR_CACHE="$work/home/other")
fake nvidia-smi 'echo "GPU 0: NVIDIA H100"'
bcreid --build
expect 'runs' exits 0
expect 'can be declined' not called cuda-toolkit

scene='ONNX'
new_machine
bcreid list
expect 'nobody who does not ask gets its engine' not called openvino
machine=(BCR_WITH_ONNX=ON)
bcreid list
expect 'runs' prints '<list>'
expect 'fetches the pinned wheel' called 'pip install .*--no-deps openvino==2026.4.1$'
expect 'in a folder of its own' test -f "$(openvino)/DONE"
expect 'without the plug-ins for other processors' test ! -e "$(openvino)/openvino/libs/libopenvino_intel_gpu_plugin.so"
expect 'and builds again' called "-DCMAKE_PREFIX_PATH=$(libtorch);$(openvino) -UOpenVINO_DIR -DBCR_WITH_ONNX=ON"
: >"$work/calls"
bcreid list
expect 'once' not called .
machine=()
rm -rf "$(openvino)"
bcreid --build
expect 'the build folder remembers' called 'openvino==2026.4.1'
machine=(BCR_WITH_ONNX=OFF)
: >"$work/calls"
bcreid --build
expect 'until it is told otherwise' called '-DBCR_WITH_ONNX=OFF'
new_machine
machine=(BCR_WITH_ONNX=ON BCR_CACHE="$work/home/other" FAKE_FREE_KB=400000)
mkdir -p "$work/home/other/libtorch-2.11.0"
printf '%s\n' torch==2.11.0 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85 cuda=no >"$work/home/other/libtorch-2.11.0/DONE"
bcreid --setup
expect 'needs room' says 'OpenVINO needs 500 MB'
machine=(BCR_WITH_ONNX=ON BCR_WITH_TORCH=OFF)
bcreid list
expect 'is nothing for the light build' not called openvino
machine=(BCR_WITH_ONNX=maybe)
bcreid list
expect 'refuses other words' exits 2

scene='full disk'
new_machine
machine=(FAKE_FREE_KB=900000)
bcreid list
expect 'exits 2' exits 2
expect 'one message' messages 1
expect 'says how much is needed' says 'needs 2500 MB'
machine=(FAKE_PIP_FAILS='ERROR: [Errno 28] No space left on device')
bcreid list
expect 'recognised while fetching' says 'the disk is full'

scene='old tools'
new_machine
machine=(FAKE_GCC=11)
bcreid list
expect 'exits 2' exits 2
expect 'one message' messages 1
expect 'names the version' says 'g++ is version 11'
machine=(FAKE_CMAKE=3.18.4)
bcreid list
expect 'cmake too' says 'cmake is version 3.18.4'

scene='a build that breaks'
new_machine
machine=(FAKE_BUILD_FAILS='a.cc:1: error: something')
bcreid list
expect 'exits 2' exits 2
expect 'shows the end of the log' says 'a.cc:1: error: something'
expect 'twenty lines of it' not says $'\n11\n'
expect 'names the log' says "$work/tree/build/log/build.log"
expect 'leaves no stamp' test ! -e "$work/tree/build/.bcreid-ready"

scene='a build folder of other sources'
new_machine
mkdir -p "$work/tree/build"
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere' >"$work/tree/build/CMakeCache.txt"
bcreid list
expect 'exits 2' exits 2
expect 'says whose it is' says '/elsewhere'

scene='costs of plug-ins'
new_machine
repo=$work/tree
measure() {
  code=0
  "$repo/scripts/measure_costs" "$@" >"$work/out" 2>"$work/err" || code=$?
  out=$(<"$work/out")
  err=$(<"$work/err")
}
in_repo() { git -C "$repo" -c user.name=test -c user.email=test@localhost -c commit.gpgsign=false "$@" >/dev/null; }
shows() { [[ $out == *"$1"* ]]; }
measure
expect 'without a history it succeeds' exits 0
expect 'and says so' says 'there is no history here'
mkdir -p "$repo/methods" "$repo/tests"
printf '<!-- costs: x -->\n<!-- end of costs -->\n' >"$repo/methods/README.md"
in_repo init -q -b main
measure
expect 'a missing commit is an error' exits 1
sed -n "/<<'TABLE'/,/^TABLE/p" "$repo/scripts/measure_costs" | sed '1d;$d' >"$work/table"
while IFS='|' read -r _ file subject; do
  mkdir -p "$repo/$(dirname "$file")"
  seq 7 >"$repo/$file"
  seq 3 >"$repo/tests/$(basename "$file").test"
  echo "$file" >>"$repo/methods/CMakeLists.txt"
  in_repo add methods/CMakeLists.txt tests "$file"
  in_repo commit -m "$subject"
done <"$work/table"
measure
expect 'counts each commit' exits 0
expect 'by what its files are' shows 'rkd_distance.cc` | 7 | 0 | 1 | 0 | 0 | 3 | 3 | Add relational'
measure --check
expect 'notices another table' exits 1
measure --update
measure --check
expect 'writes the table' exits 0
git clone -q --depth 1 "file://$repo" "$work/shallow"
cp -r "$repo/scripts" "$work/shallow/"
repo=$work/shallow
measure --check
expect 'leaves the table of a shallow clone' says 'the history is shallow'
repo=$root
measure --check
expect 'the table of methods/README.md is that of the history' exits 0

if command -v shellcheck >/dev/null; then
  scene='shellcheck'
  code=0
  err=
  expect 'is clean' shellcheck -x -a -P "$root" "$root/scripts/bcreid" "$root/scripts/test" \
    "$root/scripts/format" "$root/scripts/measure_costs" "$root/tests/integration/scripts_test.sh"
fi

if ((failures > 0)); then
  echo "scripts_test: $failures checks failed" >&2
  exit 1
fi
echo 'scripts_test: all passed'
