#include "harness/search/faiss_search.h"

#include <faiss/AutoTune.h>
#include <faiss/Index.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/FaissException.h>
#include <faiss/index_factory.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <memory>
#include <new>
#include <numeric>
#include <span>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/matrix.h"
#include "harness/core/parallel.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr size_t kRowsAtOnce = 2048;  // added to the index together
constexpr size_t kQueriesATask = 64;  // constant: FAISS may round by the size of a batch
constexpr double kZeroNorm = 1e-12;
constexpr std::string_view kFewRows = "should be at least as large as number of clusters (";

// FAISS takes its thread count from OpenMP's, which is one a thread of ours; put back at the end.
class OneOmpThread {
 public:
  OneOmpThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneOmpThread() { omp_set_num_threads(before_); }
  OneOmpThread(const OneOmpThread&) = delete;
  OneOmpThread& operator=(const OneOmpThread&) = delete;

 private:
  const int before_;
};

[[noreturn]] void RefuseIndex(const std::string& index, std::string found, std::string expected,
                              std::string hint) {
  throw Error(ErrorCode::kUsage, {.where = fmt::format("search index `{}`", index),
                                  .found = std::move(found),
                                  .expected = std::move(expected),
                                  .hint = std::move(hint)});
}

// What FAISS says, without the source line it puts in front.
std::string Reason(const faiss::FaissException& error) {
  const std::string_view text = error.what();
  const size_t at = text.rfind(": ");
  const size_t condition = text.find("' failed: ");
  if (condition != std::string_view::npos) return std::string(text.substr(condition + 10));
  return std::string(at == std::string_view::npos ? text : text.substr(at + 2));
}

// Runs a call of FAISS; `failed` makes our error of its exceptions.
void Call(const std::string& index, const std::function<void()>& call,
          const std::function<void(const faiss::FaissException&)>& failed) {
  try {
    call();
  } catch (const faiss::FaissException& error) {
    failed(error);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kData,
                {.where = fmt::format("search index `{}`", index),
                 .found = "more memory than this machine gives",
                 .expected = "an index that fits",
                 .hint = "Choose a kind that stores codes, such as IVF256,PQ32, or SQ8."});
  }
}

// Unit rows [begin, end) of a source.
FloatMatrix UnitRows(const RowSource& source, std::span<const size_t> rows, const char* side) {
  FloatMatrix unit(rows.size(), source.cols());
  std::vector<float> scratch(source.cols());
  for (size_t i = 0; i < rows.size(); ++i) {
    const float* row = source.Row(rows[i], scratch.data());
    double squares = 0;
    for (size_t c = 0; c < source.cols(); ++c) squares += double{row[c]} * row[c];
    if (!(std::sqrt(squares) >= kZeroNorm) || !std::isfinite(squares)) {
      throw Error(ErrorCode::kData,
                  {.where = fmt::format("{} features: row {}", side, rows[i]),
                   .found = std::isfinite(squares) ? "a row of zeros" : "NaN or infinity",
                   .expected = "finite values, not all zero",
                   .hint = "A cosine needs a direction; extract this image again or drop it."});
    }
    std::copy(row, row + source.cols(), unit.row(i));
  }
  NormalizeRows(unit);
  return unit;
}

FloatMatrix UnitRange(const RowSource& source, size_t begin, size_t end, const char* side) {
  std::vector<size_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), begin);
  return UnitRows(source, rows, side);
}

// Training without what serves no search of ours: index_factory has product quantisers order their
// codes for Hamming filters, minutes of simulated annealing. And without a warning a quantiser
// about few training rows: recall shows what they cost.
void PlainTraining(faiss::Index* index) {
  if (auto* outer = dynamic_cast<faiss::IndexPreTransform*>(index)) PlainTraining(outer->index);
  if (auto* outer = dynamic_cast<faiss::IndexIDMap*>(index)) PlainTraining(outer->index);
  if (auto* outer = dynamic_cast<faiss::IndexRefine*>(index)) PlainTraining(outer->base_index);
  if (auto* flat = dynamic_cast<faiss::IndexPQ*>(index)) {
    flat->do_polysemous_training = false;
    flat->pq.cp.min_points_per_centroid = 1;
  }
  if (auto* lists = dynamic_cast<faiss::IndexIVF*>(index)) lists->cp.min_points_per_centroid = 1;
  if (auto* lists = dynamic_cast<faiss::IndexIVFPQ*>(index)) {
    lists->do_polysemous_training = false;
    lists->pq.cp.min_points_per_centroid = 1;
  }
}

std::unique_ptr<faiss::Index> MakeIndex(const std::string& index, size_t width) {
  const size_t colon = index.find(':');
  const std::string kind = index.substr(0, colon);
  const std::string parameters = colon == std::string::npos ? "" : index.substr(colon + 1);
  std::unique_ptr<faiss::Index> made;
  const auto refuse = [&](const std::string& reason) {
    RefuseIndex(index, reason,
                fmt::format("an index_factory string for width {} and inner products", width),
                "Try Flat, IVF256,Flat, HNSW32, SQ8 or IVF256,PQ32.");
  };
  if (kind.empty()) refuse("nothing");
  Call(
      index,
      [&] {
        made.reset(faiss::index_factory(static_cast<int>(width), kind.c_str(),
                                        faiss::METRIC_INNER_PRODUCT));
      },
      [&](const faiss::FaissException& error) { refuse(Reason(error)); });
  PlainTraining(made.get());
  if (colon == std::string::npos) return made;
  Call(
      index, [&] { faiss::ParameterSpace().set_index_parameters(made.get(), parameters.c_str()); },
      [&](const faiss::FaissException&) {
        RefuseIndex(index, "search parameters `" + parameters + "`",
                    "NAME=NUMBER[,NAME=NUMBER...] that an index " + kind + " has",
                    "Try :nprobe=16 for IVF, :efSearch=64 for HNSW.");
      });
  return made;
}

