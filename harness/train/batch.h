#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// What an objective may read of a training batch. B images, width d (new) and d_o (old), C classes.
// All slots live where the model is.
enum class Slot {
  kImages,       // B x 3 x H x W, augmented and normalised
  kBeforeNeck,   // B x d, gradient: pooled features, what metric losses use
  kAfterNeck,    // B x d, gradient: what is deployed
  kInnerMap,     // B x c' x h' x w', gradient: the map of an inner stage of the backbone; absent
                 // unless an objective asks for maps (ObjectiveInfo::reads_maps)
  kMap,          // B x c x h x w, gradient: the last map, which is pooled; absent likewise
  kCompatible,   // B x d_o, gradient: the feature that is scored (of TrainJob::side; after-neck
                 // unless asked otherwise) in the earlier model's width (width policy applied).
                 // Derived after Transform
  kLogits,       // B x C, gradient: identity logits, W f or (ObjectiveInfo::head_scale) a scale
                 // times the cosines, without a margin; absent where the base learner has no head.
                 // Derived after Transform
  kHeadWeight,   // C x d, gradient; absent likewise
  kLabels,       // B int64 in [0, C), -1 = ignore
  kValid,        // B bool: label is not -1
  kSoftLabels,   // B x C, rows of LabelSet::soft; absent where the label source gives none
  kOtherLabels,  // B x V int64, -1 = ignore: LabelSet::others in their order; absent without any
  kOrigin,       // B int64: 0 real image, 1 generated, 2 mixed
  kCameras,      // B int64
  kDomains,      // B int64: which data set an image is of, 0 where there is one
  kRows,         // B int64: rows of the training set
  kOldFeatures,  // B x d_o, as the earlier model gives them (not normalised), no gradient; absent
                 // without an earlier model
  kTeacherLogits,   // B x C, no gradient: what the mean teacher says (mean_teacher.h), of kLogits'
                    // form; absent where no objective asks for it, or without a head. Derived after
                    // Transform
  kTeacherFeatures  // B x d, no gradient: the mean teacher's features before the neck; absent
                    // likewise. Of two students each sees what the other's teacher says
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
  // Becomes a second batch of the same tensors, whose slots can be set on their own.
  void ShareOf(const Batch& other);

  double progress = 0;        // share of all training steps done, [0, 1]
  int epoch = 0;              // 0-based
  double epoch_progress = 0;  // epochs done, with fraction
  bool moves = true;          // the optimisers make a step after it (always, but for accumulation)

  // kRows, kLabels and kOrigin as the sampler gave them, on the host. They serve what has to be
  // counted before it can be computed (how many agents, how many rounds of an update): asking the
  // device would make the step wait for it. Origins may be absent: all images are real ones then.
  std::vector<int64_t> rows, labels, origins;
  // Likewise kDomains; absent where there is one.
  std::vector<int64_t> domains;

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
  // A figure that is known on the host.
  void Log(const std::string& name, double value);
  // A figure that lies on the device. It is read once an epoch: item() would make the step wait.
  void Log(const std::string& name, const at::Tensor& scalar);

  const std::vector<std::string>& names() const { return names_; }
  const at::Tensor& value(size_t i) const;
  const std::map<std::string, double>& logged() const { return logged_; }
  const std::vector<std::string>& measured_names() const { return measured_names_; }
  const at::Tensor& measured(size_t i) const;

 private:
  struct Store;
  std::vector<std::string> names_, measured_names_;
  std::map<std::string, double> logged_;
  std::unique_ptr<Store> store_;
};

}  // namespace bcr
