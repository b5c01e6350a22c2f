#include "harness/cluster/neighbours/candidate_lists.h"

#include <algorithm>
#include <limits>

namespace bcr {
namespace {

constexpr size_t kLanes = 64;  // scores looked at together: hardly any of them enter a list

bool AnyReaches(const float* scores, size_t count, float floor) {
  int any = 0;
  for (size_t c = 0; c < count; ++c) any |= scores[c] >= floor ? 1 : 0;
  return any != 0;
}

bool AnyReachesItsOwn(const float* scores, const float* floors, size_t count) {
  int any = 0;
  for (size_t c = 0; c < count; ++c) any |= scores[c] >= floors[c] ? 1 : 0;
  return any != 0;
}

}  // namespace

CandidateLists::CandidateLists(size_t rows, size_t k)
    : k_(k),
      capacity_(2 * k),
      entries_(rows * capacity_),
      sizes_(rows, 0),
      floors_(rows, -std::numeric_limits<float>::infinity()) {}

void CandidateLists::OfferRow(size_t i, const float* scores, size_t count, size_t first,
                              size_t skip) {
  if (k_ == 0) return;
  for (size_t begin = 0; begin < count; begin += kLanes) {
    const size_t end = std::min(count, begin + kLanes);
    if (!AnyReaches(scores + begin, end - begin, floors_[i])) continue;
    for (size_t c = begin; c < end; ++c) {
      if (scores[c] >= floors_[i] && first + c != skip)
        Offer(i, {scores[c], static_cast<int32_t>(first + c)});
    }
  }
}

void CandidateLists::OfferColumns(size_t first, const float* scores, size_t count, size_t row) {
  if (k_ == 0) return;
  for (size_t begin = 0; begin < count; begin += kLanes) {
    const size_t end = std::min(count, begin + kLanes);
    if (!AnyReachesItsOwn(scores + begin, floors_.data() + first + begin, end - begin)) continue;
    for (size_t c = begin; c < end; ++c) {
      if (scores[c] >= floors_[first + c]) Offer(first + c, {scores[c], static_cast<int32_t>(row)});
    }
  }
}

void CandidateLists::Offer(size_t i, Candidate candidate) {
  Candidate* const list = entries_.data() + i * capacity_;
  list[sizes_[i]++] = candidate;
  if (sizes_[i] < capacity_) return;
  std::nth_element(list, list + (k_ - 1), list + capacity_, Nearer);
  sizes_[i] = static_cast<uint32_t>(k_);
  floors_[i] = list[k_ - 1].similarity;
}

std::vector<Candidate> CandidateLists::Take(size_t i) {
  Candidate* const list = entries_.data() + i * capacity_;
  std::sort(list, list + sizes_[i], Nearer);
  std::vector<Candidate> best(list, list + std::min<size_t>(sizes_[i], k_));
  sizes_[i] = 0;
  return best;
}

}  // namespace bcr
