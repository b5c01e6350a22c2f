#include "harness/train/parted_objective.h"

#include <ATen/ATen.h>

#include <deque>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/nn/model.h"
#include "harness/train/head.h"
#include "harness/train/prefixed.h"

namespace bcr {

namespace {

// Objectives put nothing of their own into these: what they left there would be lost.
constexpr Slot kShown[] = {Slot::kBeforeNeck, Slot::kAfterNeck, Slot::kOldFeatures, Slot::kOrigin};

struct Group {
  FeatureColumns columns;
  std::unique_ptr<Objective> objective;
};

at::Tensor Columns(const at::Tensor& tensor, const FeatureColumns& columns) {
  return tensor.narrow(1, columns.begin, columns.width);
}

[[noreturn]] const FloatMatrix& Refuse(const std::string& deed) {
  throw Error(ErrorCode::kConfig,
              {"recipe", "`over` or `reads` with an objective that " + deed,
               "a loss that only looks at batches", "Take both keys out of that objective's use."});
}

// The means of what the groups' objectives say, which all say the same things.
void AddMeans(const std::deque<Terms>& all, Terms& means) {
  const auto mean = [&](const auto& value_of) {
    std::vector<at::Tensor> values;
    for (const Terms& terms : all) values.push_back(value_of(terms).reshape({}));
    return values.size() == 1 ? values[0] : at::stack(values).mean();
  };
  const Terms& first = all.front();
  for (const Terms& terms : all)
    BCR_CHECK(terms.names() == first.names() && terms.measured_names() == first.measured_names(),
              "an objective's terms differ between parts of one feature");
  for (size_t i = 0; i < first.names().size(); ++i)
    means.Add(first.names()[i], mean([i](const Terms& terms) { return terms.value(i); }));
  for (size_t i = 0; i < first.measured_names().size(); ++i)
    means.Log(first.measured_names()[i],
              mean([i](const Terms& terms) { return terms.measured(i); }));
  std::map<std::string, double> logged;
  for (const Terms& terms : all)
    for (const auto& [name, value] : terms.logged())
      logged[name] += value / static_cast<double>(all.size());
  for (const auto& [name, value] : logged) means.Log(name, value);
}

class PartedObjective : public Objective {
 public:
  PartedObjective(const std::vector<FeatureColumns>& columns, bool after_neck, double head_scale,
                  const std::function<std::unique_ptr<Objective>()>& make)
      : after_neck_(after_neck), head_scale_(head_scale) {
    for (const FeatureColumns& one : columns) groups_.push_back({one, make()});
  }

  void Prepare(const TrainingSet& set) override {
    TrainingSet own = set;
    for (size_t i = 0; i < groups_.size(); ++i) {
      own.feature_width = groups_[i].columns.width;
      own.seed = groups_.size() == 1 ? set.seed : DeriveSeed(set.seed, i);
      groups_[i].objective->Prepare(own);
    }
  }
  void OnLabels(const LabelSet& labels) override {
    for (const Group& group : groups_) group.objective->OnLabels(labels);
  }
  void BeginEpoch(const EpochStart& start) override {
    EpochStart own = start;
    if (groups_.size() > 1)
      own.features = []() -> const FloatMatrix& {
        Refuse("asks for features of the training set");
      };
    for (const Group& group : groups_) group.objective->BeginEpoch(own);
  }
  void Transform(Batch& batch) override {
    Show(batch, [](Objective& objective, Batch& view) {
      Batch before;
      before.ShareOf(view);
      objective.Transform(view);
      for (const Slot slot : kShown) {
        if (view.Has(slot) && !view[slot].is_same(before[slot])) Refuse("replaces features");
      }
    });
  }
  void Compute(const Batch& batch, Terms& terms) override {
    std::deque<Terms> all;
    Show(batch,
         [&](Objective& objective, Batch& view) { objective.Compute(view, all.emplace_back()); });
    AddMeans(all, terms);
  }
  void AfterBackward(const Batch& batch) override {
    Show(batch, [](Objective& objective, Batch& view) { objective.AfterBackward(view); });
  }
  void AfterStep(const Batch& batch) override {
    Show(batch, [](Objective& objective, Batch& view) { objective.AfterStep(view); });
  }
  // Rows of parts are not the features of whole images that a label source clusters.
  bool Remembered(FloatMatrix& rows) const override {
    if (groups_.size() == 1) return groups_[0].objective->Remembered(rows);
    for (const Group& group : groups_)
      if (group.objective->Remembered(rows)) Refuse("remembers features of the training set");
    return false;
  }
  bool Refined(FloatMatrix& unit_rows) const override {
    if (groups_.size() == 1) return groups_[0].objective->Refined(unit_rows);
    for (const Group& group : groups_)
      if (group.objective->Refined(unit_rows)) Refuse("refines features of the training set");
    return false;
  }
  double WeightAt(double progress) const override {
    double sum = 0;
    for (const Group& group : groups_) sum += group.objective->WeightAt(progress);
    return sum / static_cast<double>(groups_.size());
  }

