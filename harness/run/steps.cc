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

std::optional<Damage> StepMaker::Compare(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  const double start = NowSeconds();
  std::optional<Damage> damage = workshop_.store.FindDamage(step.folder, step.key);
  for (TimeSplit* time : {&workshop_.time, &times_[step.row]})
    time->Add("verifying", NowSeconds() - start);
  return damage;
}

bool StepMaker::IsSound(size_t place) { return !Compare(place); }

// A cell is read as well: one that another version wrote may be whole and yet not understood.
std::optional<Damage> StepMaker::FindDamage(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  std::optional<Damage> damage = Compare(place);
  if (damage || !IsCell(step)) return damage;
  try {
    ReadStoredCell(workshop_.FolderOf(place));
    return std::nullopt;
  } catch (const Error& error) {
    return Damage{workshop_.FolderOf(place), std::string("cannot be read: ") + error.what()};
  }
}

bool StepMaker::Stored(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  return !IsImages(step) && workshop_.store.Has(step.folder, step.key) && !FindDamage(place);
}

StepQueue::Taken StepMaker::Take(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  try {
    right_ = workshop_.store.TryTake(step.folder, step.key);
    if (!right_) return StepQueue::Taken::kBusy;
  } catch (const Error&) {
    // Packed images can be used as they are in a store that may only be read.
    if (!IsImages(step) || !IsSound(place)) throw;
    return StepQueue::Taken::kOurs;
  }
  workshop_.open_features.erase(place);  // of an earlier content, perhaps
  if (IsImages(step) || !workshop_.store.Has(step.folder, step.key)) return StepQueue::Taken::kOurs;
  if (const auto damage = FindDamage(place)) {
    workshop_.store.RemoveTaken(step.folder, step.key, *right_, *damage);
    return StepQueue::Taken::kOurs;
  }
  right_.reset();
  return StepQueue::Taken::kStored;
}

std::vector<size_t> StepMaker::DamagedNeeds(size_t place) {
  std::vector<size_t> damaged;
  for (const size_t need : workshop_.plan.steps[place].needs) {
    const Step& step = workshop_.plan.steps[need];
    const auto* images = std::get_if<ImagesWork>(&step.work);
    if (images != nullptr ? workshop_.data.DropDamaged(images->role, images->split, images->size)
                          : workshop_.store.FindDamage(step.folder, step.key, true).has_value())
      damaged.push_back(need);
  }
  return damaged;
}

// The contents of all that a step is made of, also indirectly, as far as it is kept.
MadeOf StepMaker::AncestorsOf(size_t place) {
  MadeOf contents;
  std::vector<size_t> open = workshop_.plan.steps[place].needs;
  while (!open.empty()) {
    const Step& step = workshop_.plan.steps[open.back()];
    open.pop_back();
    const std::string name = ArtifactStore::NameOf(step.folder, step.key);
    if (contents.contains(name)) continue;
    contents[name] = workshop_.store.ContentOf(step.folder, step.key);
    open.insert(open.end(), step.needs.begin(), step.needs.end());
  }
  std::erase_if(contents, [](const auto& entry) { return entry.second.empty(); });
  return contents;
}

void StepMaker::Make(size_t place) {
  const Step& step = workshop_.plan.steps[place];
  const std::unique_ptr<KeyLock> right = std::move(right_);
  const TimeSplit before = workshop_.time;
  if (const auto* images = std::get_if<ImagesWork>(&step.work)) {
    const ScopedTime timer(workshop_.time, "data");
    workshop_.data.Images(images->role, images->split, images->size);
  } else {
    workshop_.made_of = AncestorsOf(place);
    workshop_.store.MakeTaken(
        step.folder, step.inputs, *right,
        [&](const std::string& folder) { Produce(place, folder); }, workshop_.made_of);
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
