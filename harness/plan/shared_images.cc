#include "harness/plan/shared_images.h"

#include <algorithm>

#include "harness/core/random.h"

namespace bcr {

std::map<std::string, std::set<size_t>> RowsOfAllModels(const TrainingViews& views) {
  std::map<std::string, std::set<size_t>> rows;
  for (const auto& [name, seen] : views.models) {
    for (const ViewRows& view : seen) rows[view.data].insert(view.rows.begin(), view.rows.end());
  }
  return rows;
}

void ShareImages(const RecipeBook& book, const TrainingViews& views, int seed, DataRoles& data,
                 ModelWork& work) {
  const auto shares = [&](const AugmenterUse& use) {
    return FindAugmenter(book.plug_ins().augmenters, use.augmenter).shares;
  };
  work.shared_views.clear();
  if (std::none_of(work.base.augmenters.begin(), work.base.augmenters.end(), shares)) return;
  for (const auto& [role, rows] : RowsOfAllModels(views)) {
    work.shared_views.push_back(
        ViewOf(role, {rows.begin(), rows.end()}, data.Kept(role, Split::kTrain)));
  }
  work.shared_seed = DeriveSeed(static_cast<uint64_t>(seed), "shared images");
}

}  // namespace bcr
