#include "harness/train/recipe.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"

namespace bcr {

namespace {

std::vector<ObjectiveUse> ParseUses(JsonReader& reader, const std::string& key) {
  const Json& list = reader.Raw(key);
  if (!list.is_array()) {
    throw Error(ErrorCode::kConfig,
                {reader.where() + "." + key, list.type_name(), "a list of objectives", ""});
  }
  std::vector<ObjectiveUse> uses;
  for (size_t i = 0; i < list.size(); ++i) {
    JsonReader item(list[i], reader.where() + "." + key + "[" + std::to_string(i) + "]");
    ObjectiveUse use;
    use.objective = item.Text("objective");
    use.weight = item.Number("weight", 0.0, 1e6, 1.0);
    if (item.Choice("with", {"earlier", "alone"}, "earlier") == "alone")
      use.with = ObjectiveUse::With::kAlone;
    const std::string over = item.Choice("over", {"whole", "parts", "branches"}, "whole");
    if (over == "parts") use.over = ObjectiveUse::Over::kParts;
    if (over == "branches") use.over = ObjectiveUse::Over::kBranches;
    use.reads_after_neck =
        item.Choice("reads", {"before-neck", "after-neck"}, "before-neck") == "after-neck";
    if (item.Has("weight_curve"))
      use.curve = ParseWeightCurve(item.Raw("weight_curve"), item.where() + ".weight_curve");
    if (item.Has("parameters")) use.parameters = DumpJsonCompact(item.Raw("parameters"));
    item.Finish();
    uses.push_back(use);
  }
  return uses;
}

std::vector<AugmenterUse> ParseAugmenters(JsonReader& reader) {
  const Json& list = reader.Raw("augmenters", /*required=*/false);
  if (list.is_null()) return {{.augmenter = "standard"}};
  if (!list.is_array()) {
    throw Error(ErrorCode::kConfig,
                {reader.where() + ".augmenters", list.type_name(), "a list of augmenters", ""});
  }
  std::vector<AugmenterUse> uses;
  for (size_t i = 0; i < list.size(); ++i) {
    JsonReader item(list[i], reader.where() + ".augmenters[" + std::to_string(i) + "]");
    AugmenterUse use;
    use.augmenter = item.Text("augmenter");
    if (item.Has("parameters")) use.parameters = DumpJsonCompact(item.Raw("parameters"));
    item.Finish();
    uses.push_back(use);
  }
  return uses;
}

Pretraining ParseStart(JsonReader& reader) {
  Pretraining start;
  const Json& given = reader.Raw("starts_from", /*required=*/false);
  if (given.is_null()) return start;
  JsonReader item(given, reader.where() + ".starts_from");
  start.base = item.Text("base");
  start.images = item.Choice("images", {"own", "labelled", "all"}, "own");
  start.share = item.Number("share", 0.0, 1.0, 1.0);
  item.Finish();
  if (start.share > 0) return start;
  throw Error(ErrorCode::kConfig, {item.where() + ".share", "0", "more than 0, at most 1", ""});
}

}  // namespace

BaseRecipe ParseBaseRecipe(std::string_view text, const std::string& where) {
  const Json json = ParseJson(text, where);
  JsonReader reader(json, where);
  BaseRecipe base;
  base.name = reader.Text("base");
  base.revision = static_cast<int>(reader.Integer("revision", 1, 1'000'000));
  base.about = reader.Text("about");
  base.label_source = reader.Text("label_source", "ground-truth");
  if (reader.Has("label_source_parameters")) {
    base.label_source_parameters = DumpJsonCompact(reader.Raw("label_source_parameters"));
  }
  base.head = reader.Bool("head", true);
  if (reader.Has("pooling")) base.pooling = reader.Choice("pooling", {"gem", "avg"});
  base.cluster_head = reader.Bool("cluster_head", false);
  base.students = static_cast<int>(reader.Integer("students", 1, 2, 1));
  base.embedding = static_cast<int>(reader.Integer("embedding", 0, 65536, 0));
  base.norm = reader.Choice("norm", {"plain", "domain", "rectified"}, "plain");
  base.fusion = reader.Choice("fusion", {"none", "mdif"}, "none");
  base.sampler = reader.Choice("sampler", {"random-identity", "other-cameras", "two-views"},
                               "random-identity");
  base.balance = reader.Choice("balance", {"none", "domains"}, "none");
  base.teacher_is_scored = reader.Choice("scored", {"student", "teacher"}, "student") == "teacher";
  base.starts_from = ParseStart(reader);
  base.augmenters = ParseAugmenters(reader);
  base.objectives = ParseUses(reader, "objectives");
  reader.Finish();
  return base;
}

MethodRecipe ParseMethodRecipe(std::string_view text, const std::string& where) {
  const Json json = ParseJson(text, where);
  JsonReader reader(json, where);
  MethodRecipe method;
  method.name = reader.Text("method");
  method.revision = static_cast<int>(reader.Integer("revision", 1, 1'000'000));
  method.order = static_cast<int>(reader.Integer("order", 0, 10'000));
  method.family = reader.Text("family");
  method.about = reader.Text("about");
  method.reference = reader.Text("reference");
  method.reconstruction = reader.Bool("reconstruction", false);
  method.in_default_run = reader.Bool("default_run", false);
  method.new_is_old = reader.Bool("new_is_old", false);
  method.base = reader.Text("base", "auto");
  method.earlier_base = reader.Text("earlier_base", "auto");
  method.init = reader.Choice("init", {"setting", "old"}, "setting");
  method.widths = reader.Choice("widths", {"setting", "project", "orthogonal"}, "setting");
  method.extra_width = static_cast<int>(reader.Integer("extra_width", 0, 65536, 0));
  method.adapter = reader.Text("adapter", "");
  method.adapter_side = reader.Choice("adapter_side", {"query", "gallery"}, "query");
  method.objectives = ParseUses(reader, "objectives");
  reader.Finish();
  return method;
}

Json UsesToJson(const std::vector<ObjectiveUse>& uses) {
  Json list = Json::array();
  for (const ObjectiveUse& use : uses) {
    list.push_back({{"objective", use.objective},
                    {"weight", use.weight},
                    {"parameters", ParseJson(use.parameters, "parameters of " + use.objective)}});
    if (!use.curve.empty()) list.back()["weight_curve"] = use.curve;
    if (use.with == ObjectiveUse::With::kAlone) list.back()["with"] = "alone";
    if (use.over == ObjectiveUse::Over::kParts) list.back()["over"] = "parts";
    if (use.over == ObjectiveUse::Over::kBranches) list.back()["over"] = "branches";
    if (use.reads_after_neck) list.back()["reads"] = "after-neck";
  }
  return list;
}

Json UsesToJson(const std::vector<AugmenterUse>& uses) {
  Json list = Json::array();
  for (const AugmenterUse& use : uses) {
    list.push_back({{"augmenter", use.augmenter},
                    {"parameters", ParseJson(use.parameters, "parameters of " + use.augmenter)}});
  }
  return list;
}

Json ToJson(const BaseRecipe& base) {
  Json json = {{"base", base.name},
               {"revision", base.revision},
               {"label_source", base.label_source},
               {"label_source_parameters", ParseJson(base.label_source_parameters, base.name)},
               {"head", base.head},
               {"sampler", base.sampler},
               {"objectives", UsesToJson(base.objectives)}};
  if (base.embedding > 0) json["embedding"] = base.embedding;
  if (base.cluster_head) json["cluster_head"] = true;
  if (base.students > 1) json["students"] = base.students;
  if (base.norm != "plain") json["norm"] = base.norm;
  if (base.fusion != "none") json["fusion"] = base.fusion;
  if (base.balance != "none") json["balance"] = base.balance;
  if (base.teacher_is_scored) json["scored"] = "teacher";
  if (!base.starts_from.base.empty()) {
    json["starts_from"] = {{"base", base.starts_from.base}, {"images", base.starts_from.images}};
    if (base.starts_from.share < 1) json["starts_from"]["share"] = base.starts_from.share;
  }
  return json;
}

Json ToJson(const MethodRecipe& method) {
  Json json = {{"method", method.name},
               {"revision", method.revision},
               {"base", method.base},
               {"init", method.init},
               {"new_is_old", method.new_is_old},
               {"reconstruction", method.reconstruction},
               {"objectives", UsesToJson(method.objectives)}};
  if (method.earlier_base != "auto") json["earlier_base"] = method.earlier_base;
  if (method.widths != "setting") json["widths"] = method.widths;
  if (method.extra_width > 0) json["extra_width"] = method.extra_width;
  if (!method.adapter.empty()) {
    json["adapter"] = method.adapter;
    json["adapter_side"] = method.adapter_side;
  }
  return json;
}

}  // namespace bcr
