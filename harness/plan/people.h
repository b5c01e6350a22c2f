#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/plan/data_roles.h"
#include "harness/plan/recipe_book.h"
#include "harness/train/objective.h"
#include "protocols/setting.h"
#include "protocols/views.h"

namespace bcr {

// A number for each person of a setting's training data, whichever model sees them: data set by data
// set in the setting's order, by name within one. Roles bound to the same data have the same people.
class PeopleNumbers {
 public:
  int64_t count() const { return count_; }
  // By class of a model that sees these views. REQUIRES: views of the setting.
  std::vector<int64_t> Of(const std::vector<ViewRows>& views, DataRoles& data) const;

 private:
  friend PeopleNumbers NumberPeople(const Setting& setting, DataRoles& data);
  std::map<std::string, std::map<std::string, int64_t>>
      numbers_;  // data hash -> identity -> number
  int64_t count_ = 0;
};

PeopleNumbers NumberPeople(const Setting& setting, DataRoles& data);

// The objective of a base learner that has a place for each person, and what it fixes.
struct BasePlaces {
  std::string objective;  // "" where there is none
  FixedPlaces fixed;
};
// REQUIRES: a base as BindBase returns it.
BasePlaces PlacesOf(const RecipeBook& book, const BaseRecipe& base);
// The width of the embedding that such a base learner works on; 0: the backbone's feature. Throws
// kConfig where the recipe asks for another width than its objective fixes.
int EmbeddingOf(const BasePlaces& places, const BaseRecipe& base);

}  // namespace bcr
