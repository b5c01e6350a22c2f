#include "harness/train/parts.h"

#include <ATen/core/Tensor.h>

#include <algorithm>

#include "harness/train/optimiser.h"
#include "harness/train/prefixed.h"

namespace bcr {

struct Parts::Entry {
  std::string name;
  double own_rate = 0, factor = 1;
  std::unique_ptr<Optimiser> optimiser;
};

Parts::Parts() = default;
Parts::~Parts() = default;

void Parts::Register(const LearnedPart& part) {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& entry) { return entry.name == part.name; });
  if (found == entries_.end()) {
    entries_.push_back(
        {part.name, part.optimiser.rate, part.optimiser.rate_factor, NewOptimiser(part.optimiser)});
    found = std::prev(entries_.end());
  }
  found->optimiser->SetParameters(part.parameters);
}

void Parts::SetRate(double rate) {
  for (const Entry& entry : entries_)
    entry.optimiser->SetRate(entry.own_rate > 0 ? entry.own_rate : rate * entry.factor);
}

void Parts::ZeroGrad() {
  for (const Entry& entry : entries_) entry.optimiser->ZeroGrad();
}

void Parts::Step() {
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
