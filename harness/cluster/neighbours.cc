#include "harness/cluster/neighbours.h"

#include <faiss/Index.h>
#include <faiss/impl/FaissException.h>
#include <faiss/utils/distances.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "harness/cluster/row_dot.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/core/provenance.h"

namespace bcr {
namespace {

constexpr size_t kQueryBlock = 2048;
constexpr size_t kScanGroup =
    16;  // rows searched in full together: one pass over the matrix serves them all
constexpr int kLeastExtra = 16;  // candidates asked for beyond k

// FAISS takes its thread count from OpenMP's; ours is put back at the end.
class ScopedOmpThreads {
 public:
  explicit ScopedOmpThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
  }
  ~ScopedOmpThreads() { omp_set_num_threads(before_); }
  ScopedOmpThreads(const ScopedOmpThreads&) = delete;
  ScopedOmpThreads& operator=(const ScopedOmpThreads&) = delete;

 private:
  const int before_;
};

struct Candidate {
  float similarity;
  int32_t row;
};

bool Nearer(const Candidate& a, const Candidate& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

// The largest squared norm. Throws kData for a row that is not finite: no order exists with it.
double LargestSquaredNorm(MatrixView rows) {
  double largest = 0;
  for (size_t i = 0; i < rows.rows; ++i) {
    double sum = 0;
    for (size_t c = 0; c < rows.cols; ++c)
      sum += static_cast<double>(rows.row(i)[c]) * rows.row(i)[c];
    if (!std::isfinite(sum)) {
      throw Error(ErrorCode::kData,
                  {fmt::format("features, row {}", i), "a value that is not finite",
                   "finite features", "The model has diverged or the feature file is damaged"});
    }
    largest = std::max(largest, sum);
  }
  return largest;
}

class Search {
 public:
  Search(MatrixView rows, int k, int threads)
      : rows_(rows),
        wide_(std::min(rows.rows, static_cast<size_t>(k) + std::max(k, kLeastExtra))),
        threads_(threads > 0 ? threads : DefaultThreads()),
        // Bound on the difference of two float32 evaluations of one inner product (n u |x| |y|
        // each).
        slack_(static_cast<float>(static_cast<double>(rows.cols) * FLT_EPSILON *
                                  LargestSquaredNorm(rows))) {
    table_.k = k;
    table_.ids.resize(rows.rows * k);
    table_.similarities.resize(rows.rows * k);
  }

  NeighbourTable Run() {
    for (size_t first = 0; first < rows_.rows; first += kQueryBlock) {
      ThrowIfInterrupted();
      const size_t count = std::min(kQueryBlock, rows_.rows - first);
      Propose(first, count);
      close_.assign(count, 0);
      ParallelFor(count, threads_, [&](size_t q) { close_[q] = Decide(first + q, q) ? 0 : 1; });
      ScanClose(first);
    }
    return std::move(table_);
  }

 private:
  void Propose(size_t first, size_t count) {
    similarities_.resize(count * wide_);
    ids_.resize(count * wide_);
    const ScopedOmpThreads scope(threads_);
    try {
      faiss::knn_inner_product(rows_.row(first), rows_.data, rows_.cols, count, rows_.rows, wide_,
                               similarities_.data(), ids_.data());
    } catch (const faiss::FaissException& e) {
      throw Error(ErrorCode::kInternal, {"FAISS search", e.what(), "a result", ""});
    }
  }

  // Scores the candidates of `row` and stores the best. False where a row outside the candidates
  // might belong.
  bool Decide(size_t row, size_t q) {
    std::vector<Candidate> candidates;
    candidates.reserve(wide_);
    float lowest = std::numeric_limits<float>::infinity();
    for (size_t t = 0; t < wide_; ++t) {
      const int64_t id = ids_[q * wide_ + t];
      if (id < 0) return false;
      lowest = std::min(lowest, similarities_[q * wide_ + t]);
      candidates.push_back(
          {RowDot(rows_.row(row), rows_.row(id), rows_.cols), static_cast<int32_t>(id)});
    }
    const float last = Store(row, candidates);
    return table_.k == 1 || wide_ == rows_.rows || last > lowest + slack_;
  }

  // Writes self and the nearest others; returns the similarity of the last one.
  float Store(size_t row, std::vector<Candidate>& candidates) {
    const int32_t self = static_cast<int32_t>(row);
    std::erase_if(candidates, [&](const Candidate& c) { return c.row == self; });
    const size_t others = static_cast<size_t>(table_.k) - 1;
    std::partial_sort(candidates.begin(), candidates.begin() + others, candidates.end(), Nearer);
    const size_t at = row * table_.k;
    table_.ids[at] = self;
    table_.similarities[at] = RowDot(rows_.row(row), rows_.row(row), rows_.cols);
    for (size_t t = 0; t < others; ++t) {
      table_.ids[at + 1 + t] = candidates[t].row;
      table_.similarities[at + 1 + t] = candidates[t].similarity;
    }
    return table_.similarities[at + others];
  }

  // Searches the rows left undecided in the block over the whole matrix.
  void ScanClose(size_t first) {
    std::vector<size_t> open;
    for (size_t q = 0; q < close_.size(); ++q) {
      if (close_[q] != 0) open.push_back(first + q);
    }
    ParallelFor((open.size() + kScanGroup - 1) / kScanGroup, threads_, [&](size_t group) {
      const size_t from = group * kScanGroup, to = std::min(open.size(), from + kScanGroup);
      std::vector<std::vector<Candidate>> all(to - from, std::vector<Candidate>(rows_.rows));
      for (size_t j = 0; j < rows_.rows; ++j) {
        for (size_t i = from; i < to; ++i) {
          all[i - from][j] = {RowDot(rows_.row(open[i]), rows_.row(j), rows_.cols),
                              static_cast<int32_t>(j)};
        }
      }
      for (size_t i = from; i < to; ++i) Store(open[i], all[i - from]);
    });
  }

  const MatrixView rows_;
  const size_t wide_;  // candidates per row
  const int threads_;
  const float slack_;
  NeighbourTable table_;
  std::vector<float> similarities_;  // of the block, as FAISS gives them
  std::vector<int64_t> ids_;
  std::vector<uint8_t> close_;  // 1: too close to call
};

}  // namespace

NeighbourTable NearestRows(MatrixView unit_rows, int k, int threads) {
  if (k < 1)
    throw Error(ErrorCode::kConfig,
                {"neighbours", fmt::format("k = {}", k), "k of at least 1", ""});
  if (unit_rows.rows > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    throw Error(ErrorCode::kData,
                {"features", fmt::format("{} rows", unit_rows.rows), "fewer than 2^31 rows", ""});
  }
  if (unit_rows.rows == 0) return {};
  return Search(unit_rows, static_cast<int>(std::min<size_t>(k, unit_rows.rows)), threads).Run();
}

std::string NeighbourLibrary() {
  return fmt::format("FAISS {}.{}.{}", FAISS_VERSION_MAJOR, FAISS_VERSION_MINOR,
                     FAISS_VERSION_PATCH);
}

}  // namespace bcr
