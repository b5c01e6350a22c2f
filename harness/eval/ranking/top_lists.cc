#include "harness/eval/ranking/top_lists.h"

#include <algorithm>
#include <limits>

#include "harness/core/error.h"
#include "harness/eval/product/kernels.h"

namespace bcr {
namespace {

constexpr size_t kChunk = 4096;  // rows that one vector compare passes over where none is near

class Lister : public TopLister {
 public:
  Lister(size_t queries, size_t length)
      : kernels_(BestKernels()), length_(length), lists_(queries) {}

  void Consume(const ScoreRow& row) override {
    std::vector<ListedRow>& list = lists_[row.query];
    list.reserve(length_);
    for (size_t begin = row.g_begin; begin < row.g_end; begin += kChunk) {
      const size_t end = std::min(row.g_end, begin + kChunk);
      // Cuts ascend: a later row with the score of the last listed one stands behind it.
      if (kernels_.count_above(row.scores + (begin - row.g_begin), end - begin, Floor(list)) > 0) {
        Insert(row, begin, end, list);
      }
    }
    for (ListedRow& listed : list) {
      listed.match =
          std::any_of(row.positives.begin(), row.positives.end(),
                      [&](const Positive& positive) { return positive.row == listed.row; });
    }
  }

  std::vector<std::vector<ListedRow>> Take() override { return std::move(lists_); }

 private:
  // What a row must exceed to be listed. Rows that the policy leaves out are -infinity.
  float Floor(const std::vector<ListedRow>& list) const {
    return list.size() < length_ ? -std::numeric_limits<float>::infinity() : list.back().score;
  }

  void Insert(const ScoreRow& row, size_t begin, size_t end, std::vector<ListedRow>& list) const {
    for (size_t g = begin; g < end; ++g) {
      const float score = row.scores[g - row.g_begin];
      if (!(score > Floor(list))) continue;
      if (list.size() == length_) list.pop_back();
      const auto place = std::upper_bound(
          list.begin(), list.end(), score,
          [](float value, const ListedRow& listed) { return value > listed.score; });
      list.insert(place, {static_cast<uint32_t>(g), score, false});
    }
  }

  const Kernels& kernels_;
  const size_t length_;
  std::vector<std::vector<ListedRow>> lists_;
};

}  // namespace

std::unique_ptr<TopLister> NewTopLister(size_t queries, size_t length) {
  BCR_CHECK(length >= 1, "a list of no rows");
  return std::make_unique<Lister>(queries, length);
}

}  // namespace bcr
