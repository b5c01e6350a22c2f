// Whole images without their colours: all three channels become the luma of ITU-R BT.601, before
// normalisation, for a share of the images. The global form of Gong et al. ("Eliminate Deviation
// with Deviation for Data Augmentation and a General Multi-modal Data Learning Method",
// arXiv:2101.08533); their share is 0.05. Values are not rounded to bytes. List it before
// `standard`: the patch that random erasing fills then keeps its own colour.
#include "harness/core/random.h"
#include "harness/data/pixel.h"
#include "harness/data/training_image.h"
#include "harness/train/augmenter.h"

namespace bcr {
namespace {

class Grayscale : public Augmenter {
 public:
  explicit Grayscale(double probability) : probability_(probability) {}

  void Change(uint64_t seed, TrainingImage& image) const override {
    if (!Random(DeriveSeed(seed, "grayscale")).Chance(probability_)) return;
    float* const red = image.planes();
    const size_t size = static_cast<size_t>(image.height()) * image.width();
    float* const green = red + size;
    float* const blue = green + size;
    for (size_t i = 0; i < size; ++i) {
      const float luma =
          Luma(PlainValue(red[i], 0), PlainValue(green[i], 1), PlainValue(blue[i], 2));
      red[i] = NormalizedValue(luma, 0);
      green[i] = NormalizedValue(luma, 1);
      blue[i] = NormalizedValue(luma, 2);
    }
  }

 private:
  double probability_;
};

}  // namespace

const AugmenterInfo& augmenter_grayscale() {
  static const AugmenterInfo info = {
      .name = "grayscale",
      .revision = 1,
      .about = "A share of the images without their colours",
      .source = "Gong et al., arXiv:2101.08533, global form",
      .parameters = R"({"probability": 0.05})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        return std::make_unique<Grayscale>(reader.Number("probability", 0, 1));
      }};
  return info;
}

}  // namespace bcr
