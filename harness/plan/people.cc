#include "harness/plan/people.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace bcr {

std::vector<int64_t> PeopleNumbers::Of(const std::vector<ViewRows>& views, DataRoles& data) const {
  std::vector<int64_t> people;
  for (const ViewRows& view : views) {
    const auto& numbers = numbers_.at(data.Data(view.data).hash());
    for (const std::string& identity : view.identities) people.push_back(numbers.at(identity));
  }
  return people;
}

PeopleNumbers NumberPeople(const Setting& setting, DataRoles& data) {
  PeopleNumbers people;
  for (const std::string& role : DataRolesOf(setting)) {
    const auto [numbers, fresh] = people.numbers_.try_emplace(data.Data(role).hash());
    if (!fresh) continue;
    for (const ImageRecord& image : data.Kept(role, Split::kTrain))
      numbers->second[image.identity] = 0;
    for (auto& [identity, number] : numbers->second) number = people.count_++;
  }
  return people;
}

BasePlaces PlacesOf(const RecipeBook& book, const BaseRecipe& base) {
  for (const ObjectiveUse& use : base.objectives) {
    const ObjectiveInfo& info = FindObjective(book.plug_ins().objectives, use.objective);
    if (info.places != nullptr)
      return {info.name,
              info.places(CompleteParameters(info, ParseJson(use.parameters, info.name)))};
  }
  return {};
}

int EmbeddingOf(const BasePlaces& places, const BaseRecipe& base) {
  const int fixed = places.fixed.width;
  if (fixed > 0 && base.embedding > 0 && base.embedding != fixed)
    throw Error(ErrorCode::kConfig,
                {"base " + base.name, fmt::format("embedding {}", base.embedding),
                 fmt::format("{}, the width of objective `{}`", fixed, places.objective),
                 "Leave the embedding out: the objective decides the width."});
  return fixed > 0 ? fixed : base.embedding;
}

}  // namespace bcr
