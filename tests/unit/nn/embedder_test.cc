#include "harness/nn/embedder.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "harness/data/augment.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::Copy;
using testing::Features;
using ::testing::HasSubstr;
using testing::MessageOf;
using testing::SameState;

// Random pixels in memory.
class MemoryStore : public ImageStore {
 public:
  MemoryStore(size_t count, int height, int width)
      : height_(height), width_(width), pixels_(count * static_cast<size_t>(height * width * 3)) {
    Random random(3);
    for (uint8_t& p : pixels_) p = static_cast<uint8_t>(random.Below(256));
    for (size_t i = 0; i < count; ++i) images_.push_back({"image" + std::to_string(i), "1", "1"});
  }
  size_t size() const override { return images_.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override {
    return pixels_.data() + row * static_cast<size_t>(height_ * width_ * 3);
  }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 private:
  int height_, width_;
  std::vector<uint8_t> pixels_;
  std::vector<ImageRecord> images_;
  std::vector<std::string> bad_;
};

EmbedOptions Options(int batch_size, int workers = 0) {
  EmbedOptions options;
  options.batch_size = batch_size;
  options.workers = workers;
  options.quiet = true;
  return options;
}

float LargestDifference(const FloatMatrix& a, const FloatMatrix& b) {
  EXPECT_EQ(a.rows(), b.rows());
  EXPECT_EQ(a.cols(), b.cols());
  float largest = 0;
  for (size_t i = 0; i < a.rows() * a.cols(); ++i)
    largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest;
}

class EmbedTest : public ::testing::Test {
 protected:
  at::Tensor Pixels(bool flip) const {
    at::Tensor out = at::empty({static_cast<int64_t>(store_.size()), 3, 64, 32});
    for (size_t i = 0; i < store_.size(); ++i)
      NormalizeImage(store_.pixels(i), 64, 32, flip,
                     out.mutable_data_ptr<float>() + i * 3 * 64 * 32);
    return out;
  }
  FloatMatrix Direct(bool flip) const {
    const at::Tensor features = Features(*model_, Pixels(flip)).contiguous();
    FloatMatrix out(store_.size(), 128);
    std::memcpy(out.data(), features.const_data_ptr<float>(), features.nbytes());
    return out;
  }

  MemoryStore store_{37, 64, 32};
  std::unique_ptr<Model> model_ = Model::Make(ModelSpec(), 1);
};

TEST_F(EmbedTest, RowsAreInTheStoresOrder) {
  EXPECT_LT(LargestDifference(Embed(*model_, store_, Options(8)), Direct(false)), 1e-5F);
}

TEST_F(EmbedTest, BatchSizeDoesNotMatter) {
  EXPECT_LT(
      LargestDifference(Embed(*model_, store_, Options(1)), Embed(*model_, store_, Options(32))),
      1e-5F);
}

TEST_F(EmbedTest, SameBatchSameBytesWhateverTheWorkers) {
  EXPECT_EQ(LargestDifference(Embed(*model_, store_, Options(8, 0)),
                              Embed(*model_, store_, Options(8, 2))),
            0);
}

TEST_F(EmbedTest, FlipAddsTheMirroredFeature) {
  EmbedOptions options = Options(8);
  options.flip = true;
  FloatMatrix expected = Direct(false);
  const FloatMatrix mirrored = Direct(true);
  EXPECT_GT(LargestDifference(expected, mirrored), 1e-4F);
  for (size_t i = 0; i < expected.rows() * expected.cols(); ++i)
    expected.data()[i] += mirrored.data()[i];
  EXPECT_LT(LargestDifference(Embed(*model_, store_, options), expected), 2e-5F);
}

TEST_F(EmbedTest, SideBeforeTheNeck) {
  EmbedOptions options = Options(8);
  options.side = FeatureSide::kBeforeNeck;
  at::Tensor before;
  model_->Forward(Pixels(false), &before, nullptr, nullptr);
  const FloatMatrix features = Embed(*model_, store_, options);
  EXPECT_NEAR(features.row(36)[127], before[36][127].item<float>(), 1e-5F);
}

TEST_F(EmbedTest, LeavesTheModelAsItWas) {
  model_->SetTraining(true);
  const auto before = Copy(model_->State());
  Embed(*model_, store_, Options(8));
  EXPECT_TRUE(model_->training());
  EXPECT_TRUE(SameState(model_->State(), before));
  for (const at::Tensor& p : model_->Parameters()) EXPECT_FALSE(p.is_inference());
}

TEST_F(EmbedTest, NoImagesNoRows) {
  const MemoryStore empty(0, 64, 32);
  const FloatMatrix features = Embed(*model_, empty, Options(8));
  EXPECT_EQ(features.rows(), 0U);
  EXPECT_EQ(features.cols(), 128U);
}

TEST_F(EmbedTest, ImageSizeMustMatch) {
  const MemoryStore other(2, 128, 64);
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { Embed(*model_, other, Options(8)); }),
              HasSubstr("128x64"));
  MessageOf(ErrorCode::kConfig, [&] { Embed(*model_, store_, Options(0)); });
}

TEST_F(EmbedTest, DivergedWeightsAreNamed) {
  model_->State().at("neck.weight").detach().fill_(std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(MessageOf(ErrorCode::kTraining, [&] { Embed(*model_, store_, Options(8)); }),
              HasSubstr("image0"));
  EXPECT_FALSE(model_->training());
}

}  // namespace
}  // namespace bcr
