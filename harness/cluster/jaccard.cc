#include "harness/cluster/jaccard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/cluster/reciprocal.h"
#include "harness/cluster/row_dot.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"

namespace bcr {
namespace {

constexpr size_t kBlock = 512;  // rows that share one accumulator

struct SparseRow {
  std::vector<int32_t> cols;  // ascending
  std::vector<float> values;  // sum to 1
};
using SparseRows = std::vector<SparseRow>;

// Columns of the rows: for each column the rows that hold it, ascending, with their values.
struct InvertedLists {
  std::vector<int64_t> begin;
  std::vector<int32_t> rows;
  std::vector<float> values;
};

// A dense row of sums of which only the touched places are visited and cleared.
class Accumulator {
 public:
  explicit Accumulator(size_t size) : sums_(size, 0.0) {}

  void Add(int32_t at, double value) {  // REQUIRES: value > 0
    if (sums_[at] == 0.0) touched_.push_back(at);
    sums_[at] += value;
  }

  // Calls visit(place, sum) for every touched place and clears it.
  template <typename Visit>
  void Drain(const Visit& visit) {
    for (const int32_t at : touched_) {
      visit(at, sums_[at]);
      sums_[at] = 0.0;
    }
    touched_.clear();
  }

  // The same in ascending order.
  template <typename Visit>
  void DrainSorted(const Visit& visit) {
    std::sort(touched_.begin(), touched_.end());
    Drain(visit);
  }

 private:
  std::vector<double> sums_;
  std::vector<int32_t> touched_;
};

// Calls body(row, accumulator) for every row; rows of one block share an accumulator.
template <typename Body>
void ForEachRow(size_t rows, int threads, const Body& body) {
  ParallelFor((rows + kBlock - 1) / kBlock, threads, [&](size_t block) {
    Accumulator accumulator(rows);
    for (size_t i = block * kBlock; i < std::min(rows, (block + 1) * kBlock); ++i)
      body(i, accumulator);
  });
}

// exp(-d) of pairs, d as the variant says. A neighbour's similarity is looked up, that of a row that
// only the expansion brought is computed.
class PairWeights {
 public:
  PairWeights(MatrixView unit_rows, const NeighbourTable& table, JaccardVariant variant)
      : rows_(unit_rows), table_(table), variant_(variant) {}

  // The weights of row i on the members of an ascending set, in their order.
  void Of(size_t i, const std::vector<int32_t>& members, std::vector<double>& weights) {
    known_.clear();
    for (size_t at = i * table_.k; at < (i + 1) * table_.k; ++at) {
      if (table_.ids[at] != NeighbourTable::kNoRow)
        known_.emplace_back(table_.ids[at], table_.similarities[at]);
    }
    std::sort(known_.begin(), known_.end());
    weights.clear();
    auto next = known_.begin();
    for (const int32_t j : members) {
      while (next != known_.end() && next->first < j) ++next;
      const bool found = next != known_.end() && next->first == j;
      weights.push_back(std::exp(
          -Distance(i, j, found ? next->second : RowDot(rows_.row(i), rows_.row(j), rows_.cols))));
    }
  }

 private:
  double Distance(size_t i, int32_t j, double cosine) const {
    if (static_cast<size_t>(j) == i) return 0;
    const double squared = std::max(0.0, 2.0 - 2.0 * cosine);
    if (variant_ == JaccardVariant::kFaiss) return squared;
    const double largest = 2.0 - 2.0 * table_.least[i];
    if (largest <= 0) return 0;  // all rows are one and the same
    const double scaled = squared / largest;
    return variant_ == JaccardVariant::kMmt ? scaled : scaled * scaled;
  }

  const MatrixView rows_;
  const NeighbourTable& table_;
  const JaccardVariant variant_;
  std::vector<std::pair<int32_t, float>> known_;
};

// V: softmax of -d over the expanded set of each row.
SparseRows EncodeRows(MatrixView unit_rows, const NeighbourTable& table, RowSets sets,
                      const JaccardOptions& options) {
  SparseRows encoded(sets.size());
  ParallelFor((sets.size() + kBlock - 1) / kBlock, options.threads, [&](size_t block) {
    PairWeights pair_weights(unit_rows, table, options.variant);
    std::vector<double> weights;
    for (size_t i = block * kBlock; i < std::min(sets.size(), (block + 1) * kBlock); ++i) {
      pair_weights.Of(i, sets[i], weights);
      double sum = 0;
      for (const double weight : weights) sum += weight;
      encoded[i].cols = std::move(sets[i]);
      encoded[i].values.reserve(weights.size());
      for (const double weight : weights)
        encoded[i].values.push_back(static_cast<float>(weight / sum));
    }
  });
  return encoded;
}

// V': mean of V over the first k2 neighbours, self included; over those there are.
SparseRows AverageRows(const SparseRows& encoded, const NeighbourTable& table, int k2,
                       int threads) {
  const int used = std::min(k2, table.k);
  SparseRows averaged(encoded.size());
  ForEachRow(encoded.size(), threads, [&](size_t i, Accumulator& accumulator) {
    int found = 0;
    while (found < used && table.ids[i * table.k + found] != NeighbourTable::kNoRow) {
      const SparseRow& row = encoded[table.ids[i * table.k + found++]];
      for (size_t e = 0; e < row.cols.size(); ++e) accumulator.Add(row.cols[e], row.values[e]);
    }
    accumulator.DrainSorted([&](int32_t col, double sum) {
      averaged[i].cols.push_back(col);
      averaged[i].values.push_back(static_cast<float>(sum / found));
    });
  });
  return averaged;
}

InvertedLists Invert(const SparseRows& rows) {
  InvertedLists lists;
  lists.begin.assign(rows.size() + 1, 0);
  for (const SparseRow& row : rows) {
    for (const int32_t col : row.cols) ++lists.begin[col + 1];
  }
  for (size_t c = 0; c < rows.size(); ++c) lists.begin[c + 1] += lists.begin[c];
  lists.rows.resize(lists.begin.back());
  lists.values.resize(lists.begin.back());
  std::vector<int64_t> next(lists.begin.begin(), lists.begin.end() - 1);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t e = 0; e < rows[i].cols.size(); ++e) {
      const int64_t at = next[rows[i].cols[e]]++;
      lists.rows[at] = static_cast<int32_t>(i);
      lists.values[at] = rows[i].values[e];
    }
  }
  return lists;
}

