// Every image is a class of its own: labels for objectives that compare views of one image and know
// nothing of identities (instance discrimination; Wu et al., CVPR 2018). They never change. Ground truth
// is not looked at.
#include <numeric>

#include "harness/train/label_source.h"

namespace bcr {

namespace {

class EachImage : public LabelSource {
 public:
  explicit EachImage(size_t rows) : rows_(rows) {}

  bool Refresh(const EpochStart&, LabelSet& labels) override {
    if (given_) return false;
    labels = LabelSet();
    labels.labels.resize(rows_);
    std::iota(labels.labels.begin(), labels.labels.end(), int64_t{0});
    labels.classes = static_cast<int64_t>(rows_);
    given_ = true;
    return true;
  }
  void Load(const std::map<std::string, at::Tensor>&) override { given_ = true; }

 private:
  size_t rows_;
  bool given_ = false;
};

}  // namespace

const LabelSourceInfo& label_source_each_image() {
  static const LabelSourceInfo info = {
      .name = "each-image",
      .revision = 1,
      .about = "Every image is a class of its own",
      .source = "Wu et al., CVPR 2018 (instance discrimination)",
      .parameters = "{}",
      .make = [](JsonReader&, const LabelContext& context) -> std::unique_ptr<LabelSource> {
        return std::make_unique<EachImage>(context.truth.size());
      }};
  return info;
}

}  // namespace bcr
