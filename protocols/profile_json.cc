#include <nlohmann/json.hpp>

#include "protocols/profile.h"

namespace bcr {
namespace {

Json WithoutLabelsJson(const UnlabelledTraining& recipe) {
  Json json = {{"epochs", recipe.epochs},
               {"batches_per_epoch", recipe.batches_per_epoch},
               {"identities_per_batch", recipe.identities_per_batch},
               {"images_per_identity", recipe.images_per_identity},
               {"lr", recipe.lr},
               {"weight_decay", recipe.weight_decay},
               {"milestones", recipe.milestones},
               {"gamma", recipe.gamma}};
  json.update(GivenOptimisation(recipe.optimisation));
  json.update(GivenCheckpointChoice(recipe.checkpoint));
  return json;
}

Json PlugInsJson(const PlugInParameters& all) {
  Json json = Json::object();
  for (const auto& [name, parameters] : all) json[name] = ParseJson(parameters, "profile: " + name);
  return json;
}

}  // namespace

Json ProfileJson(const Profile& profile) {
  const BackboneSizes& sizes = profile.backbones;
  Json json = {
      {"profile", profile.name},
      {"revision", profile.revision},
      {"order", profile.order},
      {"about", profile.about},
      {"reference", profile.reference},
      {"smoke", profile.smoke},
      {"needs_init", profile.needs_init},
      {"input", {{"height", profile.height}, {"width", profile.width}}},
      {"backbones", {{"small", sizes.small}, {"standard", sizes.standard}, {"large", sizes.large}}},
      {"pooling", profile.pooling},
      {"identities_per_batch", profile.identities_per_batch},
      {"images_per_identity", profile.images_per_identity},
      {"epochs", profile.epochs},
      {"lr", profile.lr},
      {"weight_decay", profile.weight_decay},
      {"warmup_epochs", profile.warmup_epochs},
      {"warmup_factor", profile.warmup_factor},
      {"milestones", profile.milestones},
      {"gamma", profile.gamma},
      {"extraction",
       {{"batch_size", profile.extraction_batch_size},
        {"flip", profile.extraction_flip},
        {"feature_side", profile.feature_side}}},
      {"scoring",
       {{"policy", profile.policy},
        {"max_rank", profile.max_rank},
        {"bootstrap_resamples", profile.bootstrap_resamples}}},
      {"max_identities", profile.max_identities},
      {"without_labels", WithoutLabelsJson(profile.without_labels)},
      {"bases",
       {{"with_labels", profile.bases.with_labels},
        {"without_labels", profile.bases.without_labels}}},
      {"objectives", PlugInsJson(profile.objectives)},
      {"label_sources", PlugInsJson(profile.label_sources)},
      {"augmenters", PlugInsJson(profile.augmenters)},
      {"locked", profile.locked}};
  if (profile.resize != Profile().resize) json["input"]["resize"] = profile.resize;
  // Profiles and records were written before models could see some labels.
  if (profile.bases.mixed_labels != BaseNames().mixed_labels)
    json["bases"]["mixed_labels"] = profile.bases.mixed_labels;
  json.update(GivenOptimisation(profile.optimisation));
  json.update(GivenCheckpointChoice(profile.checkpoint));
  return json;
}

Json CompleteProfileJson(const Profile& profile) {
  Json json = ProfileJson(profile);
  Json without = OptimisationJson(profile.without_labels.optimisation);
  without.erase("warmup_shape");  // there is no warm-up
  without.update(CheckpointChoiceJson(profile.without_labels.checkpoint));
  json["without_labels"].update(without);
  json["input"]["resize"] = profile.resize;
  json["bases"]["mixed_labels"] = profile.bases.mixed_labels;
  json.update(OptimisationJson(profile.optimisation));
  json.update(CheckpointChoiceJson(profile.checkpoint));
  return json;
}

}  // namespace bcr
