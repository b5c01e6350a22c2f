#include "harness/run/steps.h"

#include "harness/core/files.h"
#include "harness/core/progress.h"
#include "harness/run/stored_cell.h"
#include "harness/store/key_lock.h"

namespace bcr {

namespace {

bool IsImages(const Step& step) { return std::holds_alternative<ImagesWork>(step.work); }
bool IsCell(const Step& step) { return std::holds_alternative<CellWork>(step.work); }

// What was spent since `before`.
void AddSince(const TimeSplit& before, const TimeSplit& now, TimeSplit& sum) {
  for (const auto& [kind, seconds] : now.seconds()) {
    const auto was = before.seconds().find(kind);
    const double spent = seconds - (was == before.seconds().end() ? 0.0 : was->second);
    if (spent > 0) sum.Add(kind, spent);
  }
}

}  // namespace

std::string Workshop::FolderOf(size_t step) const {
  return store.Folder(plan.steps[step].folder, plan.steps[step].key);
}

StepMaker::StepMaker(Workshop& workshop) : workshop_(workshop), times_(workshop.plan.runs.size()) {}

StepMaker::~StepMaker() = default;

bool StepMaker::Stored(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  if (IsImages(step) || !workshop_.store.Has(step.folder, step.key)) return false;
  if (!IsCell(step)) return true;
  try {
    ReadStoredCell(workshop_.FolderOf(place));
    return true;
  } catch (const Error& error) {
    Say(std::string("a stored cell is damaged and scored again: ") + error.what());
  }
  workshop_.store.Remove(step.folder, step.key);
  return false;
}

StepQueue::Taken StepMaker::Take(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  right_ = workshop_.store.TryTake(step.folder, step.key);
  if (!right_) return StepQueue::Taken::kBusy;
  if (IsImages(step) || !workshop_.store.Has(step.folder, step.key)) return StepQueue::Taken::kOurs;
  right_.reset();
  return StepQueue::Taken::kStored;
}

void StepMaker::Make(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  const std::unique_ptr<KeyLock> right = std::move(right_);
  const TimeSplit before = workshop_.time;
  if (const auto* images = std::get_if<ImagesWork>(&step.work)) {
    const ScopedTime timer(workshop_.time, "data");
    workshop_.data.Images(images->role, images->split);
  } else {
    workshop_.store.MakeTaken(step.folder, step.inputs, *right,
                              [&](const std::string& folder) { Produce(place, folder); });
  }
  AddSince(before, workshop_.time, times_[step.row]);
}

void StepMaker::Produce(size_t place, const std::string& folder) {
  const Step& step = workshop_.plan.steps[place];
  if (std::holds_alternative<ModelWork>(step.work)) {
    MakeModel(place, folder, workshop_);
  } else if (std::holds_alternative<FeaturesWork>(step.work)) {
    MakeFeatures(place, folder, workshop_);
  } else if (std::holds_alternative<AdapterWork>(step.work)) {
    MakeAdapter(place, folder, workshop_);
  } else {
    MakeCell(place, folder, workshop_);
  }
}

}  // namespace bcr
