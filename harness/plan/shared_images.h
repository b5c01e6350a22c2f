#pragma once

#include <map>
#include <set>
#include <string>

#include "harness/plan/data_roles.h"
#include "harness/plan/recipe_book.h"
#include "harness/plan/step.h"
#include "protocols/views.h"

namespace bcr {

// The training images that some model of the setting sees, by data role. Held-out people are in none.
std::map<std::string, std::set<size_t>> RowsOfAllModels(const TrainingViews& views);

// Gives a model whose base learner has an augmenter that shares what it adds (AugmenterInfo::shares) the
// images of all models of the setting, and a seed that does not depend on the model.
void ShareImages(const RecipeBook& book, const TrainingViews& views, int seed, DataRoles& data,
                 ModelWork& work);

}  // namespace bcr
