#include "harness/train/checkpoint.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "harness/train/label_check.h"
#include "harness/train/prefixed.h"
#include "harness/train/sealed_tensors.h"

namespace bcr {

namespace {

constexpr int kCheckpointRevision = 3;
using Tensors = std::map<std::string, at::Tensor>;

std::string ObjectivePrefix(size_t i) { return "objective." + std::to_string(i) + "."; }

// What an objective learns, by name, so that no objective has to save it itself.
Tensors LearnedBy(Objective& objective) {
  Tensors learned;
  const auto add = [&](const std::string& part, const std::vector<at::Tensor>& parameters) {
    for (size_t i = 0; i < parameters.size(); ++i)
      learned[part + "." + std::to_string(i)] = parameters[i];
  };
  add("model", objective.Parameters());
  for (const LearnedPart& part : objective.OwnParts()) add("own." + part.name, part.parameters);
  return learned;
}

std::string LearnedPrefix(size_t i) { return "learned." + std::to_string(i) + "."; }

at::Tensor Column(const std::vector<int64_t>& values) { return at::tensor(values, at::kLong); }

std::vector<int64_t> Values(const at::Tensor& column) {
  const at::Tensor flat = column.contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

// Labels as tensors, with the rest of a label set in `meta`.
void SaveLabels(const LabelSet& labels, Tensors& all, Json& meta) {
  all["labels.hard"] = Column(labels.labels);
  meta = {{"classes", labels.classes},
          {"identities", labels.identities},
          {"soft", !labels.soft.empty()},
          {"others", Json::array()}};
  if (!labels.soft.empty()) {
    all["labels.soft.offsets"] = Column(labels.soft.offsets);
    all["labels.soft.classes"] = Column(labels.soft.classes);
    all["labels.soft.weights"] = at::tensor(labels.soft.weights, at::kFloat);
  }
  for (const Labelling& other : labels.others) {
    all["labels.other." + other.name] = Column(other.labels);
    meta["others"].push_back({{"name", other.name}, {"classes", other.classes}});
  }
}

const Json& ListIn(JsonReader& reader, const std::string& key) {
  const Json& list = reader.Raw(key);
  if (list.is_array()) return list;
  throw Error(ErrorCode::kData, {reader.where() + ": " + key, list.type_name(), "a list", ""});
}

LabelSet LabelsIn(const Tensors& all, const Json& meta, const std::string& where) {
  JsonReader reader(meta, where);
  LabelSet labels;
  labels.labels = Values(all.at("labels.hard"));
  labels.classes = reader.Integer("classes", 0, INT64_MAX);
  labels.identities = reader.Bool("identities");
  if (reader.Bool("soft")) {
    labels.soft.offsets = Values(all.at("labels.soft.offsets"));
    labels.soft.classes = Values(all.at("labels.soft.classes"));
    const at::Tensor weights = all.at("labels.soft.weights").contiguous();
    labels.soft.weights.assign(weights.data_ptr<float>(),
                               weights.data_ptr<float>() + weights.numel());
  }
  for (const Json& entry : ListIn(reader, "others")) {
    JsonReader other(entry, where + ".others");
    const std::string name = other.Text("name");
    labels.others.push_back(
        {name, Values(all.at("labels.other." + name)), other.Integer("classes", 0, INT64_MAX)});
    other.Finish();
  }
  reader.Finish();
  if (IsWhole(labels)) return labels;
  throw Error(ErrorCode::kData,
              {where, "rows or classes that are not there", "labels as they were saved", ""});
}

// What a run has reached, from the facts beside the tensors.
TrainState StateIn(JsonReader& reader) {
  TrainState state;
  state.epochs_done = static_cast<int>(reader.Integer("epochs_done", 0, INT32_MAX));
  state.steps = reader.Integer("steps", 0, INT64_MAX);
  state.images = reader.Integer("images", 0, INT64_MAX);
  state.seconds = reader.Number("seconds", 0, std::numeric_limits<double>::max());
  state.history = ListIn(reader, "history");
  state.label_notes = ListIn(reader, "label_notes");
  return state;
}

}  // namespace

void SaveCheckpoint(const std::string& file, const TrainParts& parts, const TrainState& state) {
  Tensors all;
  AddPrefixed(all, "model.", parts.model.State());
  Tensors part;
  parts.parts.Save(part);
  AddPrefixed(all, "optimiser.", part);
  for (size_t i = 0; i < parts.objectives.size(); ++i) {
    Objective& objective = *parts.objectives[i].objective;
    part.clear();
    objective.Save(part);
    AddPrefixed(all, ObjectivePrefix(i), part);
    AddPrefixed(all, LearnedPrefix(i), LearnedBy(objective));
  }
  part.clear();
  parts.label_source.Save(part);
  AddPrefixed(all, "label_source.", part);
  AddPrefixed(all, "extra.", parts.extra);
  Json meta = {{"revision", kCheckpointRevision},
               {"epochs_done", state.epochs_done},
               {"steps", state.steps},
               {"images", state.images},
               {"seconds", state.seconds},
               {"history", state.history},
               {"label_notes", state.label_notes}};
  SaveLabels(parts.labels, all, meta["labels"]);
  all["meta"] = TextTensor(DumpJsonCompact(meta));
  SealTensors(all);
  WriteSafetensors(file, all, {{"format", "bcreid checkpoint"}});
}

namespace {

void LoadObjective(const Tensors& all, size_t i, Objective& objective) {
  const Tensors stored = TakePrefixed(all, LearnedPrefix(i));
  for (const auto& [name, tensor] : LearnedBy(objective)) tensor.copy_(stored.at(name));
  objective.Load(TakePrefixed(all, ObjectivePrefix(i)));
}

void LoadAll(const std::string& file, const TrainParts& parts, TrainState& state,
             const std::function<void()>& on_labels) {
  const Tensors all = ReadSealed(file);
  const Json meta = ParseJson(TensorText(all.at("meta")), file);
  JsonReader reader(meta, file);
  const int64_t revision = reader.Integer("revision", 0, INT32_MAX);
  if (revision != kCheckpointRevision) {
    throw Error(ErrorCode::kData, {file, "a checkpoint of revision " + std::to_string(revision),
                                   "revision " + std::to_string(kCheckpointRevision), ""});
  }
  const TrainState reached = StateIn(reader);
  LabelSet labels = LabelsIn(all, reader.Raw("labels"), file + ": labels");
  reader.Finish();
  parts.labels = std::move(labels);
  on_labels();
  LoadState(parts.model, TakePrefixed(all, "model."), file);
  at::NoGradGuard no_grad;
  parts.parts.Load(TakePrefixed(all, "optimiser."));
  for (size_t i = 0; i < parts.objectives.size(); ++i)
    LoadObjective(all, i, *parts.objectives[i].objective);
  parts.label_source.Load(TakePrefixed(all, "label_source."));
  for (auto& [name, tensor] : parts.extra) tensor.copy_(all.at("extra." + name));
  state = reached;
}

}  // namespace

bool LoadCheckpoint(const std::string& file, const TrainParts& parts, TrainState& state,
                    const std::function<void()>& on_labels) {
  if (!FileExists(file)) return false;
  const auto refuse = [&](const std::string& found) {
    throw Error(ErrorCode::kData, {file, found, "a checkpoint of this very training", ""});
  };
  try {
    LoadAll(file, parts, state, on_labels);
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
