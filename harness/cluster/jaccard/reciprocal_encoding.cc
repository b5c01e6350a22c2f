#include "harness/cluster/jaccard/reciprocal_encoding.h"

#include <algorithm>
#include <cmath>

#include "harness/cluster/row_dot.h"

namespace bcr {
namespace {

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

}  // namespace

SparseRows EncodeRows(MatrixView unit_rows, const NeighbourTable& table, RowSets sets,
                      const JaccardOptions& options) {
  SparseRows encoded(sets.size());
  ParallelFor((sets.size() + kRowsAnAccumulator - 1) / kRowsAnAccumulator, options.threads,
              [&](size_t block) {
                PairWeights pair_weights(unit_rows, table, options.variant);
                std::vector<double> weights;
                for (size_t i = block * kRowsAnAccumulator;
                     i < std::min(sets.size(), (block + 1) * kRowsAnAccumulator); ++i) {
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

SparseRows AverageRows(const SparseRows& encoded, const NeighbourTable& table, int k2,
                       int threads) {
  const int used = std::min(k2, table.k);
  SparseRows averaged(encoded.size());
  ForEachRowWithSums(encoded.size(), threads, [&](size_t i, Accumulator& accumulator) {
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

}  // namespace bcr
