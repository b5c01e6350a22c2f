#include "tests/unit/methods/golden_tensors.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bcr::testing {

at::Tensor GoldenRows(const Json& rows) {
  std::vector<double> values;
  for (const Json& row : rows) {
    for (const Json& value : row) values.push_back(value.get<double>());
  }
  return at::tensor(values, at::kDouble).view({static_cast<int64_t>(rows.size()), -1});
}

double LargestGap(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

Json UnsupervisedGolden(const char* part) {
  return ReadJsonFile(BCR_TEST_SOURCE_DIR "/golden/unsupervised.json").at(part);
}

}  // namespace bcr::testing
