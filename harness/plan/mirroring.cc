#include "harness/plan/mirroring.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/json.h"

namespace bcr {

bool StopMirroring(BaseRecipe& base) {
  bool changed = false;
  for (AugmenterUse& use : base.augmenters) {
    Json values = ParseJson(use.parameters, use.augmenter);
    Json origins = ParseJson(use.origins, use.augmenter);
    if (!values.contains("flip") || values["flip"] == 0.0 || origins.value("flip", "") == "--set") {
      continue;
    }
    values["flip"] = 0.0;
    origins["flip"] = "data set";
    use.parameters = DumpJsonCompact(values);
    use.origins = DumpJsonCompact(origins);
    changed = true;
  }
  return changed;
}

bool FlipOfExtraction(const Profile& profile, bool mirrored_is_other) {
  const auto& overridden = profile.overridden;
  const bool asked =
      std::find(overridden.begin(), overridden.end(), "extraction.flip") != overridden.end();
  return profile.extraction_flip && (asked || !mirrored_is_other);
}

}  // namespace bcr
