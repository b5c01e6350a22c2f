#include "harness/run/plan_json.h"

#include <nlohmann/json.hpp>

namespace bcr {

Json SpecJson(const ModelSpec& spec) {
  return {{"backbone", spec.backbone},
          {"pooling", spec.pooling},
          {"height", spec.height},
          {"width", spec.width}};
}

Json OptionsJson(const TrainOptions& options) {
  const Schedule& s = options.schedule;
  return {{"epochs", options.epochs},
          {"identities_per_batch", options.identities_per_batch},
          {"images_per_identity", options.images_per_identity},
          {"batches_per_epoch", options.batches_per_epoch},
          {"weight_decay", options.weight_decay},
          {"schedule",
           {{"learning_rate", s.learning_rate},
            {"warmup_epochs", s.warmup_epochs},
            {"warmup_factor", s.warmup_factor},
            {"milestones", s.milestones},
            {"gamma", s.gamma}}}};
}

void AddAugmenters(const std::vector<AugmenterUse>& uses,
                   const std::vector<const AugmenterInfo*>& table, Json& options) {
  // The form that models were stored in before there was more than one augmenter.
  if (uses.size() == 1 && uses[0].augmenter == "standard" &&
      FindAugmenter(table, "standard").revision == 1) {
    options["augment"] = ParseJson(uses[0].parameters, "standard");
    return;
  }
  options["augmenters"] = UsesToJson(uses);
  for (size_t i = 0; i < uses.size(); ++i)
    options["augmenters"][i]["revision"] = FindAugmenter(table, uses[i].augmenter).revision;
}

}  // namespace bcr
