#include "harness/plan/pretraining.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/plan/shared_images.h"

namespace bcr {

namespace {

using RowsOfRoles = std::map<std::string, std::set<size_t>>;

std::vector<size_t> SomeOf(const std::set<size_t>& rows, double share, uint64_t seed,
                           const std::vector<ImageRecord>& images) {
  std::vector<size_t> order(rows.begin(), rows.end());
  if (share == 1) return order;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return images[a].name < images[b].name; });
  Random(seed).Shuffle(order);
  order.resize(ShareOf(share, order.size(), 2));
  return order;
}

bool LearnsIdentities(const BaseRecipe& base, const RecipeBook& book) {
  const BaseRecipe& first = book.Base(base.starts_from.base);
  if (first.starts_from.base.empty()) return first.label_source == "ground-truth";
  throw Error(ErrorCode::kConfig, {"base recipe " + base.name + ": starts_from",
                                   "`" + first.name + "`, which starts from another base itself",
                                   "a base that starts from none", ""});
}

// In the order of the model's own data.
std::vector<ViewRows> LabelledViews(const BaseRecipe& base, const ModelNode& node,
                                    const TrainingViews& views, int seed, DataRoles& data) {
  std::vector<ViewRows> made;
  const uint64_t stream = DeriveSeed(static_cast<uint64_t>(seed), "pre-training");
  for (const ViewRows& view : views.models.at(node.name)) {
    if (!SeesLabelsOf(node, view.data)) continue;
    const std::vector<ImageRecord>& images = data.Kept(view.data, Split::kTrain);
    made.push_back(ViewOf(view.data,
                          SomeOf({view.rows.begin(), view.rows.end()}, base.starts_from.share,
                                 DeriveSeed(stream, view.data), images),
                          images));
  }
  if (!made.empty()) return made;
  throw Error(ErrorCode::kConfig, {"base recipe " + base.name + ": starts_from",
                                   "images `labelled`, and " + node.name + " sees no labels",
                                   "a model that sees the labels of some of its data",
                                   "Choose another base learner for it."});
}

}  // namespace

std::vector<ViewRows> PretrainingViews(const BaseRecipe& base, const RecipeBook& book,
                                       const ModelNode& node, const TrainingViews& views, int seed,
                                       DataRoles& data) {
  const Pretraining& asked = base.starts_from;
  if (asked.images == "all" && LearnsIdentities(base, book)) {
    throw Error(
        ErrorCode::kConfig,
        {"base recipe " + base.name + ": starts_from",
         "images `all` for `" + asked.base + "`, which learns identities",
         "images `own`: labels of images that a model does not see are not its to use", ""});
  }
  if (asked.images == "labelled") return LabelledViews(base, node, views, seed, data);
  RowsOfRoles rows;
  if (asked.images == "own") {
    for (const ViewRows& view : views.models.at(node.name))
      rows[view.data].insert(view.rows.begin(), view.rows.end());
  } else {
    rows = RowsOfAllModels(views);
  }
  std::vector<ViewRows> made;
  const uint64_t stream = DeriveSeed(static_cast<uint64_t>(seed), "pre-training");
  for (const auto& [role, some] : rows) {
    const std::vector<ImageRecord>& images = data.Kept(role, Split::kTrain);
    made.push_back(
        ViewOf(role, SomeOf(some, asked.share, DeriveSeed(stream, role), images), images));
  }
  return made;
}

std::string LabelsOfPretraining(const BaseRecipe& base, const RecipeBook& book,
                                const ModelNode& node) {
  if (!LearnsIdentities(base, book)) return "none";
  return base.starts_from.images == "labelled" ? "ground-truth" : node.labels;
}

}  // namespace bcr
