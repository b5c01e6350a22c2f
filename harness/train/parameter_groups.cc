#include "harness/train/parameter_groups.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <unordered_map>

#include "harness/nn/model.h"
#include "harness/train/trainer.h"

namespace bcr {

namespace {

enum class Role { kWeight, kBias, kNorm };

// The part of a normalisation that scales has one dimension, unlike all other weights.
Role RoleOf(const std::string& name, const std::map<std::string, at::Tensor>& state) {
  const auto of_norm = [&](const std::string& weight) {
    const auto found = state.find(weight);
    return found != state.end() && found->second.dim() == 1;
  };
  if (name.ends_with(".weight")) return of_norm(name) ? Role::kNorm : Role::kWeight;
  if (!name.ends_with(".bias")) return Role::kWeight;
  const std::string layer = name.substr(0, name.rfind('.'));
  return of_norm(layer + ".weight") ? Role::kNorm : Role::kBias;
}

OptimiserChoice ChoiceOf(const TrainOptions& options, bool in_head, Role role) {
  const Optimisation& how = options.optimisation;
  const bool sgd = how.optimiser == "sgd";
  OptimiserChoice choice{.kind = how.optimiser,
                         .momentum = sgd ? how.sgd_momentum : how.adam_betas[0],
                         .second_beta = how.adam_betas[1],
                         .weight_decay = options.weight_decay,
                         .amsgrad = how.amsgrad,
                         .nesterov = how.nesterov};
  if (in_head) {
    choice.rate_factor *= how.head_rate_factor;
    choice.weight_decay *= how.head_decay_factor;
  }
  if (role == Role::kBias) {
    choice.rate_factor *= how.bias_rate_factor;
    choice.weight_decay *= how.bias_decay_factor;
  }
  if (role == Role::kNorm) choice.weight_decay *= how.norm_decay_factor;
  return choice;
}

// Finds the part of a group among those there are, or adds it.
LearnedPart& PartOf(const OptimiserChoice& choice, std::vector<LearnedPart>& parts) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const LearnedPart& part) {
    return part.optimiser.rate_factor == choice.rate_factor &&
           part.optimiser.weight_decay == choice.weight_decay;
  });
  if (found != parts.end()) return *found;
  const std::string number = parts.empty() ? "" : "." + std::to_string(parts.size() + 1);
  parts.push_back(
      {.name = "model" + number, .parameters = {}, .optimiser = choice, .of_model = true});
  return parts.back();
}

}  // namespace

std::vector<LearnedPart> ModelParts(Model& model, const std::vector<at::Tensor>& beside,
                                    const TrainOptions& options) {
  std::vector<LearnedPart> parts;
  const auto part = [&](bool in_head, Role role) -> LearnedPart& {
    return PartOf(ChoiceOf(options, in_head, role), parts);
  };
  for (const bool in_head : {false, true}) {
    for (const Role role : {Role::kWeight, Role::kBias, Role::kNorm}) part(in_head, role);
  }
  const std::map<std::string, at::Tensor> state = model.State();
  std::unordered_map<const void*, std::string> names;
  for (const auto& [name, tensor] : state) names[tensor.unsafeGetTensorImpl()] = name;
  for (const at::Tensor& parameter : model.Parameters()) {
    const std::string& name = names.at(parameter.unsafeGetTensorImpl());
    part(!name.starts_with("backbone."), RoleOf(name, state)).parameters.push_back(parameter);
  }
  for (const at::Tensor& parameter : beside)
    part(true, Role::kWeight).parameters.push_back(parameter);
  return parts;
}

}  // namespace bcr
