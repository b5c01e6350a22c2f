#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// What an objective may read of a training batch. B images, width d (new) and d_o (old), C classes.
enum class Slot {
  kImages,       // B x 3 x H x W, augmented and normalised
  kBeforeNeck,   // B x d, gradient: pooled features, what metric losses use
  kAfterNeck,    // B x d, gradient: what is deployed
  kCompatible,   // B x d_o, gradient: the feature that is scored (of TrainJob::side; after-neck
                 // unless asked otherwise) in the old model's width (width policy applied)
  kLogits,       // B x C, gradient: identity logits; absent where the base learner has no head
  kHeadWeight,   // C x d, gradient; absent likewise
  kLabels,       // B int64 in [0, C), -1 = ignore
  kValid,        // B bool: label is not -1
  kOrigin,       // B int64: 0 real image, 1 generated, 2 mixed
  kCameras,      // B int64
  kRows,         // B int64: rows of the training set
  kOldFeatures,  // B x d_o, as the old model gives them (not normalised), no gradient; absent
                 // without an old model
};
const char* SlotName(Slot slot);

// One batch, in the order in which it was sampled (grouped by identity under PK sampling).
class Batch {
 public:
  Batch();
  ~Batch();
  bool Has(Slot slot) const;
  // Throws kConfig naming the slot where it is absent: an objective was combined with a base that
  // does not provide it.
  const at::Tensor& operator[](Slot slot) const;
  void Set(Slot slot, const at::Tensor& value);

  double progress = 0;        // share of all training steps done, [0, 1]
  int epoch = 0;              // 0-based
  double epoch_progress = 0;  // epochs done, with fraction

 private:
  struct Store;
  std::unique_ptr<Store> store_;
};

// What an objective returns: named, unweighted scalar terms (they are weighted by the recipe and
// summed), and figures that are only logged.
class Terms {
 public:
  Terms();
  ~Terms();
  void Add(const std::string& name, const at::Tensor& scalar);
  void Log(const std::string& name, double value);

  const std::vector<std::string>& names() const { return names_; }
  const at::Tensor& value(size_t i) const;
  const std::map<std::string, double>& logged() const { return logged_; }

 private:
  struct Store;
  std::vector<std::string> names_;
  std::map<std::string, double> logged_;
  std::unique_ptr<Store> store_;
};

}  // namespace bcr
