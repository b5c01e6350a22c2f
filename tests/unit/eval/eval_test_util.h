#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/eval/block_source.h"
#include "harness/eval/scorer.h"
#include "harness/features/feature_set.h"

namespace bcr::eval_test {

inline FeatureIndex MakeIndex(std::vector<std::string> identities,
                              std::vector<std::string> cameras) {
  FeatureIndex index;
  for (size_t i = 0; i < identities.size(); ++i) {
    index.images.push_back("image_" + std::to_string(i) + ".jpg");
  }
  index.identities = std::move(identities);
  index.cameras = std::move(cameras);
  return index;
}

inline FloatMatrix MakeMatrix(const std::vector<std::vector<float>>& rows) {
  FloatMatrix matrix(rows.size(), rows.empty() ? 0 : rows[0].size());
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = 0; j < rows[i].size(); ++j) matrix.row(i)[j] = rows[i][j];
  }
  return matrix;
}

// A CPU source over matrices, which must outlive it.
class MatrixSource {
 public:
  MatrixSource(const FloatMatrix& query, const FloatMatrix& gallery,
               Distance distance = Distance::kCosine)
      : query_(NewMatrixRows(query.view())),
        gallery_(NewMatrixRows(gallery.view())),
        source_(NewCpuBlockSource(*query_, *gallery_, distance)) {}
  BlockSource& operator*() const { return *source_; }
  BlockSource* operator->() const { return source_.get(); }

 private:
  std::unique_ptr<RowSource> query_, gallery_;
  std::unique_ptr<BlockSource> source_;
};

// A matrix as shards that end before the given rows.
inline std::unique_ptr<RowSource> Shards(const FloatMatrix& matrix, std::vector<size_t> ends) {
  std::vector<std::shared_ptr<const RowSource>> parts;
  size_t begin = 0;
  ends.push_back(matrix.rows());
  for (const size_t end : ends) {
    parts.push_back(NewMatrixRows({matrix.row(begin), end - begin, matrix.cols()}));
    begin = end;
  }
  return NewConcatenatedRows(std::move(parts));
}

// The production counter on given distances.
inline CellScores CountDistances(const FloatMatrix& distances, const FeatureIndex& query,
                                 const FeatureIndex& gallery, const ScoringOptions& options = {}) {
  const auto source = NewDistanceBlockSource(distances.view());
  return ScoreCell(*source, query, gallery, options);
}

inline bool SameBits(const CellScores& a, const CellScores& b) {
  if (a.queries.size() != b.queries.size() || a.cmc != b.cmc || a.map_hits != b.map_hits ||
      a.map_trapezoid != b.map_trapezoid || a.minp != b.minp ||
      a.valid_queries != b.valid_queries || a.gallery_size != b.gallery_size) {
    return false;
  }
  for (size_t i = 0; i < a.queries.size(); ++i) {
    const QueryScore& x = a.queries[i];
    const QueryScore& y = b.queries[i];
    if (x.valid != y.valid || x.matches != y.matches || x.first_rank != y.first_rank ||
        x.last_rank != y.last_rank || x.ap_hits != y.ap_hits || x.inp != y.inp ||
        x.ap_trapezoid != y.ap_trapezoid || x.hits != y.hits || x.of_ranks != y.of_ranks) {
      return false;
    }
  }
  return true;
}

}  // namespace bcr::eval_test
