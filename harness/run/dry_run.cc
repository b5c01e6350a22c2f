#include "harness/run/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/files.h"
#include "harness/plan/effective.h"
#include "harness/run/record_slot.h"

namespace bcr {

namespace {

std::string DetailOf(const Step& step, const Plan& plan, DataRoles& data) {
  if (const auto* images = std::get_if<ImagesWork>(&step.work))
    return fmt::format("{} images", data.Kept(images->role, images->split).size());
  if (const auto* model = std::get_if<ModelWork>(&step.work)) {
    if (model->given != nullptr) return fmt::format("width {}", FeatureWidthOf(*model));
    size_t images = 0, identities = 0;
    for (const ViewRows& view : model->views) {
      images += view.rows.size();
      identities += view.identities.size();
    }
    std::string text =
        fmt::format("{}, {} images, {} identities", model->spec.backbone, images, identities);
    for (const EarlierModel& earlier : model->earlier)
      text += fmt::format(", {} {}", earlier.alone ? "beside" : "compatible with",
                          plan.steps[earlier.model].title);
    return text;
  }
  return "";
}

std::string StepLine(const Step& step, const Plan& plan, const ArtifactStore& store,
                     DataRoles& data) {
  const std::string detail = DetailOf(step, plan, data);
  std::string text = fmt::format(
      "{:8} {:8} {}  {}{}\n", store.Has(step.folder, step.key) ? "stored" : "to do", KindOf(step),
      step.key.substr(0, 12), step.title, detail.empty() ? "" : "  (" + detail + ")");
  if (const auto* model = std::get_if<ModelWork>(&step.work); model && model->given == nullptr) {
    text += "         with   " + ParametersText(model->base, model->compatibility) + "\n";
    const std::string moved = OptimisationText(model->options.optimisation);
    if (!moved.empty()) text += "         moved  " + moved + "\n";
    const CheckpointChoice& kept = model->options.checkpoint;
    if (model->judged_on) {
      text += fmt::format(
          "         kept   its best epoch by mAP on the {} of the data it sees, of every {} and "
          "the last\n",
          kept.by == "test" ? "test split" : "held-out people", kept.every);
    }
    if (model->base.teacher_is_scored) {
      text += fmt::format("         scored its mean teacher{}\n",
                          model->base.students > 1 ? ", the first of two" : "");
    }
  }
  return text;
}

// Rows share most reasons: each is told once, with how many rows it concerns.
std::string ReasonLines(const Plan& plan) {
  std::vector<std::string> order;
  std::map<std::string, size_t> rows;
  for (const PlannedRun& run : plan.runs) {
    for (const std::string& reason : run.unofficial_reasons) {
      if (rows[reason]++ == 0) order.push_back(reason);
    }
  }
  std::string text;
  for (const std::string& reason : order) {
    const size_t count = rows.at(reason);
    const std::string which = count == plan.runs.size()
                                  ? "all rows"
                                  : fmt::format("{} of {} rows", count, plan.runs.size());
    text += fmt::format("unofficial and not ranked, {}: {}\n", which, reason);
  }
  return text;
}

}  // namespace

std::string DescribeSteps(const RunRequest& request, const ArtifactStore& store, const Plan& plan,
                          DataRoles& data, const std::string& records) {
  std::string text;
  size_t to_do = 0;
  for (const Step& step : plan.steps) {
    text += StepLine(step, plan, store, data);
    to_do += store.Has(step.folder, step.key) ? 0 : 1;
  }
  for (const PlannedRun& run : plan.runs) {
    const bool there = CheckRecordSlot(records, run, plan, request, data);
    const auto stored =
        std::count_if(run.cells.begin(), run.cells.end(), [&](const PlannedCell& cell) {
          return store.Has(plan.steps[cell.step].folder, plan.steps[cell.step].key);
        });
    text += fmt::format("{:8} record   {}: {} of {} cells stored\n", there ? "written" : "to do",
                        run.Name(), stored, run.cells.size());
  }
  text += ReasonLines(plan);
  for (const std::string& reason : plan.left_out) text += "left out " + reason + "\n";
  for (const std::string& warning : plan.warnings) text += "warning  " + warning + "\n";
  return text + fmt::format("steps: {}, to do: {}; records: {}\n", plan.steps.size(), to_do,
                            plan.runs.size());
}

}  // namespace bcr
