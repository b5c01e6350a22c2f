#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/train/label_set.h"

namespace at {
class Tensor;
}

namespace bcr {

// The soft labels of a batch's rows as B x C float32 on `device`; rows without entries are 0.
at::Tensor DenseRows(const SoftLabels& labels, const std::vector<int64_t>& rows, int64_t classes,
                     const std::string& device);

}  // namespace bcr