// Rows for training, evenly spread over the gallery.
FloatMatrix TrainingRows(const RowSource& gallery, size_t most) {
  const size_t count = std::min(gallery.rows(), std::max<size_t>(most, 1));
  std::vector<size_t> rows(count);
  for (size_t i = 0; i < count; ++i) rows[i] = i * gallery.rows() / count;
  return UnitRows(gallery, rows, "gallery");
}

// FAISS names the number of clusters for which there were too few rows, in its message alone.
void ThrowUntrained(const std::string& index, size_t rows, const faiss::FaissException& error) {
  const std::string_view text = error.what();
  const size_t at = text.find(kFewRows);
  size_t needed = 0;
  if (at != std::string_view::npos) {
    const char* digits = text.data() + at + kFewRows.size();
    std::from_chars(digits, text.data() + text.size(), needed);
  }
  if (needed == 0) {
    RefuseIndex(index, Reason(error), "an index that can be trained on unit rows",
                "Try Flat, IVF256,Flat, HNSW32, SQ8 or IVF256,PQ32.");
  }
  throw Error(ErrorCode::kData,
              {.where = fmt::format("search index `{}`: training", index),
               .found = fmt::format("{} gallery rows", rows),
               .expected = fmt::format("at least {}, one a cluster", needed),
               .hint = "Choose an index of fewer clusters, or Flat or HNSW32, which need no "
                       "training."});
}

void Build(const std::string& name, const RowSource& gallery, size_t train_rows,
           faiss::Index& index) {
  const OneOmpThread one;
  if (!index.is_trained) {
    const FloatMatrix rows = TrainingRows(gallery, train_rows);
    Call(
        name, [&] { index.train(static_cast<int64_t>(rows.rows()), rows.data()); },
        [&](const faiss::FaissException& error) { ThrowUntrained(name, rows.rows(), error); });
  }
  for (size_t begin = 0; begin < gallery.rows(); begin += kRowsAtOnce) {
    ThrowIfInterrupted();
    const size_t end = std::min(gallery.rows(), begin + kRowsAtOnce);
    const FloatMatrix rows = UnitRange(gallery, begin, end, "gallery");
    Call(
        name, [&] { index.add(static_cast<int64_t>(rows.rows()), rows.data()); },
        [&](const faiss::FaissException& error) {
          RefuseIndex(name, Reason(error), "an index that takes rows in turn",
                      "Try Flat, IVF256,Flat, HNSW32, SQ8 or IVF256,PQ32.");
        });
  }
}

// Equal scores by row: quantised codes tie often.
void OrderTies(size_t k, float* scores, int64_t* rows) {
  for (size_t begin = 0, end; begin < k; begin = end) {
    end = begin + 1;
    while (end < k && rows[end] >= 0 && rows[begin] >= 0 && scores[end] == scores[begin]) ++end;
    std::sort(rows + begin, rows + end);
  }
}

void CheckShapes(const RowSource& query, const RowSource& gallery, int k) {
  if (query.cols() != gallery.cols()) {
    throw Error(ErrorCode::kData, {.where = "approximate search",
                                   .found = fmt::format("queries of width {} and a gallery of {}",
                                                        query.cols(), gallery.cols()),
                                   .expected = "one width",
                                   .hint = "Pad, truncate or project one side first."});
  }
  if (query.rows() == 0 || gallery.rows() == 0) {
    throw Error(ErrorCode::kData, {.where = "approximate search",
                                   .found = fmt::format("{} queries and {} gallery rows",
                                                        query.rows(), gallery.rows()),
                                   .expected = "at least one of each"});
  }
  if (k < 1) {
    throw Error(ErrorCode::kUsage, {.where = "approximate search: depth of the lists",
                                    .found = fmt::format("{}", k),
                                    .expected = "1 or more"});
  }
}

}  // namespace

NearestLists SearchWithFaiss(const std::string& index, const RowSource& query,
                             const RowSource& gallery, const ApproximateOptions& options) {
  CheckShapes(query, gallery, options.k);
  const auto made = MakeIndex(index, gallery.cols());
  Build(index, gallery, options.train_rows, *made);

  const size_t k = std::min<size_t>(static_cast<size_t>(options.k), gallery.rows());
  NearestLists lists;
  lists.k = static_cast<int>(k);
  lists.rows.resize(query.rows() * k);
  ParallelFor((query.rows() + kQueriesATask - 1) / kQueriesATask, options.threads,
              [&](size_t task) {
                ThrowIfInterrupted();
                const OneOmpThread one;
                const size_t begin = task * kQueriesATask;
                const size_t end = std::min(query.rows(), begin + kQueriesATask);
                const FloatMatrix rows = UnitRange(query, begin, end, "query");
                std::vector<float> scores((end - begin) * k);
                std::vector<int64_t> found((end - begin) * k);
                Call(
                    index,
                    [&] {
                      made->search(static_cast<int64_t>(end - begin), rows.data(),
                                   static_cast<int64_t>(k), scores.data(), found.data());
                    },
                    [&](const faiss::FaissException& error) {
                      RefuseIndex(index, Reason(error), "an index that can be searched",
                                  "Try Flat, IVF256,Flat, HNSW32, SQ8 or IVF256,PQ32.");
                    });
                for (size_t i = 0; i < end - begin; ++i) {
                  OrderTies(k, scores.data() + i * k, found.data() + i * k);
                }
                std::copy(found.begin(), found.end(),
                          lists.rows.begin() + static_cast<ptrdiff_t>(begin * k));
              });
  return lists;
}

}  // namespace bcr
