#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// Draws starting weights. Each tensor has its own stream, named by the parameter: it depends on
// (seed, name, shape) alone, not on what else the network holds nor on LibTorch's version. For
// whoever makes networks.
class Initialiser {
 public:
  explicit Initialiser(uint64_t seed) : seed_(seed) {}
  // Draws nothing: zeros, for weights that are about to be read from a file.
  static Initialiser Zeros() { return Initialiser(Fill::kZeros); }
  // Leaves the values undefined: for looking at names and shapes alone, which then costs no memory
  // that anybody writes to.
  static Initialiser Shapes() { return Initialiser(Fill::kNothing); }

  // N(0, 2 / (out * kernel * kernel)): He et al. 2015, fan-out mode, for ReLU. Shape out x in x
  // kernel x kernel, where `in` is that of one group: as PyTorch does, the groups do not count.
  at::Tensor Convolution(const std::string& name, int64_t out, int64_t in, int64_t kernel) const;
  at::Tensor Normal(const std::string& name, const std::vector<int64_t>& shape,
                    double deviation) const;
  // The same, values beyond two deviations drawn again (TensorFlow's truncated normal).
  at::Tensor TruncatedNormal(const std::string& name, const std::vector<int64_t>& shape,
                             double deviation) const;
  // Between -bound and bound.
  at::Tensor Uniform(const std::string& name, const std::vector<int64_t>& shape,
                     double bound) const;

 private:
  template <typename Draw>
  at::Tensor Filled(const std::string& name, const std::vector<int64_t>& shape,
                    const Draw& draw) const;

  enum class Fill { kDrawn, kZeros, kNothing };
  explicit Initialiser(Fill fill) : fill_(fill) {}
  uint64_t seed_ = 0;
  Fill fill_ = Fill::kDrawn;
};

}  // namespace bcr
