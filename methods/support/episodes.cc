#include "methods/support/episodes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <map>

#include "harness/core/random.h"
#include "harness/train/batch.h"
#include "harness/train/upload.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

using PlacesOfRows = std::map<int64_t, std::vector<int64_t>>;  // by row: its copies in the batch

// Keys in the order of a permutation that depends on each of them alone.
template <typename Value>
std::vector<int64_t> Shuffled(const std::map<int64_t, Value>& of, uint64_t seed) {
  std::vector<std::pair<uint64_t, int64_t>> order;
  for (const auto& [key, value] : of)
    order.emplace_back(DeriveSeed(seed, static_cast<uint64_t>(key)), key);
  std::sort(order.begin(), order.end());
  std::vector<int64_t> keys;
  for (const auto& [drawn, key] : order) keys.push_back(key);
  return keys;
}

void AddClass(const PlacesOfRows& images, int64_t episode, uint64_t seed, Episodes& episodes) {
  const auto number = static_cast<int64_t>(episodes.episode_of.size());
  episodes.episode_of.push_back(episode);
  const std::vector<int64_t> rows = Shuffled(images, seed);
  const auto shots = static_cast<size_t>(episodes.shots);
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<int64_t>& places = images.at(rows[i]);
    if (i < shots) {
      episodes.support.push_back(places.front());
      continue;
    }
    episodes.queries.insert(episodes.queries.end(), places.begin(), places.end());
    episodes.targets.insert(episodes.targets.end(), places.size(), number);
  }
}

}  // namespace

Episodes DrawEpisodes(const Batch& batch, int64_t ways, int64_t shots, uint64_t seed) {
  std::map<int64_t, PlacesOfRows> images;  // by label
  for (size_t i = 0; i < batch.labels.size(); ++i) {
    if (batch.labels[i] >= 0)
      images[batch.labels[i]][batch.rows[i]].push_back(static_cast<int64_t>(i));
  }
  std::erase_if(
      images, [&](const auto& label) { return label.second.size() <= static_cast<size_t>(shots); });
  const auto labels = static_cast<int64_t>(images.size());
  const int64_t each = ways == 0 ? labels : std::min(ways, labels);
  Episodes episodes;
  episodes.shots = shots;
  const std::vector<int64_t> order = Shuffled(images, DeriveSeed(seed, "labels"));
  for (int64_t i = 0; each > 0 && i < labels / each * each; ++i) {
    const int64_t label = order[static_cast<size_t>(i)];
    AddClass(images.at(label), i / each, DeriveSeed(seed, "images"), episodes);
  }
  return episodes;
}

at::Tensor PrototypeLogits(const at::Tensor& features, const Episodes& episodes, bool cosine,
                           double temperature, const std::string& device) {
  const auto classes = static_cast<int64_t>(episodes.episode_of.size());
  const at::Tensor x = cosine ? UnitRows(features) : LossType(features);
  const auto rows = [&](const std::vector<int64_t>& places) {
    return x.index_select(0, Upload(places, device));
  };
  const at::Tensor prototypes =
      rows(episodes.support).view({classes, episodes.shots, x.size(1)}).mean(1);
  const at::Tensor queries = rows(episodes.queries);
  at::Tensor scores;
  if (cosine) {
    scores = queries.matmul(UnitRows(prototypes).t());
  } else {
    scores = -(queries.unsqueeze(1) - prototypes.unsqueeze(0)).pow(2).sum(2);
  }
  std::vector<int64_t> asked;
  for (const int64_t target : episodes.targets)
    asked.push_back(episodes.episode_of[static_cast<size_t>(target)]);
  const at::Tensor elsewhere = Upload(std::move(asked), device)
                                   .unsqueeze(1)
                                   .ne(Upload(episodes.episode_of, device).unsqueeze(0));
  return (scores / temperature).masked_fill(elsewhere, -std::numeric_limits<double>::infinity());
}

}  // namespace bcr
