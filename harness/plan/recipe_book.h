#pragma once

#include <string>
#include <vector>

#include "harness/plan/request.h"
#include "harness/train/recipe.h"
#include "protocols/profile.h"
#include "protocols/setting.h"

namespace bcr {

// The recipes of this binary, parsed and checked.
class RecipeBook {
 public:
  explicit RecipeBook(const PlugIns& plug_ins);
  const std::vector<MethodRecipe>& methods() const { return methods_; }  // in listing order
  const std::vector<BaseRecipe>& bases() const { return bases_; }
  // Throw kUsage with a suggestion.
  const MethodRecipe& Method(const std::string& name) const;
  const BaseRecipe& Base(const std::string& name) const;
  std::vector<std::string> DefaultMethods() const;

 private:
  std::vector<MethodRecipe> methods_;
  std::vector<BaseRecipe> bases_;
};

// The base learner of a model under `labels` ("ground-truth" or "none"): `wanted`, or for "auto"
// softmax-triplet and cluster-contrast, its parameters filled in from the profile. A base that
// needs labels cannot serve "none": kConfig.
BaseRecipe BindBase(const RecipeBook& book, const std::string& wanted, const std::string& labels,
                    const Profile& profile);

// What is allowed in a bound base learner and unwise, as a sentence; "" where nothing is.
std::string WarningOf(const BaseRecipe& base);

// Training options of a model: the profile's, or its cluster_contrast block for models without
// labels.
TrainOptions BindOptions(const Profile& profile, const std::string& labels);

}  // namespace bcr
