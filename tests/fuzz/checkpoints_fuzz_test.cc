// Checkpoints of unfinished trainings: changed bytes, and changed facts behind a hash that is right.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "harness/train/checkpoint.h"
#include "harness/train/sealed_tensors.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"

namespace bcr::fuzz {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

// All that a training run of a small network remembers.
class Memory {
 public:
  Memory()
      : model_(Model::Make({.backbone = "micro16", .height = 16, .width = 16, .classes = 2}, 1)) {
    parts_.Register({.name = "model", .parameters = model_->Parameters()});
    labels_.labels = {0, 1, -1, 0};
    labels_.classes = 2;
    labels_.soft = {{0, 1, 2, 2, 4}, {0, 1, 0, 1}, {1, 1, 0.5, 0.5}};
    labels_.others = {{"second", {1, 0, 0, -1}, 2}};
    source_ = NewGroundTruth(labels_);
    state_.epochs_done = 2;
    state_.steps = 5;
    state_.images = 80;
    state_.seconds = 1.5;
    state_.history.push_back({{"epoch", 1}, {"loss", 0.5}});
  }
  TrainParts Parts() { return {*model_, parts_, objectives_, *source_, labels_, extra_}; }
  void Save(const std::string& file) { SaveCheckpoint(file, Parts(), state_); }
  void Load(const std::string& file) {
    LoadCheckpoint(file, Parts(), state_, [] {});
  }
  const TrainState& state() const { return state_; }
  const LabelSet& labels() const { return labels_; }

 private:
  std::unique_ptr<Model> model_;
  bcr::Parts parts_;
  std::vector<ObjectiveInUse> objectives_;
  LabelSet labels_;
  std::unique_ptr<LabelSource> source_;
  std::map<std::string, at::Tensor> extra_;
  TrainState state_;
};

at::Tensor TextTensor(const std::string& text) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::memcpy(tensor.data_ptr(), text.data(), text.size());
  return tensor;
}

std::string TextOf(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

// What a training goes on with.
void CheckMemory(Memory& memory, Memory& other, const std::string& folder) {
  const TrainState& state = memory.state();
  Require(state.epochs_done >= 0 && state.steps >= 0 && state.images >= 0, "counts from 0");
  Require(std::isfinite(state.seconds) && state.seconds >= 0, "seconds from 0");
  Require(state.history.is_array() && state.label_notes.is_array(), "lists of what happened");
  const LabelSet& labels = memory.labels();
  for (const int64_t label : labels.labels)
    Require(label >= -1 && label < labels.classes, "labels of the classes there are");
  for (const int64_t label : labels.soft.classes)
    Require(label >= 0 && label < labels.classes, "soft labels of the classes there are");
  for (const Labelling& further : labels.others)
    Require(further.labels.size() == labels.labels.size(), "a label for every row");
  const std::string once = JoinPath(folder, "once"), twice = JoinPath(folder, "twice");
  memory.Save(once);
  other.Load(once);
  other.Save(twice);
  Require(ReadFile(once) == ReadFile(twice), "reads back what it writes");
}

// An input is a list of changes: a place (4 bytes) and what is done to the byte there (1 byte).
TEST(Fuzz, CheckpointBytes) {
  const TemporaryFolder folder;
  const std::string file = JoinPath(folder.path(), "x");
  Memory memory;
  memory.Save(file);
  const std::string sound = ReadFile(file);
  RunTarget({.name = "checkpoint-bytes",
             .share = 0.002,
             .read =
                 [&](const std::string& changes) {
                   std::string bytes = sound;
                   for (size_t i = 0; i + 5 <= changes.size(); i += 5) {
                     uint32_t place = 0;
                     std::memcpy(&place, changes.data() + i, 4);
                     bytes[place % bytes.size()] ^= changes[i + 4];
                   }
                   Put(file, bytes);
                   memory.Load(file);
                   memory.Save(file);
                   Require(ReadFile(file) == sound, "nothing but what was saved is taken up");
                 },
             .seeds = {std::string(5, '\0')}});
}

// An input is what a checkpoint says besides its tensors.
TEST(Fuzz, CheckpointFacts) {
  const TemporaryFolder folder;
  const std::string file = JoinPath(folder.path(), "x");
  Memory memory, other;
  memory.Save(file);
  const Tensors sound = ReadSafetensors(file);
  RunTarget({.name = "checkpoint-facts",
             .share = 0.002,
             .words = {"\"labels\"", "\"classes\"", "\"soft\"", "\"others\"", "\"history\"",
                       "\"epochs_done\"", "\"seconds\"", "\"second\"", "\"hard\"", "null", "[]",
                       "{}", "true", "-1", "1e300"},
             .read =
                 [&](const std::string& text) {
                   Tensors all = sound;
                   all["meta"] = TextTensor(text);
                   SealTensors(all);
                   WriteSafetensors(file, all, {});
                   memory.Load(file);
                   CheckMemory(memory, other, folder.path());
                 },
             .seeds = {TextOf(sound.at("meta"))}});
}

}  // namespace
}  // namespace bcr::fuzz
