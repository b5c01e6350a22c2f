#include "harness/app/train_library.h"

#include "harness/app/library.h"

namespace bcr {

// A smoke run maps 1300 MiB with two threads, 200 of which RequireAddressSpace counts for itself.
const TrainLibrary& Training() {
  static const auto* const table =
      static_cast<const TrainLibrary*>(LoadOwnLibrary({.file = "libbcreid-train.so",
                                                       .entry = "bcreid_train_library",
                                                       .what = "training",
                                                       .address_space_mib = 1500}));
  return *table;
}

}  // namespace bcr
