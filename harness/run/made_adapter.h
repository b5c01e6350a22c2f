#pragma once

#include <cstdint>
#include <string>

#include "harness/adapt/adapter_choice.h"
#include "harness/adapt/fitted_adapter.h"

namespace bcr {

// A fitted map as the store keeps it, with what it costs.
struct MadeAdapter {
  FittedAdapter adapter;
  int64_t images = 0;  // that it was fitted on; 0 where the widths alone decide
  int64_t bytes_a_row = 0;
  double ms_a_row = 0;
};

// Throws kMissing or kData, naming the file.
MadeAdapter ReadMadeAdapter(const AdapterTable& table, const std::string& folder);

}  // namespace bcr
