#pragma once

#include <string>
#include <vector>

#include "harness/plan/data_roles.h"
#include "harness/plan/recipe_book.h"
#include "protocols/setting.h"
#include "protocols/views.h"

namespace bcr {

// What a base learner's first model (BaseRecipe::starts_from) is trained on, by the model that starts
// from it. REQUIRES: such a base.

// Its images: those of `node`, those of them whose labels it sees, or all that some model of the setting sees, and of each data role the
// share that is asked for, of a permutation of the names by `seed`. A smaller share is a part of a
// larger one. Throws kConfig for a first model that learns identities and is to see more than `node`, and for
// images with labels where `node` sees none.
std::vector<ViewRows> PretrainingViews(const BaseRecipe& base, const RecipeBook& book,
                                       const ModelNode& node, const TrainingViews& views, int seed,
                                       DataRoles& data);

// Its labels: "none", or where the first model learns identities the node's, which for images with
// labels are "ground-truth".
std::string LabelsOfPretraining(const BaseRecipe& base, const RecipeBook& book,
                                const ModelNode& node);

}  // namespace bcr
