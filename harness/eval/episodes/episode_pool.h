#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// Few-shot episodes: `way` people, each enrolled with `shot` gallery images and asked for by up to
// `queries` query images.
struct EpisodeKind {
  int way = 5, shot = 1, queries = 15;
  std::string Text() const;  // "5x1"
};

// One person of an episode, by rows of the gallery and of the queries.
struct EpisodePerson {
  uint32_t identity = 0;  // place in EpisodePool::identities()
  std::vector<uint32_t> support, queries;
};
using Episode = std::vector<EpisodePerson>;

// Whom episodes of one kind can be made of. The camera rule of the policy holds between a person's
// queries and all of that person's enrolled images: no query is by a camera that one of them is by.
// Under `none` cameras play no part, and no query is one of the enrolled images. A person is drawn
// only where the rule leaves `shot` gallery images for at least one query. Nothing but the images'
// names, identities and cameras decides what is drawn: not the order of rows, and no model.
class EpisodePool {
 public:
  // Throws kUsage where fewer than kind.way people can be drawn, and kData where CheckQueries does.
  EpisodePool(const FeatureIndex& query, const FeatureIndex& gallery, Policy policy,
              const EpisodeKind& kind);

  const EpisodeKind& kind() const { return kind_; }
  // Who can be drawn, and the other identities among the queries, both by name.
  const std::vector<std::string>& identities() const { return identities_; }
  const std::vector<std::string>& left_out() const { return left_out_; }

  // One episode. People are drawn without replacement; of each, first a query that can be asked,
  // then `shot` of the gallery images that it admits, then up to `queries` of the queries that
  // these admit, each uniformly and without replacement.
  Episode Draw(uint64_t seed) const;

 private:
  struct Person {
    std::vector<uint32_t> anchors;           // queries that admit `shot` gallery images
    std::vector<uint32_t> queries, gallery;  // all, in the order of the images' names
  };

  bool Admits(uint32_t query, uint32_t gallery) const;
  std::vector<uint32_t> Admitted(const Person& person, uint32_t query) const;
  [[noreturn]] void ThrowTooFew() const;

  const EpisodeKind kind_;
  const Policy policy_;
  std::vector<uint32_t> query_place_, gallery_place_;  // camera, or under `none` the image
  std::vector<Person> people_;                         // row for row with identities_
  std::vector<std::string> identities_, left_out_;
};

// The seed of one episode of a kind: a stream of its own, so that no episode depends on how many
// others are drawn.
uint64_t EpisodeSeed(uint64_t seed, const EpisodeKind& kind, uint64_t episode);

}  // namespace bcr
