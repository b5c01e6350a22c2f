#include "harness/app/train_library.h"

#include "harness/app/library.h"

namespace bcr {

const TrainLibrary& Training() {
  static const auto* const table =
      static_cast<const TrainLibrary*>(LoadOwnLibrary({.file = "libbcreid-train.so",
                                                       .entry = "bcreid_train_library",
                                                       .what = "training",
                                                       .address_space_mib = 4000}));
  return *table;
}

}  // namespace bcr
