#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/hash.h"
#include "harness/judge/upgrade_adapter.h"
#include "harness/run/epoch_notes.h"
#include "harness/run/made_adapter.h"
#include "harness/run/made_model.h"
#include "harness/run/record_parts.h"
#include "harness/train/head.h"
#include "harness/train/teacher_choice.h"

namespace bcr {

namespace {

// The hash of one view, or of the hashes of several.
std::string HashOfViews(const std::vector<ViewRows>& views) {
  std::string all;
  for (const ViewRows& view : views) all += view.hash;
  return views.size() == 1 ? views.front().hash : HashOf(all);
}

// What was planned, before anything is known of the making.
ModelRecord Describe(const std::string& key, const ModelWork& work, const PlannedRun& run) {
  ModelRecord model;
  model.key = key;
  model.backbone = work.spec.backbone;
  model.feature_side = run.protocol->profile.feature_side;
  model.init = work.init;
  model.labels = work.labels;
  for (const ViewRows& view : work.views) {
    model.data += (model.data.empty() ? "" : "+") + view.data;
    model.identities += static_cast<int64_t>(view.identities.size());
    model.images += static_cast<int64_t>(view.rows.size());
  }
  model.epochs = work.options.epochs;
  model.view_hash = HashOfViews(work.views);
  return model;
}

// The model that a base learner's started from: it is no model of the setting.
Json PretrainedJson(const Step& step) {
  const auto& work = std::get<ModelWork>(step.work);
  size_t images = 0;
  for (const ViewRows& view : work.views) images += view.rows.size();
  return {{"recipe", ToJson(work.base)},
          {"key", step.key},
          {"labels", work.labels},
          {"images", images},
          {"view_hash", HashOfViews(work.views)},
          {"epochs", work.options.epochs}};
}

void AddMade(const MadeModel& made, const ModelWork& work, const Workshop& workshop,
             ModelRecord& model) {
  model.width = made.width;
  model.steps = made.training.at("steps").get<int64_t>();
  model.weights_hash = made.weights_hash;
  model.seconds = made.training.at("seconds").get<double>();
  const auto images = made.training.at("images").get<double>();
  model.images_per_second = model.seconds > 0 ? images / model.seconds : 0;
  const Json history = made.training.value("history", Json::array());
  Json notes = {{"last_epoch", history.empty() ? Json::object() : history.back()}};
  if (Json epochs = EpochNotes(history); !epochs.empty()) notes["epochs"] = std::move(epochs);
  if (!made.training.at("label_notes").empty()) notes["clusters"] = made.training["label_notes"];
  if (!work.base.starts_from.base.empty() && work.init.starts_with("base:"))
    notes["starts_from"] = PretrainedJson(workshop.plan.steps[*work.start]);
  const auto& objectives = workshop.plug_ins.train.objectives;
  const double scale = HeadScaleOf(work.base.objectives, work.compatibility, objectives);
  if (TeacherOf(work.base.objectives, work.compatibility, objectives))
    notes["mean_teacher"] = {{"scored", work.base.teacher_is_scored ? "teacher" : "student"}};
  if (made.training.contains("checkpoint")) notes["checkpoint"] = made.training["checkpoint"];
  if (made.training.contains("added_images")) notes["added_images"] = made.training["added_images"];
  if (work.base.students > 1) notes["students"] = work.base.students;
  if (scale > 0) notes["head"] = {{"logits", "cosine"}, {"scale", scale}};
  if (!work.earlier.empty()) {
    notes["old_features"] = "cached";
    for (const EarlierModel& earlier : work.earlier)
      if (!earlier.alone) notes["compatible_with"].push_back(earlier.name);
  }
  for (const char* fact : {"device", "precision", "threads", "kernels", "cpu", "libtorch"}) {
    if (made.training.contains(fact)) notes[fact] = made.training.at(fact);
  }
  model.notes = Free(notes);
}

}  // namespace

void RecordModels(const PlannedRun& run, const StepQueue& queue, const Workshop& workshop,
                  RunRecord& record) {
  // All of them first: cells that are sound may only name models of the record, whatever happens
  // next. A model that failed is left out: its cells say why.
  std::vector<size_t> steps;
  for (const ModelNode& node : run.protocol->setting.models) {
    const size_t step = run.models.at(node.name);
    if (!queue.Done(step)) continue;
    steps.push_back(step);
    record.models.push_back(Describe(node.name, workshop.plan.Model(step), run));
    record.models.back().reused = queue.state(step) == StepQueue::State::kStored;
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    AddMade(ReadMadeModel(workshop.FolderOf(steps[i])), workshop.plan.Model(steps[i]), workshop,
            record.models[i]);
  }
}

void RecordAdapters(const PlannedRun& run, const StepQueue& queue, const Workshop& workshop,
                    RunRecord& record) {
  for (const PlannedAdapter& planned : run.adapters) {
    if (!queue.Done(planned.step)) continue;
    const MadeAdapter made =
        ReadMadeAdapter(workshop.plug_ins.adapters, workshop.FolderOf(planned.step));
    AdapterRecord described =
        DescribeMap(made.adapter, planned.maps_later, planned.model, planned.earlier);
    described.images = made.images;
    described.bytes_a_row = made.bytes_a_row;
    described.ms_a_row = made.ms_a_row;
    record.adapters.push_back(std::move(described));
  }
}

}  // namespace bcr
