#include "harness/plan/recipe_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cluster/jaccard.h"
#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {

namespace {

template <typename Recipe>
const Recipe& FindRecipe(const std::vector<Recipe>& recipes, const std::string& name,
                         const char* what) {
  std::vector<std::string> known;
  for (const Recipe& recipe : recipes) {
    if (recipe.name == name) return recipe;
    known.push_back(recipe.name);
  }
  throw Error(ErrorCode::kUsage, {"--methods", std::string("unknown ") + what + " `" + name + "`",
                                  "", SuggestionFor(name, known)});
}

void SetParameter(std::string& parameters, const std::string& key, const Json& value) {
  Json json = ParseJson(parameters, "recipe parameters");
  json[key] = value;
  parameters = DumpJsonCompact(json);
}

// What a profile decides about objectives of a base: the names are those of methods/objectives.
void ApplyProfile(BaseRecipe& base, const Profile& profile) {
  const ClusterContrastRecipe& cc = profile.cluster_contrast;
  for (ObjectiveUse& use : base.objectives) {
    if (use.objective == "identity")
      SetParameter(use.parameters, "label_smoothing", profile.label_smoothing);
    if (use.objective == "triplet") SetParameter(use.parameters, "margin", profile.triplet_margin);
    if (use.objective == "cluster-nce") {
      SetParameter(use.parameters, "temperature", cc.tau);
      SetParameter(use.parameters, "momentum", cc.mu);
      SetParameter(use.parameters, "update", cc.hard_update ? "hard" : "plain");
    }
  }
  if (base.label_source == "cluster-contrast") {
    SetParameter(base.label_source_parameters, "k1", cc.k1);
    SetParameter(base.label_source_parameters, "k2", cc.k2);
    SetParameter(base.label_source_parameters, "eps", cc.eps);
    SetParameter(base.label_source_parameters, "min_samples", cc.min_samples);
    base.sampler = cc.other_cameras ? "other-cameras" : "random-identity";
  }
}

}  // namespace

RecipeBook::RecipeBook(const PlugIns& plug_ins) {
  for (const EmbeddedFile& file : *plug_ins.methods) {
    methods_.push_back(
        ParseMethodRecipe(file.text, "methods/recipes/" + std::string(file.name) + ".json"));
    for (const ObjectiveUse& use : methods_.back().objectives)
      FindObjective(plug_ins.train.objectives, use.objective);
  }
  for (const EmbeddedFile& file : *plug_ins.bases) {
    bases_.push_back(
        ParseBaseRecipe(file.text, "methods/recipes/bases/" + std::string(file.name) + ".json"));
  }
  std::sort(methods_.begin(), methods_.end(), [](const MethodRecipe& a, const MethodRecipe& b) {
    return a.order != b.order ? a.order < b.order : a.name < b.name;
  });
}

const MethodRecipe& RecipeBook::Method(const std::string& name) const {
  return FindRecipe(methods_, name, "method");
}
const BaseRecipe& RecipeBook::Base(const std::string& name) const {
  return FindRecipe(bases_, name, "base recipe");
}

std::vector<std::string> RecipeBook::DefaultMethods() const {
  std::vector<std::string> names;
  for (const MethodRecipe& method : methods_) {
    if (method.in_default_run) names.push_back(method.name);
  }
  return names;
}

BaseRecipe BindBase(const RecipeBook& book, const std::string& wanted, const std::string& labels,
                    const Profile& profile) {
  const bool labelled = labels == "ground-truth";
  const std::string automatic = labelled ? "softmax-triplet" : "cluster-contrast";
  BaseRecipe base = book.Base(wanted == "auto" ? automatic : wanted);
  if (!labelled && base.label_source == "ground-truth") {
    throw Error(
        ErrorCode::kConfig,
        {"base recipe " + base.name, "it trains on identity labels",
         "a base with a label source of its own",
         "This setting's new model sees no labels: leave the method out of it, or use base auto."});
  }
  ApplyProfile(base, profile);
  return base;
}

std::string WarningOf(const BaseRecipe& base) {
  if (base.label_source != "cluster-contrast") return "";
  const Json clusters = ParseJson(base.label_source_parameters, "base recipe " + base.name);
  const double eps = clusters.value("eps", 0.0);
  const int k2 = clusters.value("k2", 1);
  if (!IsJaccardAtom(static_cast<float>(eps), k2)) return "";
  return fmt::format(
      "clustering with eps {} and k2 {}: whole groups of images lie at exactly this distance, so "
      "that "
      "labels hang on the last bit; another eps does not have that",
      eps, k2);
}

TrainOptions BindOptions(const Profile& profile, const std::string& labels) {
  TrainOptions options;
  const AugmentRecipe& a = profile.augment;
  options.augment = {a.flip,
                     a.pad,
                     a.jitter,
                     a.jitter_strength,
                     a.erase,
                     a.erase_area_low,
                     a.erase_area_high,
                     a.erase_aspect};
  options.extraction_batch = profile.extraction_batch_size;
  options.schedule.warmup_factor = profile.warmup_factor;
  const auto milestones = [](const std::vector<int>& epochs) {
    return std::vector<double>(epochs.begin(), epochs.end());
  };
  if (labels == "ground-truth") {
    options.epochs = profile.epochs;
    options.identities_per_batch = profile.identities_per_batch;
    options.images_per_identity = profile.images_per_identity;
    options.weight_decay = profile.weight_decay;
    options.schedule.learning_rate = profile.lr;
    options.schedule.warmup_epochs = profile.warmup_epochs;
    options.schedule.milestones = milestones(profile.milestones);
    options.schedule.gamma = profile.gamma;
  } else {
    const ClusterContrastRecipe& cc = profile.cluster_contrast;
    options.epochs = cc.epochs;
    options.batches_per_epoch = cc.batches_per_epoch;
    options.identities_per_batch = cc.identities_per_batch;
    options.images_per_identity = cc.images_per_identity;
    options.weight_decay = cc.weight_decay;
    options.schedule.learning_rate = cc.lr;
    options.schedule.warmup_epochs = 0;
    options.schedule.milestones = milestones(cc.milestones);
    options.schedule.gamma = cc.gamma;
  }
  return options;
}

}  // namespace bcr