struct Edges {
  std::vector<int32_t> cols;
  std::vector<float> distances;
};

// T = sum of minima over shared columns in ascending order (the same order for (i, j) and (j, i)),
// J = 1 - T / (2 - T): rows sum to 1, so this is the weighted Jaccard distance.
std::vector<Edges> JaccardEdges(const SparseRows& rows, const JaccardOptions& options) {
  const InvertedLists lists = Invert(rows);
  std::vector<Edges> edges(rows.size());
  ForEachRow(rows.size(), options.threads, [&](size_t i, Accumulator& accumulator) {
    const SparseRow& row = rows[i];
    for (size_t e = 0; e < row.cols.size(); ++e) {
      for (int64_t at = lists.begin[row.cols[e]]; at < lists.begin[row.cols[e] + 1]; ++at) {
        accumulator.Add(lists.rows[at], std::min(row.values[e], lists.values[at]));
      }
    }
    std::vector<std::pair<int32_t, float>> kept;
    accumulator.Drain([&](int32_t j, double shared) {
      const float distance = static_cast<float>(std::max(0.0, 1.0 - shared / (2.0 - shared)));
      if (distance <= options.max_distance && static_cast<size_t>(j) != i)
        kept.emplace_back(j, distance);
    });
    std::sort(kept.begin(), kept.end());
    for (const auto& [j, distance] : kept) {
      edges[i].cols.push_back(j);
      edges[i].distances.push_back(distance);
    }
  });
  return edges;
}

SparseGraph Compress(const std::vector<Edges>& edges) {
  SparseGraph graph;
  graph.begin.push_back(0);
  for (const Edges& row : edges)
    graph.begin.push_back(graph.begin.back() + static_cast<int64_t>(row.cols.size()));
  graph.cols.reserve(graph.begin.back());
  graph.distances.reserve(graph.begin.back());
  for (const Edges& row : edges) {
    graph.cols.insert(graph.cols.end(), row.cols.begin(), row.cols.end());
    graph.distances.insert(graph.distances.end(), row.distances.begin(), row.distances.end());
  }
  return graph;
}

void CheckOptions(const JaccardOptions& options) {
  if (options.k1 >= 1 && options.k2 >= 1 && options.max_distance >= 0.0F &&
      options.max_distance < 1.0F)
    return;
  throw Error(ErrorCode::kConfig,
              {"Jaccard distance",
               fmt::format("k1 = {}, k2 = {}, largest distance {}", options.k1, options.k2,
                           options.max_distance),
               "k1 and k2 of at least 1, a largest distance in [0, 1)",
               "Pairs without a shared neighbour have distance 1 and are never listed"});
}

}  // namespace

const std::vector<std::string>& JaccardVariantNames() {
  static const std::vector<std::string> names = {"faiss", "mmt", "classic"};
  return names;
}

NeighbourOptions NeighboursFor(const JaccardOptions& options) {
  CheckOptions(options);
  const bool faiss = options.variant == JaccardVariant::kFaiss;
  NeighbourOptions neighbours;
  neighbours.k = faiss ? options.k1 : std::max(options.k1 + 1, options.k2);
  neighbours.least = !faiss;
  neighbours.search = options.search;
  neighbours.threads = options.threads;
  neighbours.progress = options.progress;
  return neighbours;
}

SparseGraph KReciprocalJaccard(MatrixView unit_rows, const NeighbourTable& table,
                               const JaccardOptions& options) {
  CheckOptions(options);
  const bool faiss = options.variant == JaccardVariant::kFaiss;
  const int width = std::min(faiss ? options.k1 : options.k1 + 1, table.k);
  ThrowIfInterrupted();
  SparseRows rows = EncodeRows(
      unit_rows, table,
      ExpandedSets(table, width, HalfListLength(options.k1, width), options.threads), options);
  if (options.k2 > 1) rows = AverageRows(rows, table, options.k2, options.threads);
  ThrowIfInterrupted();
  return Compress(JaccardEdges(rows, options));
}

SparseGraph KReciprocalJaccard(MatrixView unit_rows, const JaccardOptions& options) {
  return KReciprocalJaccard(unit_rows, NearestRows(unit_rows, NeighboursFor(options)), options);
}

bool IsJaccardAtom(float eps, int k2) {
  for (int shared = 1; shared < k2; ++shared) {
    const double atom = 2.0 * (k2 - shared) / (2.0 * k2 - shared);
    if (std::abs(atom - static_cast<double>(eps)) < 1e-6) return true;
  }
  return false;
}

}  // namespace bcr
