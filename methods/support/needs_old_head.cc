#include "methods/support/needs_old_head.h"

#include <nlohmann/json.hpp>

namespace bcr {

// The forms `auto` of OldHead make a classifier of old features where there is none.
bool NeedsOldHead(const std::string& objective, const Json& parameters) {
  if (objective == "logit-distillation") return true;
  if (objective != "bct") return false;
  const std::string form = parameters.value("form", "auto");
  return form == "old-head" || form == "whole-head";
}

}  // namespace bcr
