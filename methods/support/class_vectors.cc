#include "methods/support/class_vectors.h"

#include <ATen/ATen.h>

#include "harness/core/random.h"

namespace bcr {

at::Tensor DrawClassVectors(int64_t classes, int64_t width, double deviation, uint64_t seed,
                            const std::string& device) {
  Random random(seed);
  const at::Tensor drawn = at::empty({classes, width}, at::kFloat);
  float* const values = drawn.data_ptr<float>();
  for (int64_t i = 0; i < drawn.numel(); ++i)
    values[i] = static_cast<float>(deviation * random.Normal());
  return drawn.to(at::Device(device)).set_requires_grad(true);
}

}  // namespace bcr
