#include "harness/plan/left_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/plan/people.h"
#include "harness/plan/recipe_book.h"
#include "protocols/overrides.h"
#include "protocols/setting.h"

namespace bcr {

namespace {

bool NeedsLabels(const RecipeBook& book, const std::string& base) {
  return base != "auto" && book.Base(base).label_source == "ground-truth";
}

bool SeesLabels(const ModelNode& node) { return node.labels == "ground-truth"; }

// Whether the models that this base trains in the setting, earlier ones or those that must be
// compatible, all have labels.
bool HasLabelsFor(const Setting& setting, bool earlier) {
  return std::all_of(setting.models.begin(), setting.models.end(), [&](const ModelNode& node) {
    const bool concerned = earlier ? IsEarlier(setting, node) && node.compatible_with.empty()
                                   : !node.compatible_with.empty();
    return !concerned || SeesLabels(node);
  });
}

// The base that a method names for a model, "auto" for none.
const std::string& OwnBase(const MethodRecipe& method, const Setting& setting,
                           const ModelNode& node) {
  static const std::string none = "auto";
  if (!node.compatible_with.empty()) return method.base;
  return IsEarlier(setting, node) ? method.earlier_base : none;
}

// A model that the method and the setting want to train by different base learners.
std::string TwoBases(const MethodRecipe& method, const Setting& setting) {
  for (const ModelNode& node : setting.models) {
    const std::string& own = OwnBase(method, setting, node);
    if (own == "auto" || node.base == "auto" || own == node.base) continue;
    return fmt::format("its base learner is `{}`, and the setting trains {} by `{}`", own,
                       node.name, node.base);
  }
  return "";
}

// A base learner of two stages, the first of which is trained on the data that have labels.
std::string NothingToDivide(const RecipeBook& book, const std::string& base_name,
                            const ModelNode& node) {
  if (base_name == "auto" || book.Base(base_name).starts_from.images != "labelled") return "";
  if (node.labels == "mixed") return "";
  return fmt::format("its base learner `{}` is for data of which a part has labels, and {} sees {}",
                     base_name, node.name,
                     node.labels == "none" ? "none" : "those of all its data");
}

Json ParametersOf(const ObjectiveUse& use, const ObjectiveInfo& info) {
  return CompleteParameters(info, ParseJson(use.parameters, info.name));
}

std::string TooManyPeople(const RecipeBook& book, const std::string& base_name,
                          const Protocol& protocol, DataRoles& data) {
  if (base_name == "auto") return "";
  const BaseRecipe base = BindBase(book, base_name, "ground-truth", protocol.profile);
  const BasePlaces places = PlacesOf(book, base);
  if (places.objective.empty()) return "";
  const int64_t people = NumberPeople(protocol.setting, data).count();
  if (people <= places.fixed.people) return "";
  return fmt::format(
      "the training data show {} people, and `{}` has places for {} (raise it: --set {}.people)",
      people, places.objective, places.fixed.people, places.objective);
}

// The first term that reads the identity head of a base learner that has none.
std::string TermWithoutHead(const RecipeBook& book, const MethodRecipe& method,
                            const Protocol& protocol) {
  for (const ModelNode& node : protocol.setting.models) {
    if (node.compatible_with.empty()) continue;
    const BaseRecipe base = BindBase(book, method.base == "auto" ? node.base : method.base,
                                     node.labels, protocol.profile);
    if (base.head) continue;
    for (const ObjectiveUse& use : BindObjectives(book, method.objectives, protocol.profile)) {
      const ObjectiveInfo& info = FindObjective(book.plug_ins().objectives, use.objective);
      if (info.needs_head != nullptr && info.needs_head(ParametersOf(use, info)))
        return fmt::format("its term `{}` needs a classifier, which the base `{}` does not have",
                           info.name, base.name);
    }
  }
  return "";
}

// A learned map joins a model with one that it was trained against. The first cell of two models
// that have none.
std::string CellWithoutMap(const MethodRecipe& method, const Setting& setting) {
  if (method.widths == "setting") return "";
  const auto place = [&](const std::string& name) {
    return std::find_if(setting.models.begin(), setting.models.end(),
                        [&](const ModelNode& node) { return node.name == name; });
  };
  for (const auto& [query, gallery] : setting.cells) {
    const ModelNode& later = *std::max(place(query), place(gallery));
    const std::string& earlier = later.name == query ? gallery : query;
    const auto& known = later.compatible_with;
    if (query == gallery || std::find(known.begin(), known.end(), earlier) != known.end()) continue;
    return fmt::format(
        "it learns a map to the models that it is compatible with, and {} is "
        "compared with {} all the same",
        later.name, earlier);
  }
  return "";
}

}  // namespace

std::string WhyLeftOut(const RecipeBook& book, const MethodRecipe& method, const Protocol& protocol,
                       DataRoles& data) {
  if (method.new_is_old) return "";
  const Setting& setting = protocol.setting;
  for (const auto& [base, earlier] :
       {std::pair(method.base, false), std::pair(method.earlier_base, true)}) {
    if (NeedsLabels(book, base) && !HasLabelsFor(setting, earlier))
      return "its base learner needs labels";
  }
  for (const std::string& why :
       {TwoBases(method, setting), TermWithoutHead(book, method, protocol),
        CellWithoutMap(method, setting), TooManyPeople(book, method.base, protocol, data)}) {
    if (!why.empty()) return why;
  }
  for (const ModelNode& node : setting.models) {
    const std::string& own = OwnBase(method, setting, node);
    const std::string why = NothingToDivide(book, own == "auto" ? node.base : own, node);
    if (!why.empty()) return why;
  }
  for (const ModelNode& node : setting.models) {
    const std::string why = TooManyPeople(book, node.base, protocol, data);
    if (!why.empty()) return why;
  }
  return "";
}

std::string WhyLeftOutOfGiven(const RecipeBook& book, const MethodRecipe& method,
                              const Protocol& protocol) {
  if (method.new_is_old) return "";
  const std::string& old_model = protocol.setting.upgrade.old_model;
  if (method.earlier_base != "auto")
    return fmt::format("it trains the old model too, by the base `{}`, and that is given",
                       method.earlier_base);
  if (method.init == "old") return "it starts from the old model's weights, and that is given";
  for (const ModelNode& node : protocol.setting.models)
    if (node.start == old_model)
      return fmt::format("its model {} starts from {}, which is given", node.name, old_model);
  for (const ObjectiveUse& use : BindObjectives(book, method.objectives, protocol.profile)) {
    if (use.with == ObjectiveUse::With::kAlone) continue;  // of a model that is trained here
    const ObjectiveInfo& info = FindObjective(book.plug_ins().objectives, use.objective);
    if (info.needs_old_head != nullptr && info.needs_old_head(ParametersOf(use, info)))
      return fmt::format(
          "its term `{}` needs the old model's classifier, which a given model lacks", info.name);
  }
  return "";
}

}  // namespace bcr
