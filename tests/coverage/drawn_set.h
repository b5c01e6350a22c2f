#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"

namespace bcr::coverage {

// From what a test set is drawn: identities are points of a normal distribution, images the point
// plus noise, whose size differs from identity to identity.
struct SetShape {
  size_t identities = 30;
  // Even: three queries and three gallery images an identity. Uneven: 1 to 10 queries and 1 to 6
  // images, most identities few.
  bool uneven = false;
  double noise = 0.5;  // 0.2 is easy, 1.5 hard
  double new_noise =
      0.5;  // of the new models' queries and gallery; equal to `noise`: equal quality
  double second_noise = 0;   // of the second new model, where it is another; 0: new_noise
  size_t distractors = 400;  // gallery images of other people, the same in every set
};

// One test set as three models see it. The two new models are alike in everything but their draws,
// unless the second has a noise of its own; so is the old one where `new_noise` is `noise`.
struct DrawnSet {
  std::vector<std::string> identities;  // of the queries
  CellScores old_self;                  // old queries, old gallery
  CellScores first_cross,
      second_cross;       // queries of the first and the second new model, old gallery
  CellScores first_self;  // the first new model's queries, its own gallery
  // The same of the second one; scored only where it has a noise of its own.
  CellScores second_self;
};

// A value of each query that has a match.
ValueColumn ColumnOf(const CellScores& cell, const std::function<double(const QueryScore&)>& value);

class SetMaker {
 public:
  explicit SetMaker(const SetShape& shape);
  DrawnSet Draw(uint64_t seed) const;

 private:
  SetShape shape_;
  // Old and new model's features of the distractors, row for row.
  std::vector<float> old_distractors_, new_distractors_;
};

}  // namespace bcr::coverage
