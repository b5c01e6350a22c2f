#pragma once

#include <memory>
#include <string>

#include "harness/core/matrix.h"
#include "harness/nn/embedder.h"

namespace at {
class Tensor;
}

namespace bcr {

// Whatever turns images into feature rows: our own networks and those of others.
class Extractor {
 public:
  virtual ~Extractor() = default;
  virtual int height() const = 0;  // of the images that it takes
  virtual int width() const = 0;
  virtual const std::string& resize()
      const = 0;                          // how they come to that size (harness/data/resize.h)
  virtual int feature_width() const = 0;  // d
  // images: n x 3 x H x W on the CPU, RGB normalised by ImageNet's statistics (harness/data/pixel.h).
  // features: n x d, float32, on any device, not normalised. Throws kTraining or kConfig.
  virtual void Features(const at::Tensor& images, at::Tensor* features) = 0;
  // Whose images those of a data set are (by the hash of its list), for FeaturesOf.
  virtual ImageDomains DomainsOf(const std::string& /*data_hash*/) const { return {}; }
  // The same of images whose domains are known, by those networks of ours that ask for them.
  virtual void FeaturesOf(const at::Tensor& images, const ImageDomains& /*domains*/,
                          at::Tensor* features) {
    Features(images, features);
  }
};

// One of our own networks, on any device. REQUIRES: a model in evaluation mode.
std::unique_ptr<Extractor> NewModelExtractor(std::shared_ptr<Model> model, FeatureSide side);

// As Embed of a model (embedder.h); `options.side` is the extractor's own business.
FloatMatrix Embed(Extractor& extractor, const ImageStore& images, const EmbedOptions& options);

}  // namespace bcr
