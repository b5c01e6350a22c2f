// The augmentation of the BoT recipe (Luo et al., "Bag of Tricks and a Strong Baseline for Deep
// Person Re-identification", CVPR workshops 2019): mirror, pad with black and crop, colour jitter,
// random erasing (Zhong et al., AAAI 2020), in this order. 0 turns a part off.
#include "harness/data/augment.h"
#include "harness/train/augmenter.h"

namespace bcr {
namespace {

class Standard : public Augmenter {
 public:
  explicit Standard(const AugmentOptions& options) : options_(options) {}
  void Change(uint64_t seed, TrainingImage& image) const override {
    AugmentImage(options_, seed, image);
  }

 private:
  AugmentOptions options_;
};

AugmentOptions Read(JsonReader& reader) {
  AugmentOptions o;
  o.flip = reader.Number("flip", 0, 1, o.flip);
  o.pad = static_cast<int>(reader.Integer("pad", 0, 1024, o.pad));
  o.jitter = reader.Number("jitter", 0, 1, o.jitter);
  o.jitter_strength = reader.Number("jitter_strength", 0, 1, o.jitter_strength);
  o.erase = reader.Number("erase", 0, 1, o.erase);
  o.erase_area_low = reader.Number("erase_area_low", 0, 1, o.erase_area_low);
  o.erase_area_high = reader.Number("erase_area_high", 0, 1, o.erase_area_high);
  o.erase_aspect = reader.Number("erase_aspect", 0, 1, o.erase_aspect);
  CheckAugmentOptions(o, reader.where());
  return o;
}

}  // namespace

const AugmenterInfo& augmenter_standard() {
  static const AugmenterInfo info = {
      .name = "standard",
      .revision = 1,
      .about = "Mirror, pad and crop, colour jitter, random erasing",
      .source = "Luo et al., CVPR workshops 2019 (BoT)",
      .parameters = R"({"flip": 0.5, "pad": 10, "jitter": 0.0, "jitter_strength": 0.2, "erase": 0.5,
                        "erase_area_low": 0.02, "erase_area_high": 0.4, "erase_aspect": 0.3})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        return std::make_unique<Standard>(Read(reader));
      }};
  return info;
}

}  // namespace bcr
