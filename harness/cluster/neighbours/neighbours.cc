#include "harness/cluster/neighbours/neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/cluster/finite_rows.h"
#include "harness/cluster/neighbours/approximate_neighbours.h"
#include "harness/cluster/neighbours/candidate_lists.h"
#include "harness/cluster/row_loop.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/product/kernels.h"

namespace bcr {
namespace {

constexpr size_t kBlockRows = 2048;  // 16 MB of scores
constexpr size_t kTaskRows = 256;    // lists that one task looks after

// Compares every pair of blocks of rows once: a score serves the lists of both its rows.
class ExactSearch {
 public:
  ExactSearch(MatrixView rows, const NeighbourOptions& options)
      : options_(options),
        rows_(NewMatrixRows(rows)),
        source_(NewCpuInnerProducts(*rows_, *rows_)),
        n_(rows.rows),
        k_(std::min(static_cast<size_t>(options.k), rows.rows)),
        lists_(n_, k_ - 1),
        selves_(n_),
        scores_(std::min(n_, kBlockRows) * std::min(n_, kBlockRows)) {
    if (options.least) least_.assign(n_, std::numeric_limits<float>::infinity());
  }

  NeighbourTable Run() {
    const auto total = static_cast<int64_t>(n_) * static_cast<int64_t>(n_ + 1) / 2;
    int64_t done = 0;
    for (size_t a = 0; a < n_; a += kBlockRows) {
      for (size_t b = a; b < n_; b += kBlockRows) {
        ThrowIfInterrupted();
        const Range queries{a, std::min(n_, a + kBlockRows)},
            others{b, std::min(n_, b + kBlockRows)};
        source_->Fill(queries.begin, queries.end, others.begin, others.end, options_.threads,
                      scores_.data());
        Offer(queries, others);
        const auto height = static_cast<int64_t>(queries.size());
        done += a == b ? height * (height + 1) / 2 : height * static_cast<int64_t>(others.size());
        if (options_.progress) options_.progress(done, total);
      }
    }
    return Table();
  }

 private:
  struct Range {
    size_t begin, end;
    size_t size() const { return end - begin; }
  };

  static size_t Tasks(const Range& range) { return (range.size() + kTaskRows - 1) / kTaskRows; }
  static Range Task(const Range& range, size_t task) {
    const size_t begin = range.begin + task * kTaskRows;
    return {begin, std::min(range.end, begin + kTaskRows)};
  }

  // A block on the diagonal holds each of its pairs twice: its rows see all of them.
  void Offer(const Range& queries, const Range& others) {
    const bool diagonal = queries.begin == others.begin;
    const size_t down = Tasks(queries), across = diagonal ? 0 : Tasks(others);
    ParallelFor(down + across, options_.threads, [&](size_t task) {
      if (task < down) {
        OfferRows(Task(queries, task), queries, others, diagonal);
      } else {
        OfferColumns(Task(others, task - down), queries, others);
      }
    });
  }

  const float* Scores(size_t row, const Range& queries, const Range& others) const {
    return scores_.data() + (row - queries.begin) * others.size();
  }

  void OfferRows(const Range& part, const Range& queries, const Range& others, bool diagonal) {
    for (size_t i = part.begin; i < part.end; ++i) {
      const float* const row = Scores(i, queries, others);
      lists_.OfferRow(i, row, others.size(), others.begin, i);
      if (diagonal) selves_[i] = row[i - others.begin];
      if (options_.least)
        least_[i] = std::min(least_[i], *std::min_element(row, row + others.size()));
    }
  }

  void OfferColumns(const Range& part, const Range& queries, const Range& others) {
    for (size_t i = queries.begin; i < queries.end; ++i) {
      const float* const row = Scores(i, queries, others) + (part.begin - others.begin);
      lists_.OfferColumns(part.begin, row, part.size(), i);
      if (!options_.least) continue;
      for (size_t c = 0; c < part.size(); ++c)
        least_[part.begin + c] = std::min(least_[part.begin + c], row[c]);
    }
  }

  NeighbourTable Table() {
    NeighbourTable table;
    table.k = static_cast<int>(k_);
    table.ids.resize(n_ * k_);
    table.similarities.resize(n_ * k_);
    table.least = std::move(least_);
    ForEachRow(n_, options_.threads, [&](size_t i) {
      size_t at = i * k_;
      table.ids[at] = static_cast<int32_t>(i);
      table.similarities[at++] = selves_[i];
      for (const Candidate& near : lists_.Take(i)) {
        table.ids[at] = near.row;
        table.similarities[at++] = near.similarity;
      }
    });
    return table;
  }

  const NeighbourOptions& options_;
  const std::unique_ptr<RowSource> rows_;
  const std::unique_ptr<BlockSource> source_;
  const size_t n_, k_;
  CandidateLists lists_;
  std::vector<float> selves_, least_;
  const AlignedFloats scores_;  // of the block
};

}  // namespace

NeighbourTable NearestRows(MatrixView unit_rows, const NeighbourOptions& options) {
  if (options.k < 1)
    throw Error(ErrorCode::kConfig,
                {"neighbours", fmt::format("k = {}", options.k), "k of at least 1", ""});
  if (unit_rows.rows > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    throw Error(ErrorCode::kData,
                {"features", fmt::format("{} rows", unit_rows.rows), "fewer than 2^31 rows", ""});
  }
  RequireFiniteRows(unit_rows, options.threads);
  if (unit_rows.rows == 0) return {};
  if (options.search != "exact") return ApproximateNeighbours(unit_rows, options);
  return ExactSearch(unit_rows, options).Run();
}

std::string NeighbourLibrary() { return fmt::format("bcreid, kernels {}", BestKernels().name); }

}  // namespace bcr
