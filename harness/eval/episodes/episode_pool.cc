#include "harness/eval/episodes/episode_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/relevance.h"

namespace bcr {
namespace {

// What the rule compares, by number, one numbering for both sides.
void NumberPlaces(const std::vector<std::string>& query, const std::vector<std::string>& gallery,
                  std::vector<uint32_t>& query_place, std::vector<uint32_t>& gallery_place) {
  std::unordered_map<std::string_view, uint32_t> numbers;
  const auto number = [&](const std::vector<std::string>& names, std::vector<uint32_t>& places) {
    for (const std::string& name : names)
      places.push_back(numbers.emplace(name, static_cast<uint32_t>(numbers.size())).first->second);
  };
  number(query, query_place);
  number(gallery, gallery_place);
}

std::vector<uint32_t> RowsByImage(const FeatureIndex& index) {
  std::vector<uint32_t> rows(index.size());
  std::iota(rows.begin(), rows.end(), 0U);
  std::sort(rows.begin(), rows.end(),
            [&](uint32_t a, uint32_t b) { return index.images[a] < index.images[b]; });
  return rows;
}

// The first `count` places of `items` become a uniform draw without replacement; the rest goes.
void KeepDrawn(Random& random, size_t count, std::vector<uint32_t>& items) {
  count = std::min(count, items.size());
  for (size_t i = 0; i < count; ++i) std::swap(items[i], items[i + random.Below(items.size() - i)]);
  items.resize(count);
}

}  // namespace

std::string EpisodeKind::Text() const { return fmt::format("{}x{}", way, shot); }

EpisodePool::EpisodePool(const FeatureIndex& query, const FeatureIndex& gallery, Policy policy,
                         const EpisodeKind& kind)
    : kind_(kind), policy_(policy) {
  BCR_CHECK(kind.way >= 1 && kind.shot >= 1 && kind.queries >= 1, "an episode of nobody");
  CheckQueries(query, policy);
  const bool cameras = policy != Policy::kNone;
  NumberPlaces(cameras ? query.cameras : query.images, cameras ? gallery.cameras : gallery.images,
               query_place_, gallery_place_);
  std::map<std::string, Person> people;
  for (const uint32_t row : RowsByImage(query))
    people[query.identities[row]].queries.push_back(row);
  for (const uint32_t row : RowsByImage(gallery)) {
    const auto found = people.find(gallery.identities[row]);
    if (found != people.end()) found->second.gallery.push_back(row);
  }
  for (auto& [name, person] : people) {
    for (const uint32_t row : person.queries) {
      if (Admitted(person, row).size() >= static_cast<size_t>(kind.shot))
        person.anchors.push_back(row);
    }
    (person.anchors.empty() ? left_out_ : identities_).push_back(name);
    if (!person.anchors.empty()) people_.push_back(std::move(person));
  }
  if (people_.size() < static_cast<size_t>(kind.way)) ThrowTooFew();
}

bool EpisodePool::Admits(uint32_t query, uint32_t gallery) const {
  return query_place_[query] != gallery_place_[gallery];
}

std::vector<uint32_t> EpisodePool::Admitted(const Person& person, uint32_t query) const {
  std::vector<uint32_t> rows;
  for (const uint32_t row : person.gallery) {
    if (Admits(query, row)) rows.push_back(row);
  }
  return rows;
}

void EpisodePool::ThrowTooFew() const {
  const size_t all = identities_.size() + left_out_.size();
  throw Error(ErrorCode::kUsage,
              {.where = fmt::format("--episodes {}", kind_.Text()),
               .found = fmt::format("{} of the queries' {} identities with {} gallery image{} {}",
                                    identities_.size(), all, kind_.shot, kind_.shot == 1 ? "" : "s",
                                    policy_ == Policy::kNone ? "besides a query image"
                                                             : "by other cameras than a query's"),
               .expected = fmt::format("{} or more", kind_.way),
               .hint = policy_ == Policy::kNone
                           ? "Ask for fewer people or fewer images of each."
                           : "Ask for fewer people or fewer images of each; the policy none leaves "
                             "cameras out of it."});
}

Episode EpisodePool::Draw(uint64_t seed) const {
  Random random(seed);
  std::vector<uint32_t> drawn(people_.size());
  std::iota(drawn.begin(), drawn.end(), 0U);
  KeepDrawn(random, static_cast<size_t>(kind_.way), drawn);
  Episode episode;
  for (const uint32_t identity : drawn) {
    const Person& person = people_[identity];
    EpisodePerson& one = episode.emplace_back();
    one.identity = identity;
    one.support = Admitted(person, person.anchors[random.Below(person.anchors.size())]);
    KeepDrawn(random, static_cast<size_t>(kind_.shot), one.support);
    for (const uint32_t query : person.queries) {
      if (std::all_of(one.support.begin(), one.support.end(),
                      [&](uint32_t row) { return Admits(query, row); }))
        one.queries.push_back(query);
    }
    KeepDrawn(random, static_cast<size_t>(kind_.queries), one.queries);
  }
  return episode;
}

uint64_t EpisodeSeed(uint64_t seed, const EpisodeKind& kind, uint64_t episode) {
  const uint64_t stream = DeriveSeed(seed, "episodes");
  const uint64_t of_kind = DeriveSeed(DeriveSeed(stream, static_cast<uint64_t>(kind.way)),
                                      static_cast<uint64_t>(kind.shot));
  return DeriveSeed(of_kind, episode);
}

}  // namespace bcr
