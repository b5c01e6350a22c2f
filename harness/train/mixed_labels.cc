#include "harness/train/mixed_labels.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/pick_rows.h"

namespace bcr {
namespace {

std::vector<int64_t> Picked(const std::vector<int64_t>& values, const std::vector<size_t>& rows) {
  std::vector<int64_t> picked;
  if (values.empty()) return picked;
  for (const size_t row : rows) picked.push_back(values[row]);
  return picked;
}

class MixedLabels : public LabelSource {
 public:
  MixedLabels(const LabelContext& context, const std::vector<bool>& known,
              const std::function<std::unique_ptr<LabelSource>(const LabelContext&)>& make) {
    BCR_CHECK(known.size() == context.truth.size(), "not one entry for each training row");
    Divide(context, known);
    BCR_CHECK(classes_ > 0 && !hidden_.empty(), "labels of all training rows, or of none");
    MakePart(context);
    source_ = make(part_);
  }

  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    if (found_.labels.empty() && !labels.labels.empty()) found_ = HiddenPart(labels);
    std::optional<FloatMatrix> features;
    std::map<std::string, FloatMatrix> earlier;
    EpochStart part;
    part.epoch = start.epoch;
    part.features = [&]() -> const FloatMatrix& {
      if (!features) features = PickRows(start.features().view(), hidden_);
      return *features;
    };
    part.features_of = [&](const std::string& model) -> const FloatMatrix& {
      for (const OldModel& old : old_models_) {
        if (old.name == model) return old.features;
      }
      return earlier[model] = PickRows(start.features_of(model).view(), hidden_);
    };
    if (!source_->Refresh(part, found_)) return false;
    labels = Joined();
    return true;
  }

  Json Notes() const override { return source_->Notes(); }
  void Save(std::map<std::string, at::Tensor>& state) const override { source_->Save(state); }
  void Load(const std::map<std::string, at::Tensor>& state) override { source_->Load(state); }

 private:
  void Divide(const LabelContext& context, const std::vector<bool>& known) {
    std::map<int64_t, int64_t> numbers;  // class of the training list -> number among the known
    for (size_t row = 0; row < known.size(); ++row) {
      if (known[row] && context.truth[row] >= 0) numbers[context.truth[row]] = 0;
    }
    for (auto& [of, number] : numbers) number = classes_++;
    for (size_t row = 0; row < known.size(); ++row) {
      const bool labelled = known[row] && context.truth[row] >= 0;
      labels_.push_back(labelled ? numbers.at(context.truth[row]) : -1);
      if (!known[row]) hidden_.push_back(row);
    }
  }

  void MakePart(const LabelContext& context) {
    part_.truth = Picked(context.truth, hidden_);
    part_.cameras = Picked(context.cameras, hidden_);
    part_.domains = Picked(context.domains, hidden_);
    part_.seed = context.seed;
    old_models_.reserve(context.old_models.size());
    for (const OldModel* old : context.old_models) {
      OldModel& own = old_models_.emplace_back(*old);
      own.features = PickRows(old->features.view(), hidden_);
      part_.old_models.push_back(&own);
    }
  }

  int64_t Behind(int64_t label) const { return label < 0 ? -1 : classes_ + label; }

  std::vector<int64_t> Behind(const std::vector<int64_t>& found) const {
    std::vector<int64_t> labels = labels_;
    for (size_t i = 0; i < hidden_.size(); ++i) labels[hidden_[i]] = Behind(found[i]);
    return labels;
  }

  LabelSet Joined() const {
    LabelSet joined;
    joined.labels = Behind(found_.labels);
    joined.classes = classes_ + found_.classes;
    for (const Labelling& other : found_.others)
      joined.others.push_back({other.name, Behind(other.labels), classes_ + other.classes});
    if (!found_.soft.empty()) joined.soft = JoinedSoft();
    return joined;
  }

  // A known identity has all of its row's weight.
  SoftLabels JoinedSoft() const {
    SoftLabels joined;
    size_t next = 0;
    for (size_t row = 0; row < labels_.size(); ++row) {
      joined.offsets.push_back(static_cast<int64_t>(joined.classes.size()));
      if (next == hidden_.size() || hidden_[next] != row) {
        if (labels_[row] < 0) continue;
        joined.classes.push_back(labels_[row]);
        joined.weights.push_back(1);
        continue;
      }
      for (int64_t k = found_.soft.offsets[next]; k < found_.soft.offsets[next + 1]; ++k) {
        joined.classes.push_back(Behind(found_.soft.classes[static_cast<size_t>(k)]));
        joined.weights.push_back(found_.soft.weights[static_cast<size_t>(k)]);
      }
      ++next;
    }
    joined.offsets.push_back(static_cast<int64_t>(joined.classes.size()));
    return joined;
  }

  // What the label source gave before a run was stopped.
  LabelSet HiddenPart(const LabelSet& whole) const {
    LabelSet part;
    part.classes = whole.classes - classes_;
    for (const size_t row : hidden_) {
      const int64_t label = whole.labels[row];
      part.labels.push_back(label < 0 ? -1 : label - classes_);
    }
    return part;
  }

  std::vector<int64_t> labels_;  // per row, of the known; -1 for all others
  int64_t classes_ = 0;          // of the known
  std::vector<size_t> hidden_;   // rows whose labels are to be found
  std::vector<OldModel> old_models_;
  LabelContext part_;
  std::unique_ptr<LabelSource> source_;
  LabelSet found_;
};

}  // namespace

std::unique_ptr<LabelSource> NewMixedLabels(
    const LabelContext& context, const std::vector<bool>& known,
    const std::function<std::unique_ptr<LabelSource>(const LabelContext& part)>& make) {
  return std::make_unique<MixedLabels>(context, known, make);
}

}  // namespace bcr
