#include "harness/train/checkpoint.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/nn/weights.h"

namespace bcr {

namespace {

constexpr int kCheckpointRevision = 1;
using Tensors = std::map<std::string, at::Tensor>;

void AddPrefixed(Tensors& all, const std::string& prefix, const Tensors& part) {
  for (const auto& [name, tensor] : part) all[prefix + name] = tensor.detach();
}

Tensors TakePrefixed(const Tensors& all, const std::string& prefix) {
  Tensors part;
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.rfind(prefix, 0) == 0;
       ++it) {
    part[it->first.substr(prefix.size())] = it->second;
  }
  return part;
}

std::string ObjectivePrefix(size_t i) { return "objective." + std::to_string(i) + "."; }

// Learned parameters of an objective are stored here once, so that no objective has to save them
// itself.
std::string ParameterName(size_t objective, size_t i) {
  return "learned." + std::to_string(objective) + "." + std::to_string(i);
}

// What is no tensor travels as the bytes of JSON text, so that a checkpoint is one file.
at::Tensor TextTensor(const std::string& text) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), tensor.data_ptr<uint8_t>());
  return tensor;
}

std::string TensorText(const at::Tensor& tensor) {
  const uint8_t* bytes = tensor.data_ptr<uint8_t>();
  return {bytes, bytes + tensor.numel()};
}

}  // namespace

void SaveCheckpoint(const std::string& file, const TrainParts& parts, const TrainState& state) {
  Tensors all;
  AddPrefixed(all, "model.", parts.model->State());
  Tensors part;
  parts.optimiser->Save(part);
  AddPrefixed(all, "optimiser.", part);
  for (size_t i = 0; i < parts.objectives.size(); ++i) {
    part.clear();
    parts.objectives[i]->Save(part);
    AddPrefixed(all, ObjectivePrefix(i), part);
    const std::vector<at::Tensor> learned = parts.objectives[i]->Parameters();
    for (size_t p = 0; p < learned.size(); ++p) all[ParameterName(i, p)] = learned[p].detach();
  }
  AddPrefixed(all, "extra.", *parts.extra);
  const Json meta = {{"revision", kCheckpointRevision},
                     {"epochs_done", state.epochs_done},
                     {"steps", state.steps},
                     {"images", state.images},
                     {"seconds", state.seconds},
                     {"history", *state.history},
                     {"label_notes", *state.label_notes}};
  all["meta"] = TextTensor(DumpJsonCompact(meta));
  WriteSafetensors(file, all, {{"format", "bcreid checkpoint"}});
}

namespace {

void LoadParts(const std::string& file, const TrainParts& parts, TrainState& state) {
  const Tensors all = ReadSafetensors(file);
  const auto found = all.find("meta");
  const Json meta =
      found == all.end() ? Json::object() : ParseJson(TensorText(found->second), file);
  if (meta.value("revision", 0) != kCheckpointRevision) {
    throw Error(ErrorCode::kData,
                {file, "a checkpoint of revision " + std::to_string(meta.value("revision", 0)),
                 "revision " + std::to_string(kCheckpointRevision),
                 "Another version of bcreid wrote it: remove the file to train again."});
  }
  LoadState(*parts.model, TakePrefixed(all, "model."), file);
  parts.optimiser->Load(TakePrefixed(all, "optimiser."));
  at::NoGradGuard no_grad;
  for (size_t i = 0; i < parts.objectives.size(); ++i) {
    parts.objective_states->push_back(TakePrefixed(all, ObjectivePrefix(i)));
    std::vector<at::Tensor> learned = parts.objectives[i]->Parameters();
    for (size_t p = 0; p < learned.size(); ++p) learned[p].copy_(all.at(ParameterName(i, p)));
  }
  for (auto& [name, tensor] : *parts.extra) tensor.copy_(all.at("extra." + name));
  state.epochs_done = meta.at("epochs_done").get<int>();
  state.steps = meta.at("steps").get<int64_t>();
  state.images = meta.at("images").get<int64_t>();
  state.seconds = meta.at("seconds").get<double>();
  *state.history = meta.at("history");
  *state.label_notes = meta.at("label_notes");
}

}  // namespace

bool LoadCheckpoint(const std::string& file, const TrainParts& parts, TrainState& state) {
  if (!FileExists(file)) return false;
  const auto refuse = [&](const std::string& found) {
    throw Error(ErrorCode::kData,
                {file, found, "a checkpoint of this very training",
                 "Another version of bcreid wrote it: remove the file to train again."});
  };
  try {
    LoadParts(file, parts, state);
  } catch (const std::out_of_range& error) {
    refuse(std::string("a part is missing (") + error.what() + ")");
  } catch (const Json::exception& error) {
    refuse(error.what());
  } catch (const c10::Error& error) {
    refuse(error.what_without_backtrace());
  }
  return true;
}

}  // namespace bcr
