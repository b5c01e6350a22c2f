// A random part of the image, brought back to its size (Szegedy et al., CVPR 2015): its area is a share of
// the image's, uniform in [scale_low, scale_high], its width to height is the image's times a ratio,
// log-uniform in [ratio_low, ratio_high], its place uniform; values between pixels are linear in both
// directions. Parts that do not fit are drawn again, ten times; then the whole image is taken. Before
// that the image is mirrored with probability `flip`, all copies of it in a batch or none, so that views
// of one image agree in that. Numbers of AMDIM (Bachman et al., arXiv:1906.00910), whose images are
// square: there the ratio is that of the part itself.
#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/training_image.h"
#include "harness/train/augmenter.h"

namespace bcr {
namespace {

constexpr int kTries = 10;

struct CropOptions {
  double flip, scale_low, scale_high, ratio_low, ratio_high;
};

// In shares of the image's height and width.
struct Part {
  double top = 0, left = 0, height = 1, width = 1;
};

Part DrawPart(const CropOptions& options, uint64_t seed) {
  Random random(DeriveSeed(seed, "crop"));
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const double area = random.Uniform(options.scale_low, options.scale_high);
    const double ratio =
        std::exp(random.Uniform(std::log(options.ratio_low), std::log(options.ratio_high)));
    Part part;
    part.height = std::sqrt(area / ratio);
    part.width = std::sqrt(area * ratio);
    if (part.height > 1 || part.width > 1) continue;
    part.top = random.Uniform() * (1 - part.height);
    part.left = random.Uniform() * (1 - part.width);
    return part;
  }
  return {};
}

// Where an output pixel's value comes from along one axis: between two pixels.
struct Between {
  int first, second;
  float share;  // of the second
};

std::vector<Between> Places(int size, double begin, double length, bool mirror) {
  std::vector<Between> places;
  for (int i = 0; i < size; ++i) {
    const double at = std::clamp(begin * size + (i + 0.5) * length - 0.5, 0.0, size - 1.0);
    Between place;
    place.first = static_cast<int>(at);
    place.second = std::min(place.first + 1, size - 1);
    place.share = static_cast<float>(at - place.first);
    if (mirror) {
      place.first = size - 1 - place.first;
      place.second = size - 1 - place.second;
    }
    places.push_back(place);
  }
  return places;
}

float Blend(float first, float second, float share) { return first + share * (second - first); }

class ResizedCrop : public Augmenter {
 public:
  explicit ResizedCrop(const CropOptions& options) : options_(options) {}

  void Change(uint64_t seed, TrainingImage& image) const override {
    const Part part = DrawPart(options_, seed);
    const bool mirror =
        Random(DeriveSeed(image.shared_seed(), "resized-crop")).Chance(options_.flip);
    const auto rows = Places(image.height(), part.top, part.height, false);
    const auto columns = Places(image.width(), part.left, part.width, mirror);
    float* const planes = image.planes();
    const size_t size = static_cast<size_t>(image.height()) * image.width();
    const std::vector<float> source(planes, planes + 3 * size);
    for (size_t plane = 0; plane < 3; ++plane) {
      const float* const from = source.data() + plane * size;
      float* to = planes + plane * size;
      for (const Between& row : rows) {
        const float* const above = from + static_cast<size_t>(row.first) * image.width();
        const float* const below = from + static_cast<size_t>(row.second) * image.width();
        for (const Between& column : columns) {
          *to++ = Blend(Blend(above[column.first], above[column.second], column.share),
                        Blend(below[column.first], below[column.second], column.share), row.share);
        }
      }
    }
  }

 private:
  CropOptions options_;
};

}  // namespace

const AugmenterInfo& augmenter_resized_crop() {
  static const AugmenterInfo info = {
      .name = "resized-crop",
      .revision = 1,
      .about = "A random part brought back to the image's size; copies in a batch mirrored alike",
      .source = "Szegedy et al., CVPR 2015; numbers of Bachman et al., arXiv:1906.00910",
      .parameters = R"({"flip": 0.5, "scale_low": 0.3, "scale_high": 1.0, "ratio_low": 0.7,
                        "ratio_high": 1.4})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        CropOptions options;
        options.flip = reader.Number("flip", 0, 1);
        options.scale_low = reader.Number("scale_low", 0.01, 1);
        options.scale_high = reader.Number("scale_high", 0.01, 1);
        options.ratio_low = reader.Number("ratio_low", 0.1, 10);
        options.ratio_high = reader.Number("ratio_high", 0.1, 10);
        if (options.scale_low > options.scale_high || options.ratio_low > options.ratio_high) {
          throw Error(ErrorCode::kConfig, {reader.where(), "a lower bound above its upper one",
                                           "scale_low <= scale_high, ratio_low <= ratio_high", ""});
        }
        return std::make_unique<ResizedCrop>(options);
      }};
  return info;
}

}  // namespace bcr
