# LibTorch from the Python wheel, kept in a cache of the user that all checkouts share.
# shellcheck shell=bash

# shellcheck source=scripts/lib/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

BCR_TORCH_VERSION=2.11.0
# libtorch_cpu.so needs the two NVIDIA libraries even without a GPU. The wheels' other dependencies
# are Python packages and CUDA libraries that a machine without a GPU never loads.
BCR_TORCH_WHEELS=(torch==2.11.0 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
BCR_TORCH_HEADER=include/torch/csrc/api/include/torch/torch.h

# Succeeds when a folder of CMAKE_PREFIX_PATH holds a LibTorch: unpacked, or the wheel's torch/.
bcr_user_has_libtorch() {
  local prefix prefixes
  IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}"
  for prefix in "${prefixes[@]}"; do
    [[ ! -e $prefix/$BCR_TORCH_HEADER && ! -e $prefix/torch/$BCR_TORCH_HEADER ]] || return 0
  done
  return 1
}

# yes where a GPU answers, unless BCR_CUDA=OFF.
bcr_gpu_found() {
  if [[ ${BCR_CUDA:-ON} != OFF ]] && bcr_have nvidia-smi && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; then
    echo yes
  else
    echo no
  fi
}

# What the DONE file of a complete folder holds.
bcr_libtorch_marker() { # cuda: yes or no
  printf '%s\n' "${BCR_TORCH_WHEELS[@]}" "cuda=$1"
}

# A folder with the CUDA libraries serves a machine without a GPU too.
bcr_libtorch_complete() { # folder cuda
  [[ -f $1/DONE ]] || return 1
  local held
  held=$(<"$1/DONE")
  [[ $held == "$(bcr_libtorch_marker yes)" || $held == "$(bcr_libtorch_marker "$2")" ]]
}

# The CUDA libraries the wheel asks for. Not tested on a machine with a GPU so far.
bcr_fetch_cuda() { # folder that holds torch/ and nvidia/
  local wanted
  mapfile -t wanted < <(sed -nE 's/^Requires-Dist: ((nvidia-|cuda-toolkit)[^;]*).*/\1/p' \
    "$1/torch-$BCR_TORCH_VERSION.dist-info/METADATA" | tr -d ' ')
  # pip --target does not merge into an existing nvidia/ folder, so it gets a folder of its own.
  mkdir -p "$1/cuda.tmp" &&
    bcr_pip "$1/cuda" "${wanted[@]}" &&
    cp -al "$1/cuda/nvidia/." "$1/nvidia/" &&
    rm -rf "$1/cuda" "$1/cuda.tmp"
}

# Called where errors do not end the script by themselves, hence the returns.
bcr_fetch_libtorch() { # partial-folder cuda
  mkdir -p "$1" "$1.tmp" || return
  bcr_pip "$1" --no-deps "${BCR_TORCH_WHEELS[@]}" || return
  [[ $2 == no ]] || bcr_fetch_cuda "$1" || return
  if [[ ! -e $1/torch/$BCR_TORCH_HEADER || ! -e $1/torch/lib/libtorch_cpu.so ]]; then
    echo "the wheel holds no LibTorch where it is expected"
    return 1
  fi
}

# Sets BCR_LIBTORCH (the cached folder, or nothing where CMAKE_PREFIX_PATH has a LibTorch) and BCR_GPU;
# fails when the folder has to be fetched.
bcr_libtorch_ready() {
  BCR_LIBTORCH=
  ! bcr_user_has_libtorch || return 0
  BCR_GPU=$(bcr_gpu_found)
  BCR_LIBTORCH=$(bcr_cache_folder)/libtorch-$BCR_TORCH_VERSION
  bcr_libtorch_complete "$BCR_LIBTORCH" "$BCR_GPU"
}

# Call after bcr_libtorch_ready failed, with python3 and pip installed. Processes take turns.
bcr_ensure_libtorch() {
  bcr_lock_cache
  # Another process may have fetched it while this one waited.
  bcr_libtorch_complete "$BCR_LIBTORCH" "$BCR_GPU" ||
    bcr_install_cached "$BCR_LIBTORCH" "$(bcr_libtorch_marker "$BCR_GPU")" \
      "$([[ $BCR_GPU == yes ]] && echo 9000 || echo 2500)" LibTorch "$BCR_TORCH_VERSION, 530 MB" \
      "Where there is none, unpack a LibTorch by hand and set CMAKE_PREFIX_PATH to its folder." \
      bcr_fetch_libtorch "$BCR_GPU"
  exec 8>&-
}
