#include "protocols/views.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/core/json.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

// One data role: its images grouped by identity, and what is held out.
struct Role {
  std::string name;
  const std::vector<ImageRecord>* images;
  std::map<std::string, std::vector<size_t>>
      rows_of;  // rows by name, whatever the order of the split
  std::vector<std::string> validation,
      training;  // identities; training in the order of the permutation "split"
  uint64_t seed;
};

[[noreturn]] void RefuseData(const std::string& role, const std::string& found,
                             const std::string& expected, const std::string& hint) {
  throw Error(ErrorCode::kData, {role + " train split", found, expected, hint});
}

std::vector<std::string> Permuted(std::vector<std::string> identities, uint64_t seed,
                                  const char* stream) {
  std::sort(identities.begin(), identities.end());
  Random random(DeriveSeed(seed, stream));
  random.Shuffle(identities);
  return identities;
}

void GroupRows(Role& role) {
  std::set<std::string_view> names;
  for (size_t row = 0; row < role.images->size(); ++row) {
    const ImageRecord& image = (*role.images)[row];
    if (!names.insert(image.name).second) {
      RefuseData(role.name, fmt::format("`{}` twice", image.name), "each file name once", "");
    }
    role.rows_of[image.identity].push_back(row);
  }
  for (auto& [identity, rows] : role.rows_of) {
    std::sort(rows.begin(), rows.end(),
              [&](size_t a, size_t b) { return (*role.images)[a].name < (*role.images)[b].name; });
  }
}

bool HasTwoCameras(const Role& role, const std::string& identity) {
  const std::vector<size_t>& rows = role.rows_of.at(identity);
  return std::any_of(rows.begin(), rows.end(), [&](size_t row) {
    return (*role.images)[row].camera != (*role.images)[rows.front()].camera;
  });
}

// Brings up to two identities seen by two cameras in front, otherwise keeps the order of the
// permutation: whatever number is then taken, at least two of them can be scored across cameras.
void ScorableFirst(const Role& role, std::vector<std::string>& order) {
  size_t front = 0;
  for (size_t i = 0; i < order.size() && front < 2; ++i) {
    if (!HasTwoCameras(role, order[i])) continue;
    std::rotate(order.begin() + front, order.begin() + i, order.begin() + i + 1);
    ++front;
  }
}

void HoldOut(Role& role, double share, const std::vector<std::string>& identities) {
  std::vector<std::string> order = Permuted(identities, role.seed, "validation");
  if (share > 0) {
    if (order.size() < 4) {
      RefuseData(role.name, fmt::format("{} identities", order.size()),
                 "at least 4: two to train on and two to validate on",
                 "Use more identities, or --set setting.validation_share=0.");
    }
    const size_t count = std::min(ShareOf(share, order.size(), 2), order.size() - 2);
    ScorableFirst(role, order);
    role.validation.assign(order.begin(), order.begin() + static_cast<ptrdiff_t>(count));
    std::sort(role.validation.begin(), role.validation.end());
    order.erase(order.begin(), order.begin() + static_cast<ptrdiff_t>(count));
  }
  if (order.size() < 2) {
    RefuseData(role.name, fmt::format("{} identities to train on", order.size()), "at least 2",
               "Use more identities.");
  }
  role.training = Permuted(std::move(order), role.seed, "split");
}

Role PrepareRole(const std::string& name, const TrainImages& images, const Setting& setting,
                 uint64_t seed, int max_identities) {
  const auto given = images.find(name);
  Role role{
      name, given == images.end() ? nullptr : given->second, {}, {}, {}, DeriveSeed(seed, name)};
  if (role.images == nullptr || role.images->empty()) {
    RefuseData(name, "no images", "training images",
               "Name other data for this role, check the folder and its layout, or add rows with "
               "split train to the CSV file.");
  }
  GroupRows(role);
  std::vector<std::string> identities;
  for (const auto& [identity, rows] : role.rows_of) identities.push_back(identity);
  if (max_identities > 0 && identities.size() > static_cast<size_t>(max_identities)) {
    identities = Permuted(std::move(identities), role.seed, "subset");
    identities.resize(static_cast<size_t>(max_identities));
  }
  HoldOut(role, setting.validation_share, identities);
  return role;
}

