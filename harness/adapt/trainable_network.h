#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace bcr {

struct DenseLayer;

// One layer before it is trained: product, batch normalisation where `norm` (an offset otherwise),
// negative values set to zero where `relu`.
struct LayerPlan {
  size_t in = 0, out = 0;
  size_t groups = 1;  // the columns of input and output are cut into so many parts; part k of the
                      // output sees part k of the input alone
  bool norm = false;
  bool relu = false;
};

// Layers one after the other with their parameters in one list, and gradients by them. In float64, on one thread: the same bits whatever the machine's cores.
class TrainableNetwork {
 public:
  // Weights are uniform in +-1/sqrt(inputs of an output), offsets likewise, as PyTorch's dense
  // layers begin; `zero_last` begins with an output of zero instead.
  TrainableNetwork(std::vector<LayerPlan> plan, uint64_t seed, bool zero_last = false);
  ~TrainableNetwork();

  std::vector<double>& parameters();
  // From now on normalisation uses the means and variances that were met so far (momentum 0.1).
  void FreezeNorm();
  // The output (rows x d_out) of a batch `x` (rows x d_in). Updates what normalisation remembers.
  std::vector<double> Forward(const std::vector<double>& x, size_t rows);
  // Takes the gradient of a loss by the output of the last Forward; writes that by parameters().
  void Backward(const std::vector<double>& slope, std::vector<double>& gradient);
  // As it is used: normalisation by what it remembers, folded into the product.
  std::vector<DenseLayer> Folded() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
