#include "harness/train/objective.h"

#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {

void Objective::Prepare(const TrainingSet&) {}
void Objective::OnLabels(const LabelSet&) {}
void Objective::BeginEpoch(const EpochStart&) {}
void Objective::Transform(Batch&) {}
void Objective::AfterBackward(const Batch&) {}
void Objective::AfterStep(const Batch&) {}
bool Objective::Remembered(FloatMatrix&) const { return false; }
bool Objective::Refined(FloatMatrix&) const { return false; }
double Objective::WeightAt(double) const { return 1; }
std::vector<at::Tensor> Objective::Parameters() { return {}; }
std::vector<LearnedPart> Objective::OwnParts() { return {}; }
void Objective::Save(std::map<std::string, at::Tensor>&) {}
void Objective::Load(const std::map<std::string, at::Tensor>&) {}

const ObjectiveInfo& FindObjective(const std::vector<const ObjectiveInfo*>& table,
                                   const std::string& name) {
  std::vector<std::string> known;
  for (const ObjectiveInfo* info : table) {
    if (info->name == name) return *info;
    known.push_back(info->name);
  }
  throw Error(ErrorCode::kConfig, {"recipe", "objective `" + name + "`", "a registered objective",
                                   SuggestionFor(name, known)});
}

Json CompleteParameters(const ObjectiveInfo& info, const Json& parameters) {
  Json merged = ParseJson(info.parameters, "defaults of " + info.name);
  merged.update(ParseJson(info.later_parameters, "later defaults of " + info.name));
  for (const auto& [key, value] : parameters.items()) merged[key] = value;
  return merged;
}

std::unique_ptr<Objective> MakeObjective(const ObjectiveInfo& info, const Json& parameters,
                                         const std::string& where) {
  const Json merged = CompleteParameters(info, parameters);
  JsonReader reader(merged, where + ": " + info.name);
  std::unique_ptr<Objective> objective = info.make(reader);
  reader.Finish();
  return objective;
}

}  // namespace bcr
