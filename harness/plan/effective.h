#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/train/recipe.h"

namespace bcr {

// Where the parameters of one use of a plug-in may come from, each as the text of a JSON object.
struct ParameterLayers {
  std::string defaults;                 // of the plug-in
  std::string profile;                  // of the profile; "" where it names none
  std::string recipe;                   // of the method's or the base's recipe
  std::vector<std::string> overridden;  // parameters of the profile that --set named
};

struct EffectiveParameters {
  std::string values;   // compact JSON object
  std::string origins;  // the same keys: "plug-in", "profile", "recipe" or "--set"
};

// Later layers win: plug-in, profile, recipe, --set.
EffectiveParameters Merge(const ParameterLayers& layers);

// One object for each parameter of a bound recipe, for records and listings: {"plug_in", "parameter",
// "value", "from"}.
Json ListParameters(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility);
// The same as one line: "triplet.margin 0.3 (profile), bct.form auto (recipe)".
std::string ParametersText(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility);

}  // namespace bcr
