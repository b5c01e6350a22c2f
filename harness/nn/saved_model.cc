#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/data/resize.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

constexpr char kWeightsFile[] = "weights.safetensors";
constexpr char kModelFile[] = "model.json";
constexpr char kFormat[] = "bcreid-model";
constexpr int kRevision =
    1;  // stored; raised when a reader of the old form would misread the new one
constexpr int64_t kMaxClasses = 100'000'000;

Json SpecJson(const ModelSpec& spec) {
  Json json = {{"backbone", spec.backbone},
               {"pooling", spec.pooling},
               {"height", spec.height},
               {"width", spec.width},
               {"classes", spec.classes}};
  // All of these are absent in older files.
  if (spec.embedding > 0) json["embedding"] = spec.embedding;
  if (spec.resize != kUsualResize) json["resize"] = spec.resize;
  if (spec.KnowsDomains()) {
    json["norm"] = spec.norm;
    if (spec.fusion != "none") json["fusion"] = spec.fusion;
    json["domains"] = spec.domains;
  }
  return json;
}

ModelSpec ParseSpec(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ModelSpec spec;
  spec.backbone = reader.Text("backbone");
  spec.pooling = reader.Text("pooling");
  spec.height = static_cast<int>(reader.Integer("height", 1, 1 << 20));
  spec.width = static_cast<int>(reader.Integer("width", 1, 1 << 20));
  spec.classes = reader.Integer("classes", 0, kMaxClasses);
  spec.embedding = static_cast<int>(reader.Integer("embedding", 0, 1 << 20, 0));
  spec.resize = reader.Text("resize", spec.resize);
  spec.norm = reader.Text("norm", "plain");
  spec.fusion = reader.Text("fusion", "none");
  if (reader.Has("domains")) spec.domains = reader.TextList("domains");
  reader.Finish();
  return spec;
}

// What the weights were trained to see, written for other programs; this one reads the spec.
Json Preprocessing(const std::string& resize) {
  return {{"channels", "RGB"},
          {"resize", resize == kUsualResize ? "bilinear, area when shrinking" : resize},
          {"scale", "pixel / 255"},
          {"mean", {0.485, 0.456, 0.406}},
          {"deviation", {0.229, 0.224, 0.225}}};
}

void CheckClassTable(size_t entries, int64_t classes, const std::string& where) {
  if (entries == static_cast<size_t>(classes)) return;
  throw Error(ErrorCode::kData, {where, std::to_string(entries) + " entries in `classes`",
                                 std::to_string(classes) + ", as many as the head has rows",
                                 "The folder is damaged; make or copy it anew."});
}

}  // namespace

void SaveModel(const std::string& folder, Model& model, const std::vector<std::string>& classes,
               const Json& training) {
  const std::string weights = JoinPath(folder, kWeightsFile);
  const std::string json = JoinPath(folder, kModelFile);
  CheckClassTable(classes.size(), model.spec().classes, json);
  WriteSafetensors(weights, model.State(), {{"format", "pt"}});
  WriteJsonAtomic(json, {{"format", kFormat},
                         {"revision", kRevision},
                         {"spec", SpecJson(model.spec())},
                         {"feature_width", model.feature_width()},
                         {"preprocessing", Preprocessing(model.spec().resize)},
                         {"classes", classes},
                         {"weights_hash", HashOfFile(weights)},
                         {"training", training}});
}

SavedModel LoadModel(const std::string& folder) {
  const std::string weights = JoinPath(folder, kWeightsFile);
  const std::string path = JoinPath(folder, kModelFile);
  const Json json = ReadJsonFile(path);
  JsonReader reader(json, path);
  reader.Choice("format", {kFormat});
  reader.Integer("revision", kRevision, kRevision);
  const ModelSpec spec = ParseSpec(reader.Raw("spec"), path + ": spec");
  reader.Raw("preprocessing");
  SavedModel saved;
  saved.classes = reader.TextList("classes");
  CheckClassTable(saved.classes.size(), spec.classes, path);
  saved.weights_hash = reader.Text("weights_hash");
  saved.training = reader.Raw("training");
  saved.model = Model::MakeBlank(spec);
  const int64_t width = reader.Integer("feature_width", 1, 1 << 20);
  reader.Finish();
  if (width != saved.model->feature_width())
    throw Error(ErrorCode::kData,
                {path + ": feature_width", std::to_string(width),
                 std::to_string(saved.model->feature_width()) + " for " + spec.backbone,
                 "The folder was made by a version with another network."});
  LoadState(*saved.model, ReadSafetensors(weights), weights);
  if (HashOfFile(weights) != saved.weights_hash)
    throw Error(ErrorCode::kData,
                {weights, "other content than model.json was written for",
                 "the hash " + saved.weights_hash, "Copy both files of the folder anew."});
  return saved;
}

}  // namespace bcr
