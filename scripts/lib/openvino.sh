# OpenVINO, which computes ONNX models, from its Python wheel; kept beside LibTorch. Only where BCR_WITH_ONNX asks for it.
# shellcheck shell=bash

BCR_OPENVINO_VERSION=2026.4.1
BCR_OPENVINO_CONFIG=openvino/cmake/OpenVINOConfig.cmake

# Whether to build with it; where nothing is said (keep), what the build folder was configured for decides.
bcr_wants_openvino() {
  [[ $BCR_LIGHT == no ]] || return 1
  [[ $BCR_ONNX != keep ]] || grep -qsE '^BCR_WITH_ONNX:[A-Z]+=ON$' "$BCR_BUILD/CMakeCache.txt" || return 1
  [[ $BCR_ONNX != no ]]
}

# Sets BCR_OPENVINO (the cached folder, or nothing where CMAKE_PREFIX_PATH has one); fails when it has to be fetched.
bcr_openvino_ready() {
  local prefix prefixes
  BCR_OPENVINO=
  IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}"
  for prefix in "${prefixes[@]}"; do
    [[ ! -e $prefix/$BCR_OPENVINO_CONFIG && ! -e $prefix/runtime/cmake/OpenVINOConfig.cmake ]] || return 0
  done
  BCR_OPENVINO=$(bcr_cache_folder)/openvino-$BCR_OPENVINO_VERSION
  bcr_cached "$BCR_OPENVINO" "openvino==$BCR_OPENVINO_VERSION"
}

# The plug-ins for Intel's graphics and neural processors take a third of it and are of no use here.
bcr_fetch_openvino() { # partial-folder
  mkdir -p "$1" "$1.tmp" || return
  bcr_pip "$1" --no-deps "openvino==$BCR_OPENVINO_VERSION" || return
  rm -f "$1"/openvino/libs/libopenvino_intel_{gpu,npu}_plugin.so
  if [[ ! -e $1/$BCR_OPENVINO_CONFIG ]]; then
    echo "the wheel holds no OpenVINO where it is expected"
    return 1
  fi
}

# Call after bcr_openvino_ready failed, with python3 and pip installed. Processes take turns.
bcr_ensure_openvino() {
  bcr_lock_cache
  bcr_openvino_ready || bcr_install_cached "$BCR_OPENVINO" "openvino==$BCR_OPENVINO_VERSION" 500 OpenVINO \
    "$BCR_OPENVINO_VERSION, 60 MB" "Without it, leave BCR_WITH_ONNX out." bcr_fetch_openvino
  exec 8>&-
}
