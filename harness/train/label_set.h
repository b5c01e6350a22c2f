#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

// Labels with weights, stored sparsely: a row's classes are those of entries offsets[row] up to
// offsets[row + 1]. Only a batch of them is ever dense.
struct SoftLabels {
  std::vector<int64_t> offsets;  // N + 1 entries, or none at all
  std::vector<int64_t> classes;
  std::vector<float> weights;
  bool empty() const { return offsets.empty(); }
};

// Another opinion on the same rows, e.g. of a second clustering.
struct Labelling {
  std::string name;
  std::vector<int64_t> labels;  // N, -1 = left out
  int64_t classes = 0;
};

// Labels of the whole training set. Given once for ground truth, and again whenever a label source
// changes them.
struct LabelSet {
  std::vector<int64_t> labels;  // N, -1 = left out; what the sampler groups rows by
  int64_t classes = 0;          // C
  // The classes are the identities of the training list, so that OldModel::class_of tells which of
  // them an earlier model knows. False for clusters.
  bool identities = false;
  SoftLabels soft;                // over the same C classes; empty: hard labels only
  std::vector<Labelling> others;  // further labellings
};

}  // namespace bcr
