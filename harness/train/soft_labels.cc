#include "harness/train/soft_labels.h"

#include <ATen/ATen.h>

#include "harness/train/upload.h"

namespace bcr {

at::Tensor DenseRows(const SoftLabels& labels, const std::vector<int64_t>& rows, int64_t classes,
                     const std::string& device) {
  std::vector<int64_t> places;  // in the flattened batch
  std::vector<float> weights;
  for (size_t b = 0; b < rows.size(); ++b) {
    const auto row = static_cast<size_t>(rows[b]);
    for (int64_t e = labels.offsets[row]; e < labels.offsets[row + 1]; ++e) {
      const auto entry = static_cast<size_t>(e);
      places.push_back(static_cast<int64_t>(b) * classes + labels.classes[entry]);
      weights.push_back(labels.weights[entry]);
    }
  }
  const auto count = static_cast<int64_t>(rows.size());
  const at::Tensor values = Upload(std::move(weights), device);
  at::Tensor dense = at::zeros({count * classes}, values.options());
  dense.index_copy_(0, Upload(std::move(places), device), values);
  return dense.view({count, classes});
}

}  // namespace bcr
