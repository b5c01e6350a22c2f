#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/random.h"
#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"
#include "harness/features/row_source.h"
#include "tests/unit/eval/eval_test_util.h"

namespace bcr::eval_test {

// A cell of the given APs; a negative AP stands for a query that is not valid. A query is right at
// rank 1 where `right` says so (AP of 0.5 and more, without one).
inline CellScores CellOfAp(const std::vector<double>& ap, const std::vector<bool>& right = {}) {
  CellScores cell;
  double sum = 0;
  for (size_t i = 0; i < ap.size(); ++i) {
    QueryScore query;
    query.valid = ap[i] >= 0;
    if (query.valid) {
      query.ap_hits = query.ap_trapezoid = query.inp = ap[i];
      const bool first = right.empty() ? ap[i] >= 0.5 : right[i];
      query.matches = 1;
      query.first_rank = query.last_rank = first ? 1 : 7;
      sum += ap[i];
      ++cell.valid_queries;
    }
    cell.queries.push_back(query);
  }
  cell.map_hits = sum / static_cast<double>(cell.valid_queries);
  return cell;
}

// Of queries that are all valid.
inline ValueColumn Column(std::vector<double> values) {
  const size_t n = values.size();
  return {std::move(values), std::vector<bool>(n, true)};
}

inline std::vector<std::string> Names(size_t n, size_t identities) {
  std::vector<std::string> names;
  for (size_t i = 0; i < n; ++i) names.push_back("p" + std::to_string(i % identities));
  return names;
}

// An old and a new model on one test set: features around a prototype an identity, the new ones
// nearer to it, and new queries near both (compatible, not equal).
struct ToyUpgrade {
  FeatureIndex query, gallery;
  FloatMatrix old_query, old_gallery, new_query, new_gallery;
};

inline ToyUpgrade MakeToyUpgrade(uint64_t seed, size_t identities, size_t width, double old_noise,
                                 double new_noise) {
  Random random(seed);
  const auto draw = [&](FloatMatrix& matrix, size_t row, const std::vector<double>& prototype,
                        double noise) {
    for (size_t c = 0; c < width; ++c) {
      matrix.row(row)[c] = static_cast<float>(prototype[c] + noise * random.Normal());
    }
  };
  const size_t queries = 2 * identities, gallery = 5 * identities;
  ToyUpgrade toy;
  toy.old_query = toy.new_query = FloatMatrix(queries, width);
  toy.old_gallery = toy.new_gallery = FloatMatrix(gallery, width);
  std::vector<std::string> query_ids, query_cameras, ids, cameras;
  for (size_t p = 0; p < identities; ++p) {
    std::vector<double> prototype(width);
    for (double& value : prototype) value = random.Normal();
    for (size_t i = 0; i < 5; ++i) {
      draw(toy.old_gallery, ids.size(), prototype, old_noise);
      draw(toy.new_gallery, ids.size(), prototype, new_noise);
      ids.push_back(p % 7 == 6 ? "0000" : "id" + std::to_string(p));
      cameras.push_back("c" + std::to_string((p + i) % 4));
    }
    for (size_t i = 0; i < 2; ++i) {
      const size_t row = query_ids.size();
      draw(toy.old_query, row, prototype, old_noise);
      draw(toy.new_query, row, prototype, new_noise);
      query_ids.push_back("id" + std::to_string(p));  // of distractors: a person without a match
      query_cameras.push_back("c" + std::to_string((p + 2 * i) % 4));
    }
  }
  ids[3] = "-1";
  toy.query = MakeIndex(query_ids, query_cameras);
  toy.gallery = MakeIndex(ids, cameras);
  return toy;
}

inline CellScores ScoreMatrices(const FloatMatrix& query, const FeatureIndex& query_index,
                                const FloatMatrix& gallery, const FeatureIndex& gallery_index,
                                const ScoringOptions& options = {}) {
  return ScoreRows(*NewMatrixRows(query.view()), query_index, *NewMatrixRows(gallery.view()),
                   gallery_index, options);
}

}  // namespace bcr::eval_test