  std::vector<at::Tensor> Parameters() override {
    std::vector<at::Tensor> all;
    for (const Group& group : groups_)
      for (const at::Tensor& one : group.objective->Parameters()) all.push_back(one);
    return all;
  }
  std::vector<LearnedPart> OwnParts() override {
    std::vector<LearnedPart> all;
    for (size_t i = 0; i < groups_.size(); ++i)
      for (LearnedPart part : groups_[i].objective->OwnParts()) {
        part.name = NameOf(i) + part.name;
        all.push_back(part);
      }
    return all;
  }
  void Save(std::map<std::string, at::Tensor>& state) override {
    for (size_t i = 0; i < groups_.size(); ++i) {
      std::map<std::string, at::Tensor> own;
      groups_[i].objective->Save(own);
      AddPrefixed(state, NameOf(i), own);
    }
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    for (size_t i = 0; i < groups_.size(); ++i)
      groups_[i].objective->Load(TakePrefixed(state, NameOf(i)));
  }

 private:
  static std::string NameOf(size_t group) { return "part" + std::to_string(group) + "."; }

  // Calls `work` with each group's objective and the batch as that sees it.
  template <typename Work>
  void Show(const Batch& batch, const Work& work) const {
    for (const Group& group : groups_) {
      Batch view;
      view.ShareOf(batch);
      const FeatureColumns& columns = group.columns;
      const Slot before = after_neck_ ? Slot::kAfterNeck : Slot::kBeforeNeck;
      // A mixed batch has no features before the neck: a classifier does not look for them.
      if (batch.Has(before)) view.Set(Slot::kBeforeNeck, Columns(batch[before], columns));
      view.Set(Slot::kAfterNeck, Columns(batch[Slot::kAfterNeck], columns));
      if (groups_.size() > 1 && batch.Has(Slot::kHeadWeight)) {
        view.Set(Slot::kHeadWeight, Columns(batch[Slot::kHeadWeight], columns));
        view.Set(Slot::kLogits,
                 HeadLogits(view[Slot::kAfterNeck], view[Slot::kHeadWeight], head_scale_));
      }
      work(*group.objective, view);
    }
  }

  bool after_neck_;
  double head_scale_;
  std::vector<Group> groups_;
};

}  // namespace

std::vector<FeatureColumns> ColumnsOver(ObjectiveUse::Over over, const ModelSpec& spec,
                                        int feature_width) {
  std::vector<FeatureColumns> columns;
  const BackboneChoice backbone = ChooseBackbone(spec.backbone);
  if (over == ObjectiveUse::Over::kParts) columns = backbone.info->parts;
  if (over == ObjectiveUse::Over::kBranches) columns = backbone.info->branches;
  if (columns.empty() || spec.embedding > 0) return {{0, feature_width}};
  return columns;
}

std::unique_ptr<Objective> NewPartedObjective(
    const std::vector<FeatureColumns>& columns, bool after_neck, double head_scale,
    const std::function<std::unique_ptr<Objective>()>& make) {
  return std::make_unique<PartedObjective>(columns, after_neck, head_scale, make);
}

}  // namespace bcr
