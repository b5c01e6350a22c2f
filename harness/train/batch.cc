#include "harness/train/batch.h"

#include <ATen/core/Tensor.h>

#include <array>

#include "harness/core/error.h"

namespace bcr {

namespace {
constexpr size_t kSlots = static_cast<size_t>(Slot::kTeacherFeatures) + 1;
constexpr std::array<const char*, kSlots> kSlotNames = {"images",
                                                        "before-neck features",
                                                        "after-neck features",
                                                        "inner feature map",
                                                        "feature map",
                                                        "compatible features",
                                                        "identity logits",
                                                        "head weights",
                                                        "labels",
                                                        "validity mask",
                                                        "soft labels",
                                                        "further labels",
                                                        "image origins",
                                                        "cameras",
                                                        "domains",
                                                        "rows",
                                                        "old features",
                                                        "logits of a mean teacher",
                                                        "features of a mean teacher"};
}  // namespace

const char* SlotName(Slot slot) { return kSlotNames[static_cast<size_t>(slot)]; }

struct Batch::Store {
  std::array<at::Tensor, kSlots> tensors;
};

Batch::Batch() : store_(std::make_unique<Store>()) {}
Batch::~Batch() = default;

bool Batch::Has(Slot slot) const { return store_->tensors[static_cast<size_t>(slot)].defined(); }

const at::Tensor& Batch::operator[](Slot slot) const {
  if (!Has(slot)) {
    throw Error(ErrorCode::kConfig,
                {"training batch", std::string("no ") + SlotName(slot),
                 "a base learner or setting that provides it",
                 "Combine the objective with another base recipe, or drop it from this recipe."});
  }
  return store_->tensors[static_cast<size_t>(slot)];
}

void Batch::Set(Slot slot, const at::Tensor& value) {
  store_->tensors[static_cast<size_t>(slot)] = value;
}

void Batch::ShareOf(const Batch& other) {
  store_->tensors = other.store_->tensors;
  progress = other.progress;
  epoch = other.epoch;
  epoch_progress = other.epoch_progress;
  rows = other.rows;
  labels = other.labels;
  domains = other.domains;
}

struct Terms::Store {
  std::vector<at::Tensor> values, measured;
};

Terms::Terms() : store_(std::make_unique<Store>()) {}
Terms::~Terms() = default;

void Terms::Add(const std::string& name, const at::Tensor& scalar) {
  BCR_CHECK(scalar.numel() == 1, "term " + name + " is not a scalar");
  names_.push_back(name);
  store_->values.push_back(scalar);
}

void Terms::Log(const std::string& name, double value) { logged_[name] = value; }

void Terms::Log(const std::string& name, const at::Tensor& scalar) {
  BCR_CHECK(scalar.numel() == 1, "figure " + name + " is not a scalar");
  measured_names_.push_back(name);
  store_->measured.push_back(scalar.detach());
}

const at::Tensor& Terms::value(size_t i) const { return store_->values.at(i); }
const at::Tensor& Terms::measured(size_t i) const { return store_->measured.at(i); }

}  // namespace bcr
