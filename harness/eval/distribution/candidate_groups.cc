#include "harness/eval/distribution/candidate_groups.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <unordered_map>

#include "harness/core/error.h"
#include "harness/eval/relevance.h"

namespace bcr {

CandidateGroups::CandidateGroups(const FeatureIndex& gallery, Policy policy) {
  std::unordered_map<std::string_view, size_t> places;
  std::vector<std::vector<uint32_t>> groups;
  for (size_t g = 0; g < gallery.size(); ++g) {
    const std::string& identity = gallery.identities[g];
    const bool market = policy == Policy::kMarket;
    if (market && IsJunk(identity)) continue;
    const auto row = static_cast<uint32_t>(g);
    if (market && IsDistractor(identity)) {
      groups.push_back({row});
      continue;
    }
    const auto [place, fresh] = places.emplace(identity, groups.size());
    if (fresh) groups.emplace_back();
    groups[place->second].push_back(row);
  }
  for (const std::vector<uint32_t>& group : groups) {
    rows_.insert(rows_.end(), group.begin(), group.end());
    ends_.push_back(static_cast<uint32_t>(rows_.size()));
  }
}

std::span<const uint32_t> CandidateGroups::Rows(size_t candidate) const {
  const size_t begin = candidate == 0 ? 0 : ends_[candidate - 1];
  return {rows_.data() + begin, ends_[candidate] - begin};
}

CandidatePairs CountCandidatePairs(const FeatureIndex& query, const FeatureIndex& gallery,
                                   Policy policy) {
  const Relevance relevance(query, gallery, policy);
  CandidatePairs pairs{0, CandidateGroups(gallery, policy).size()};
  std::vector<uint32_t> rows;
  for (size_t q = 0; q < relevance.queries(); ++q) {
    relevance.Positives(q, rows);
    if (!rows.empty()) ++pairs.queries;
  }
  return pairs;
}

size_t PairsForSize(double size, const CandidatePairs& pairs) {
  const double wanted = std::round(size * static_cast<double>(pairs.queries));
  if (wanted >= 1 && wanted < static_cast<double>(pairs.pairs()))
    return static_cast<size_t>(wanted);
  throw Error(ErrorCode::kUsage,
              {.where = fmt::format("--candidates {:g}", size),
               .found = fmt::format("{} queries with a match and {} people in the gallery",
                                    pairs.queries, pairs.candidates),
               .expected = "a mean number of people that leaves some in and some out",
               .hint = ""});
}

}  // namespace bcr
