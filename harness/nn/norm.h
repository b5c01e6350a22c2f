#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

struct ForwardContext;
struct LayerContext;

// How a network normalises its batches.
enum class NormKind {
  kPlain,     // one batch normalisation for all images
  kDomain,    // one for each domain, with scale, shift and statistics of its own (DSBN)
  kRectified  // the same, and maps are weighed by a gate of their domain's (RDSBN)
};

// "plain", "domain" or "rectified". Throws kConfig for any other word.
NormKind ParseNorm(const std::string& word);

// What the networks of one model have in common.
struct NormChoice {
  NormKind kind = NormKind::kPlain;
  int64_t domains = 1;  // banks of each layer, unless plain
};

// The gate of rectified normalisation, from the layer's raw input x, B x C x H x W: of each image and
// channel sigmoid(w1 mu + w2 sigma), where mu is the mean over its places and sigma the root of their
// unbiased variance plus 1e-5 (variance 0 where there is one place). weight C x 2; the gate B x C,
// float32 at least. From the public code of RDSBN (unofficial: the authors' own was not found), Bai et al.,
// "Unsupervised Multi-Source Domain Adaptation for Person Re-Identification", CVPR 2021.
at::Tensor RectifyingGate(const at::Tensor& x, const at::Tensor& weight);

// Batch normalisation over all but dimension 1 (momentum 0.1, epsilon 1e-5), torchvision's names:
// <name>.weight, bias, running_mean, running_var, num_batches_tracked. By domain the same names stand
// behind <name>.bank<d>, beside <name>.bank<d>.gate (C x 2, 0 at the start, so that the gate is one
// half). A batch is cut into its domains (ForwardContext::runs), each with statistics of its own; a
// bank whose domain is not in the batch stays as it is. The public code has an epsilon of 1e-9; that
// of the plain form is kept, so that a plain model's weights mean the same here. The tensors belong
// to the table.
class BatchNorm {
 public:
  struct Options {
    bool shift = true;  // false keeps the bias at 0, out of the trained parameters
    bool gate = true;   // false: of vectors, which have no places to take moments of
  };
  BatchNorm() = default;
  BatchNorm(const LayerContext& context, const std::string& name, int64_t width, Options options);
  BatchNorm(const LayerContext& context, const std::string& name, int64_t width);
  // Training uses the statistics of the batch, or of each of its ghost batches, and updates the running
  // ones by those of the batch, or of its first ghost batch; by domain, of the domain's part of the batch.
  void Forward(const ForwardContext& context, at::Tensor* x) const;

 private:
  struct Bank {
    const at::Tensor *weight, *bias, *mean, *variance, *batches;
    const at::Tensor* gate = nullptr;
    at::Tensor Normalised(const at::Tensor& x, const ForwardContext& context) const;
    at::Tensor InGhostBatches(const at::Tensor& x, const ForwardContext& context) const;
  };
  static Bank MakeBank(const LayerContext& context, const std::string& name, int64_t width,
                       const Options& options, bool gate);
  std::vector<Bank> banks_;
  bool by_domain_ = false;
};

}  // namespace bcr
