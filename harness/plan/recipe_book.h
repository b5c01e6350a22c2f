#pragma once

#include <string>
#include <vector>

#include "harness/plan/request.h"
#include "harness/train/recipe.h"
#include "protocols/overrides.h"
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
  const TrainPlugIns& plug_ins() const { return plug_ins_; }

 private:
  TrainPlugIns plug_ins_;
  std::vector<MethodRecipe> methods_;
  std::vector<BaseRecipe> bases_;
};

// What --set may name of the plug-ins.
PlugInDefaults DefaultsOf(const TrainPlugIns& plug_ins);

// The base learner of a model under `labels` ("ground-truth", "none" or "mixed"): `wanted`, or for "auto" the
// profile's. Parameters are complete: plug-in defaults, then the profile's, the recipe's, --set. A
// base that needs labels of all images serves "ground-truth" alone: kConfig.
BaseRecipe BindBase(const RecipeBook& book, const std::string& wanted, const std::string& labels,
                    const Profile& profile);

// An augmenter with complete parameters, as in BindBase.
AugmenterUse BindAugmenter(const RecipeBook& book, const std::string& name, const Profile& profile);

// How a model that this base trains pools: as the base says, unless --set names the profile's pooling.
const std::string& PoolingName(const BaseRecipe& base, const Profile& profile);

// Objectives of a method's recipe with complete parameters, as in BindBase.
std::vector<ObjectiveUse> BindObjectives(const RecipeBook& book,
                                         const std::vector<ObjectiveUse>& uses,
                                         const Profile& profile);

// What its label source says against the parameters of a bound base learner; "" where nothing.
std::string WarningOf(const RecipeBook& book, const BaseRecipe& base);

// Training options of a model: the profile's, or its without_labels block for models that lack labels of
// some images.
TrainOptions BindOptions(const Profile& profile, const std::string& labels);

}  // namespace bcr
