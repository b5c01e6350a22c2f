#pragma once

#include <cstdint>
#include <string>

#include "harness/core/matrix.h"

namespace bcr {

class Model;
struct LabelSet;

// A head for labels that change (BaseRecipe::cluster_head): a row for each class, in the place of the head
// that there was. Its numbers are drawn; SetClusterRows or a checkpoint fills them in. The model's parameters
// change: fetch them again.
void GiveClusterHead(Model& model, int64_t classes, uint64_t seed);
// The unit mean of each class's features (N x d, unit rows) as the head's row, as MMT's public code
// starts every epoch. REQUIRES: a head of that many classes, for features of that width.
void SetClusterRows(Model& model, const FloatMatrix& unit_rows, const LabelSet& labels);

}  // namespace bcr