// [first, last) of `count` things in order: what `part` keeps of them.
std::pair<size_t, size_t> RangeOf(const Share& part, size_t count) {
  const size_t first = part.from > 0 ? ShareOf(part.from, count, 2) : 0;
  return {first, std::max(first, ShareOf(part.to, count, 2))};
}

void AppendPart(const Role& role, const std::string& identity, const Share& part,
                std::vector<size_t>& rows) {
  const std::vector<size_t>& all = role.rows_of.at(identity);
  std::vector<std::string> cameras;
  for (size_t row : all) cameras.push_back((*role.images)[row].camera);
  const uint64_t seed = DeriveSeed(DeriveSeed(role.seed, "split"), identity);
  const std::vector<size_t> order = SplitOrder(cameras, seed);
  const auto [first, last] = RangeOf(part, all.size());
  for (size_t i = first; i < last; ++i) rows.push_back(all[order[i]]);
}

// Names in bytewise order, whatever the order of rows: the hash is that of the list, not of its
// numbering.
Json NamesJson(const std::vector<ImageRecord>& images, const std::vector<size_t>& rows) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (size_t row : rows) entries.emplace_back(images[row].name, images[row].identity);
  std::sort(entries.begin(), entries.end());
  return Json(entries);
}

ViewRows MakeRows(const Role& role, const std::vector<std::string>& identities,
                  const Share& images) {
  std::vector<size_t> rows;
  for (const std::string& identity : identities) AppendPart(role, identity, images, rows);
  return ViewOf(role.name, std::move(rows), *role.images);
}

ViewRows MakeModelRows(const Role& role, const ModelNode& model) {
  const auto [first, last] = RangeOf(model.identities, role.training.size());
  const auto begin = role.training.begin();
  ViewRows view =
      MakeRows(role, {begin + static_cast<ptrdiff_t>(first), begin + static_cast<ptrdiff_t>(last)},
               ImagesOf(model, role.name));
  if (view.identities.size() < 2) {
    RefuseData(
        role.name,
        fmt::format("{} identities left for the model {}", view.identities.size(), model.name),
        "at least 2", "Give the model a larger part of the images or identities.");
  }
  return view;
}

Json ListJson(const Role& role, const ViewRows& view) {
  return {{"data", view.data},
          {"identities", view.identities},
          {"images", NamesJson(*role.images, view.rows)}};
}

}  // namespace

ViewRows ViewOf(const std::string& role, std::vector<size_t> rows,
                const std::vector<ImageRecord>& images) {
  ViewRows view;
  view.data = role;
  std::sort(rows.begin(), rows.end());
  std::set<std::string> identities;
  for (const size_t row : rows) identities.insert(images[row].identity);
  view.identities.assign(identities.begin(), identities.end());
  view.hash = HashOf(DumpJsonCompact(NamesJson(images, rows)));
  view.rows = std::move(rows);
  return view;
}

TrainingViews MakeViews(const Setting& setting, const TrainImages& images, uint64_t seed,
                        int max_identities) {
  std::map<std::string, Role> roles;
  for (const std::string& name : DataRolesOf(setting))
    roles[name] = PrepareRole(name, images, setting, seed, max_identities);
  TrainingViews views;
  Json models = Json::object(), validation = Json::object();
  for (const ModelNode& model : setting.models) {
    Json& list = models[model.name] = Json::array();
    for (const std::string& name : model.data) {
      const Role& role = roles.at(name);
      views.models[model.name].push_back(MakeModelRows(role, model));
      list.push_back(ListJson(role, views.models[model.name].back()));
    }
  }
  for (const auto& [name, role] : roles) {
    views.validation[name] = MakeRows(role, role.validation, Share{});
    validation[name] = ListJson(role, views.validation[name]);
  }
  views.lists = DumpJson({{"setting", setting.name},
                          {"revision", setting.revision},
                          {"seed", seed},
                          {"models", models},
                          {"validation", validation}});
  views.hash = HashOf(views.lists);
  return views;
}

}  // namespace bcr
