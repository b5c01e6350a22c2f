#pragma once

#include "harness/plan/request.h"

namespace bcr {

// The one data role of commands that work on a single data set.
inline constexpr char kOneRole[] = "target";

// The parts of a run that opening and packing the images of such a command go by. `Request` says data,
// store_folder, on_bad_image, threads and quiet.
template <typename Request>
RunRequest PackingOf(const Request& request) {
  RunRequest run;
  run.data[kOneRole] = ParseDataRef(request.data);
  run.store_folder = request.store_folder;
  run.on_bad_image = request.on_bad_image;
  run.threads = request.threads;
  run.quiet = request.quiet;
  return run;
}

}  // namespace bcr
