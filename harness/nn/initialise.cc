#include "harness/nn/initialise.h"

#include <ATen/ATen.h>

#include <cmath>

#include "harness/core/random.h"

namespace bcr {

template <typename Draw>
at::Tensor Initialiser::Filled(const std::string& name, const std::vector<int64_t>& shape,
                               const Draw& draw) const {
  if (fill_ == Fill::kZeros) return at::zeros(shape, at::kFloat);
  at::Tensor values = at::empty(shape, at::kFloat);
  if (fill_ == Fill::kNothing) return values;
  Random random(DeriveSeed(seed_, name));
  float* out = values.mutable_data_ptr<float>();
  const int64_t count = values.numel();
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(draw(random));
  return values;
}

at::Tensor Initialiser::Convolution(const std::string& name, int64_t out, int64_t in,
                                    int64_t kernel) const {
  const double fan_out = static_cast<double>(out * kernel * kernel);
  return Normal(name, {out, in, kernel, kernel}, std::sqrt(2.0 / fan_out));
}

at::Tensor Initialiser::Normal(const std::string& name, const std::vector<int64_t>& shape,
                               double deviation) const {
  return Filled(name, shape, [=](Random& random) { return deviation * random.Normal(); });
}

at::Tensor Initialiser::TruncatedNormal(const std::string& name, const std::vector<int64_t>& shape,
                                        double deviation) const {
  return Filled(name, shape, [=](Random& random) {
    double value = random.Normal();
    while (std::abs(value) > 2) value = random.Normal();
    return deviation * value;
  });
}

at::Tensor Initialiser::Uniform(const std::string& name, const std::vector<int64_t>& shape,
                                double bound) const {
  return Filled(name, shape, [=](Random& random) { return random.Uniform(-bound, bound); });
}

}  // namespace bcr
