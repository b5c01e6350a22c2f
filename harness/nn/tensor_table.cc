#include "harness/nn/tensor_table.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "harness/core/error.h"

namespace bcr {

struct TensorTable::Entry {
  std::string name;
  at::Tensor value;
  Kind kind;
};

TensorTable::TensorTable() = default;
TensorTable::~TensorTable() = default;

const at::Tensor& TensorTable::Add(const std::string& name, const at::Tensor& value, Kind kind) {
  BCR_CHECK(!Has(name), "tensor named twice: " + name);
  entries_.push_back(std::make_unique<Entry>(Entry{name, value, kind}));
  entries_.back()->value.requires_grad_(kind == Kind::kTrained);
  return entries_.back()->value;
}

void TensorTable::Remove(const std::string& name) {
  std::erase_if(entries_, [&](const auto& entry) { return entry->name == name; });
}

bool TensorTable::Has(const std::string& name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& entry) { return entry->name == name; });
}

std::vector<at::Tensor> TensorTable::Trained() const {
  std::vector<at::Tensor> out;
  for (const auto& entry : entries_)
    if (entry->kind == Kind::kTrained) out.push_back(entry->value);
  return out;
}

void TensorTable::LetLearn(const std::string& beginning, bool learn) {
  for (const auto& entry : entries_) {
    if (entry->kind == Kind::kTrained && entry->name.starts_with(beginning))
      entry->value.requires_grad_(learn);
  }
}

std::map<std::string, at::Tensor> TensorTable::All() const {
  std::map<std::string, at::Tensor> out;
  for (const auto& entry : entries_) out.emplace(entry->name, entry->value);
  return out;
}

void TensorTable::MoveTo(const std::string& device) {
  c10::NoGradGuard no_grad;
  const at::Device target(device);
  for (const auto& entry : entries_) {
    entry->value.set_data(entry->value.to(target));
    if (entry->value.grad().defined()) entry->value.mutable_grad() = entry->value.grad().to(target);
  }
}

}  // namespace bcr
