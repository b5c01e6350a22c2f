#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/core/json.h"
#include "harness/core/matrix.h"
#include "methods/support/cluster_memory.h"

namespace at {
class Tensor;
}

namespace bcr {

class Batch;
struct LabelSet;

// How features are contrasted with a memory of cluster means, and how it follows them.
struct ContrastChoice {
  double temperature = 0.05;
  bool sample = false;  // the memory starts from an image of each cluster, not from means
  MemoryRule rule;
};

// JSON objects of the parameters that ReadContrast reads, with their defaults; the later ones are those
// of ObjectiveInfo::later_parameters.
constexpr char kContrastParameters[] =
    R"({"temperature": 0.05, "momentum": 0.1, "update": "plain"})";
constexpr char kLaterContrastParameters[] =
    R"({"band_low": 0.25, "band_high": 0.75, "initialisation": "mean"})";
// `update`: plain, by every row; hard, by the least similar one; selective, by those whose similarity
// lies from quantile `band_low` to quantile `band_high` of the label's rows in the batch. `initialisation`: mean or sample. Throws kConfig
// for a band that ends before it begins.
ContrastChoice ReadContrast(JsonReader& parameters);

// A memory with a unit row for each cluster, which is no parameter.
class ContrastMemory {
 public:
  explicit ContrastMemory(const ContrastChoice& choice);
  ~ContrastMemory();
  // Anew: the unit mean of each label's rows, or one of them, drawn from `seed`.
  void Begin(const FloatMatrix& unit_rows, const LabelSet& labels, const std::string& device,
             uint64_t seed);
  // Mean over the batch's rows with a label of -log softmax(q M^T / t)[y], q unit rows (B x d).
  at::Tensor Loss(const at::Tensor& q, const Batch& batch) const;
  // Moves the memory by the batch's unit rows, which need no gradient.
  void Follow(const at::Tensor& q, const Batch& batch);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
