#pragma once

#include <string>
#include <vector>

#include "harness/adapt/fitted_adapter.h"

namespace bcr {

// An adapter to be fitted on feature sets: one set of training images, extracted with both models.
struct SetFitRequest {
  AdapterChoice choice;
  AdapterSide side = AdapterSide::kQuery;
  std::vector<std::string> old_set, new_set;  // paths, as OpenFeatureTable takes them
  int threads = 0;                            // <= 0: DefaultThreads()
};

struct SetFit {
  FittedAdapter adapter;
  std::string old_hash, new_hash;   // of the two sets
  std::vector<std::string> images;  // fitted on: none of them should be scored
};

// Opens both sets, pairs them by image and fits: new rows to old ones for the side query, old rows
// to new ones for the side gallery. Throws what OpenFeatureTable, PairByImage and FitAdapter throw,
// kConfig where the adapter is not made for the side.
SetFit FitOnSets(const SetFitRequest& request);

}  // namespace bcr
