#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/plan/plan.h"

namespace bcr {

// Adds steps to a plan; each kind builds its inputs, its key and its needs in a file of its own
// (images_step.cc, model_step.cc, features_step.cc, adapter_step.cc,
// cell_step.cc). Every function returns the place
// of the step, which is that of an equal step where the plan has one. Private to harness/plan.
class PlanBuilder {
 public:
  PlanBuilder(const RunRequest& request, const PlugIns& plug_ins, DataRoles& data,
              std::string device)
      : request_(request), plug_ins_(plug_ins), data_(data), device_(std::move(device)) {}

  size_t Images(const std::string& role, Split split, PackedSize size = {});
  // Makes the model's plug-ins once. Throws kConfig for parameters that they refuse.
  size_t Model(ModelWork work, const std::string& title);
  // A model that is given.
  size_t Given(std::shared_ptr<const GivenModel> model);
  // Features of training images for a later model, or of a test split.
  size_t TrainFeatures(size_t model, const ModelWork& consumer, const std::string& title);
  size_t TestFeatures(size_t model, const std::string& side, const PlannedRun& run);
  size_t Adapter(AdapterWork work, const std::string& title);
  size_t Cell(CellWork work, const std::string& title);

  void BeginRow(size_t row) { row_ = row; }
  Plan& plan() { return plan_; }
  Step& step(size_t place) { return plan_.steps[place]; }

 private:
  size_t Add(Step step);
  void NeedImages(const ImageList& images, Step& step);
  Json FeaturesInputs(const FeaturesWork& work) const;
  // Images for a model: at the size it takes where that is not the run's.
  ImageList ImagesFor(size_t model, ImageList images) const;

  const RunRequest& request_;
  const PlugIns& plug_ins_;
  DataRoles& data_;
  const std::string device_;
  size_t row_ = 0;
  Plan plan_;
  std::map<std::pair<std::string, std::string>, size_t> by_key_;  // folder, key
};

// The images of a side ("query" or "gallery") of the scored role: of the test split, or the
// validation images for both.
ImageList ScoredImages(const std::string& side, const PlannedRun& run, const RunRequest& request);

// Copies of `text` are told once.
void AddOnce(const std::string& text, std::vector<std::string>& texts);

}  // namespace bcr
