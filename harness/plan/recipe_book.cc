#include "harness/plan/recipe_book.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/plan/effective.h"

namespace bcr {

namespace {

template <typename Recipe>
const Recipe& FindRecipe(const std::vector<Recipe>& recipes, const std::string& name,
                         const char* where, const char* what) {
  std::vector<std::string> known;
  for (const Recipe& recipe : recipes) {
    if (recipe.name == name) return recipe;
    known.push_back(recipe.name);
  }
  throw Error(ErrorCode::kUsage, {where, std::string("unknown ") + what + " `" + name + "`", "",
                                  SuggestionFor(name, known)});
}

// The parameters of a plug-in that the profile holds and that --set named. `block` is the profile's:
// "objectives", "label_sources" or "augmenters".
std::vector<std::string> Overridden(const Profile& profile, const std::string& block,
                                    const std::string& plug_in) {
  const std::string prefix = block + "." + plug_in + ".";
  std::vector<std::string> keys;
  for (const std::string& key : profile.overridden) {
    if (key.starts_with(prefix)) keys.push_back(key.substr(prefix.size()));
  }
  return keys;
}

std::string Of(const PlugInParameters& all, const std::string& plug_in) {
  const auto found = all.find(plug_in);
  return found == all.end() ? "" : found->second;
}

// Completes the parameters of one use of a plug-in. `held` are those of the profile's block.
template <typename Info, typename Use>
void Bind(const Info& info, const Profile& profile, const char* block, const PlugInParameters& held,
          Use& use) {
  const EffectiveParameters bound = Merge({info.parameters, Of(held, info.name), use.parameters,
                                           Overridden(profile, block, info.name)});
  use.parameters = bound.values;
  use.origins = bound.origins;
}

void BindLabelSource(const RecipeBook& book, const Profile& profile, BaseRecipe& base) {
  const LabelSourceInfo* info = FindLabelSource(book.plug_ins().label_sources, base.label_source);
  if (info == nullptr) return;  // ground truth has no parameters
  const EffectiveParameters bound =
      Merge({info->parameters, Of(profile.label_sources, info->name), base.label_source_parameters,
             Overridden(profile, "label_sources", info->name)});
  base.label_source_parameters = bound.values;
  base.label_source_origins = bound.origins;
}

void BindAugmenters(const RecipeBook& book, const Profile& profile, BaseRecipe& base) {
  for (AugmenterUse& use : base.augmenters) {
    const AugmenterInfo& info = FindAugmenter(book.plug_ins().augmenters, use.augmenter);
    Bind(info, profile, "augmenters", profile.augmenters, use);
  }
}

// All parameters of the plug-ins with their defaults.
template <typename Info>
PlugInParameters AllDefaults(const std::vector<const Info*>& plug_ins) {
  PlugInParameters all;
  for (const Info* info : plug_ins)
    all[info->name] = DumpJsonCompact(CompleteParameters(*info, Json::object()));
  return all;
}

}  // namespace

PlugInDefaults DefaultsOf(const TrainPlugIns& plug_ins) {
  PlugInParameters augmenters;
  for (const AugmenterInfo* info : plug_ins.augmenters) augmenters[info->name] = info->parameters;
  return {.objectives = AllDefaults(plug_ins.objectives),
          .label_sources = AllDefaults(plug_ins.label_sources),
          .augmenters = std::move(augmenters)};
}

RecipeBook::RecipeBook(const PlugIns& plug_ins) : plug_ins_(plug_ins.train) {
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
  return FindRecipe(methods_, name, "--methods", "method");
}
const BaseRecipe& RecipeBook::Base(const std::string& name) const {
  return FindRecipe(bases_, name, "base learner", "base recipe");
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
  const std::string& automatic = labelled            ? profile.bases.with_labels
                                 : labels == "mixed" ? profile.bases.mixed_labels
                                                     : profile.bases.without_labels;
  BaseRecipe base = book.Base(wanted == "auto" ? automatic : wanted);
  if (!labelled && base.label_source == "ground-truth") {
    throw Error(
        ErrorCode::kConfig,
        {"base recipe " + base.name, "it trains on identity labels",
         "a base with a label source of its own",
         "This setting's new model sees no labels: leave the method out of it, or use base auto."});
  }
  base.objectives = BindObjectives(book, base.objectives, profile);
  BindLabelSource(book, profile, base);
  BindAugmenters(book, profile, base);
  return base;
}

AugmenterUse BindAugmenter(const RecipeBook& book, const std::string& name,
                           const Profile& profile) {
  AugmenterUse use{.augmenter = name};
  Bind(FindAugmenter(book.plug_ins().augmenters, name), profile, "augmenters", profile.augmenters,
       use);
  return use;
}

const std::string& PoolingName(const BaseRecipe& base, const Profile& profile) {
  const bool overridden = std::find(profile.overridden.begin(), profile.overridden.end(),
                                    "pooling") != profile.overridden.end();
  return base.pooling.empty() || overridden ? profile.pooling : base.pooling;
}

std::vector<ObjectiveUse> BindObjectives(const RecipeBook& book,
                                         const std::vector<ObjectiveUse>& uses,
                                         const Profile& profile) {
  std::vector<ObjectiveUse> bound = uses;
  for (ObjectiveUse& use : bound) {
    const ObjectiveInfo& info = FindObjective(book.plug_ins().objectives, use.objective);
    Bind(info, profile, "objectives", profile.objectives, use);
  }
  return bound;
}

std::string WarningOf(const RecipeBook& book, const BaseRecipe& base) {
  const LabelSourceInfo* info = FindLabelSource(book.plug_ins().label_sources, base.label_source);
  if (info == nullptr || info->warn == nullptr) return "";
  return info->warn(CompleteParameters(
      *info, ParseJson(base.label_source_parameters, "base recipe " + base.name)));
}

TrainOptions BindOptions(const Profile& profile, const std::string& labels) {
  TrainOptions options;
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
    options.optimisation = profile.optimisation;
    options.checkpoint = profile.checkpoint;
  } else {
    const UnlabelledTraining& own = profile.without_labels;
    options.epochs = own.epochs;
    options.batches_per_epoch = own.batches_per_epoch;
    options.identities_per_batch = own.identities_per_batch;
    options.images_per_identity = own.images_per_identity;
    options.weight_decay = own.weight_decay;
    options.schedule.learning_rate = own.lr;
    options.schedule.warmup_epochs = 0;
    options.schedule.milestones = milestones(own.milestones);
    options.schedule.gamma = own.gamma;
    options.optimisation = own.optimisation;
    options.checkpoint = own.checkpoint;
  }
  return options;
}

}  // namespace bcr
