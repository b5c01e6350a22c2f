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
  const AugmentOptions& a = options.augment;
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
            {"gamma", s.gamma}}},
          {"augment",
           {{"flip", a.flip},
            {"pad", a.pad},
            {"jitter", a.jitter},
            {"jitter_strength", a.jitter_strength},
            {"erase", a.erase},
            {"erase_area_low", a.erase_area_low},
            {"erase_area_high", a.erase_area_high},
            {"erase_aspect", a.erase_aspect}}}};
}

}  // namespace bcr
