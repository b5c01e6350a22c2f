#include "harness/eval/ranking/positive_scores.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/relevance.h"

namespace bcr {
namespace {

// Rows are packed in panels: identities of few images share a group, so that few are padding.
constexpr size_t kGroupQueries = 28;
constexpr size_t kSharedRows = 128;

size_t Scores(const RowGroup& group) { return group.query_rows.size() * group.gallery_rows.size(); }

class Gatherer {
 public:
  Gatherer(BlockSource& source, const Relevance& relevance, size_t q_begin, int threads,
           std::span<float> room, std::vector<std::vector<Positive>>& out)
      : source_(source),
        relevance_(relevance),
        q_begin_(q_begin),
        threads_(threads),
        room_(room),
        out_(out) {}

  void Run(size_t q_end) {
    std::vector<uint32_t> order(q_end - q_begin_);
    std::iota(order.begin(), order.end(), static_cast<uint32_t>(q_begin_));
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return relevance_.Group(a) < relevance_.Group(b);
    });
    RowGroup group;
    std::vector<uint32_t> mine;
    for (const uint32_t query : order) {
      relevance_.Positives(query, mine);
      const bool same = !group.query_rows.empty() &&
                        relevance_.Group(group.query_rows.back()) == relevance_.Group(query);
      const bool shares = group.gallery_rows.size() + mine.size() <= kSharedRows;
      if (!(same || shares) || group.query_rows.size() == kGroupQueries) {
        Add(std::move(group));
        group = {};
      }
      Merge(group.gallery_rows, mine);
      group.query_rows.push_back(query);
    }
    Add(std::move(group));
    Flush();
  }

 private:
  static void Merge(std::vector<uint32_t>& rows, const std::vector<uint32_t>& more) {
    std::vector<uint32_t> merged;
    std::set_union(rows.begin(), rows.end(), more.begin(), more.end(), std::back_inserter(merged));
    rows.swap(merged);
  }

  void Add(RowGroup group) {
    const size_t scores = Scores(group);
    if (group.query_rows.empty()) return;
    if (used_ + scores > room_.size()) Flush();
    used_ += scores;
    batch_.push_back(std::move(group));
  }

  // A batch of one group may need more than the room: it gets its own memory.
  void Flush() {
    std::vector<float> overflow(used_ > room_.size() ? used_ : 0);
    float* next = overflow.empty() ? room_.data() : overflow.data();
    for (RowGroup& group : batch_) {
      group.out = next;
      next += Scores(group);
    }
    source_.FillGroups(batch_, threads_);
    ParallelFor(batch_.size(), threads_, [&](size_t i) { ReadGroup(batch_[i]); });
    batch_.clear();
    used_ = 0;
  }

  void ReadGroup(const RowGroup& group) {
    const std::vector<uint32_t>& rows = group.gallery_rows;
    std::vector<uint32_t> mine;
    for (size_t i = 0; i < group.query_rows.size(); ++i) {
      std::vector<Positive>& positives = out_[group.query_rows[i] - q_begin_];
      relevance_.Positives(group.query_rows[i], mine);
      positives.clear();
      for (const uint32_t row : mine) {
        const auto place = std::lower_bound(rows.begin(), rows.end(), row) - rows.begin();
        positives.push_back({group.out[i * rows.size() + static_cast<size_t>(place)], row});
      }
      std::sort(positives.begin(), positives.end());
    }
  }

  BlockSource& source_;
  const Relevance& relevance_;
  const size_t q_begin_;
  const int threads_;
  const std::span<float> room_;
  std::vector<std::vector<Positive>>& out_;
  std::vector<RowGroup> batch_;
  size_t used_ = 0;
};

}  // namespace

void GatherPositives(BlockSource& source, const Relevance& relevance, size_t q_begin, size_t q_end,
                     int threads, std::span<float> room, std::vector<std::vector<Positive>>& out) {
  Gatherer(source, relevance, q_begin, threads, room, out).Run(q_end);
}

}  // namespace bcr
