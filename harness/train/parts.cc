#include "harness/train/parts.h"

#include <ATen/core/Tensor.h>

#include <algorithm>

#include "harness/train/clip.h"
#include "harness/train/gradient_sum.h"
#include "harness/train/optimiser.h"
#include "harness/train/prefixed.h"

namespace bcr {

struct Parts::Entry {
  std::string name;
  bool of_model = false;
  double own_rate = 0, factor = 1;
  std::unique_ptr<Optimiser> optimiser;
  std::vector<at::Tensor> parameters;
  GradientSum earlier;  // of the batches of a step that is not yet made
};

Parts::Parts() = default;
Parts::~Parts() = default;

void Parts::Register(const LearnedPart& part) {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& entry) { return entry.name == part.name; });
  if (found == entries_.end()) {
    const OptimiserChoice& choice = part.optimiser;
    entries_.push_back({.name = part.name,
                        .of_model = part.of_model,
                        .own_rate = choice.rate,
                        .factor = choice.rate_factor,
                        .optimiser = NewOptimiser(choice),
                        .parameters = {},
                        .earlier = {}});
    found = std::prev(entries_.end());
  }
  found->parameters = part.parameters;
  found->optimiser->SetParameters(part.parameters);
}

void Parts::SetRate(double rate) {
  for (const Entry& entry : entries_)
    entry.optimiser->SetRate(entry.own_rate > 0 ? entry.own_rate : rate * entry.factor);
}

void Parts::ZeroGrad() {
  for (const Entry& entry : entries_) entry.optimiser->ZeroGrad();
}

void Parts::KeepGradients() {
  for (Entry& entry : entries_) entry.earlier.Take(entry.parameters);
}

void Parts::Step(double clip_norm) {
  for (Entry& entry : entries_) entry.earlier.Give(entry.parameters);
  if (clip_norm > 0) {
    std::vector<at::Tensor> of_model;
    for (const Entry& entry : entries_) {
      if (entry.of_model)
        of_model.insert(of_model.end(), entry.parameters.begin(), entry.parameters.end());
    }
    ClipGradients(of_model, clip_norm);
  }
  for (const Entry& entry : entries_) entry.optimiser->Step();
}

void Parts::Save(std::map<std::string, at::Tensor>& state) const {
  for (const Entry& entry : entries_) {
    std::map<std::string, at::Tensor> own;
    entry.optimiser->Save(own);
    AddPrefixed(state, entry.name + ".", own);
  }
}

void Parts::Load(const std::map<std::string, at::Tensor>& state) {
  for (const Entry& entry : entries_) entry.optimiser->Load(TakePrefixed(state, entry.name + "."));
}

}  // namespace bcr
