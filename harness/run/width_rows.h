#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "harness/core/matrix.h"
#include "harness/features/row_source.h"

namespace bcr {

// A model's rows (n x d) as compared with features of width `width`, which belong to the other
// model, by the setting's width policy (AdaptWidth, harness/train/trainer.h). `projection` is the
// model's own, 0 x 0 where it has none: under `project` such rows, of a model trained without an
// old one, are cut or padded. Nothing is copied but under a projection, which makes n x width
// floats. Throws kConfig where the policy does not serve the two widths.
std::shared_ptr<const RowSource> RowsInWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                             const std::string& policy,
                                             const FloatMatrix& projection);

}  // namespace bcr
