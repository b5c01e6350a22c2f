#include "harness/train/augmenter.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/core/suggest.h"
#include "harness/train/recipe.h"

namespace bcr {

void Augmenter::Change(uint64_t, TrainingImage&) const {}
bool Augmenter::adds_images() const { return false; }
void Augmenter::MakeImages(const AugmentedList&, const MakingPlace&) const {}
AddedImages Augmenter::OpenImages(const AugmentedList&, const std::string&) const { return {}; }
bool Augmenter::mixes_batches() const { return false; }
std::optional<BatchMix> Augmenter::Mix(uint64_t, const MixableBatch&) const { return std::nullopt; }

const AugmenterInfo& FindAugmenter(const std::vector<const AugmenterInfo*>& table,
                                   const std::string& name) {
  std::vector<std::string> known;
  for (const AugmenterInfo* info : table) {
    if (info->name == name) return *info;
    known.push_back(info->name);
  }
  throw Error(ErrorCode::kConfig, {"recipe", "augmenter `" + name + "`", "a registered augmenter",
                                   SuggestionFor(name, known)});
}

namespace {

std::unique_ptr<Augmenter> Make(const AugmenterInfo& info, const AugmenterUse& use,
                                const std::string& where) {
  Json merged = ParseJson(info.parameters, "defaults of " + info.name);
  const Json given = ParseJson(use.parameters, where);
  for (const auto& [key, value] : given.items()) merged[key] = value;
  JsonReader reader(merged, where + ": " + info.name);
  std::unique_ptr<Augmenter> augmenter = info.make(reader);
  reader.Finish();
  return augmenter;
}

}  // namespace

std::vector<std::unique_ptr<Augmenter>> MakeAugmenters(
    const std::vector<const AugmenterInfo*>& table, const std::vector<AugmenterUse>& uses,
    const std::string& where) {
  std::vector<std::unique_ptr<Augmenter>> made;
  for (const AugmenterUse& use : uses)
    made.push_back(Make(FindAugmenter(table, use.augmenter), use, where));
  return made;
}

ChangeImage ChainOf(const std::vector<std::unique_ptr<Augmenter>>& augmenters) {
  return [&augmenters](uint64_t seed, TrainingImage& image) {
    for (size_t i = 0; i < augmenters.size(); ++i)
      augmenters[i]->Change(i == 0 ? seed : DeriveSeed(DeriveSeed(seed, "augmenter"), i), image);
  };
}

}  // namespace bcr
