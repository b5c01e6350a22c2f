# Building the benchmarks in a folder of their own.
# shellcheck shell=bash

# Needs common.sh, packages.sh, libtorch.sh and build.sh. Without LibTorch where BCR_WITH_TORCH=OFF.
bcr_build_bench() { # targets
  local torch=()
  export BCR_BUILD_DIR=${BCR_BUILD_DIR:-$BCR_ROOT/build-bench}
  BCR_EXTRA_PACKAGES=(libbenchmark-dev)
  bcr_read_settings
  bcr_setup
  [[ $BCR_LIGHT == yes ]] || torch=("-DCMAKE_PREFIX_PATH=$BCR_LIBTORCH")
  bcr_run_logged "configuring" "$BCR_LOGS/configure.log" \
    cmake -G Ninja -S "$BCR_ROOT" -B "$BCR_BUILD" -DCMAKE_BUILD_TYPE=Release -DBCR_BUILD_TESTS=OFF -DBCR_BUILD_BENCH=ON \
    "-DBCR_WITH_TORCH=$([[ $BCR_LIGHT == yes ]] && echo OFF || echo ON)" "${torch[@]}" ||
    bcr_die_with_log "Configuring" "$BCR_LOGS/configure.log"
  bcr_run_logged "building $*" "$BCR_LOGS/build.log" \
    cmake --build "$BCR_BUILD" --parallel "$(bcr_jobs)" --target "$@" ||
    bcr_die_with_log "Building" "$BCR_LOGS/build.log"
}
