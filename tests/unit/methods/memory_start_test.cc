// How the memory of ClusterNCE starts an epoch: the means of clusters, or one image of each.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "methods/support/cluster_memory.h"
#include "tests/unit/methods/small_set.h"

namespace bcr {
namespace {

using testing::SmallSet;

// Five images of label 0, two of label 2, none of label 1, one of nobody.
struct Scene {
  FloatMatrix rows = FloatMatrix(8, 2);
  LabelSet labels;
  Scene() {
    labels.labels = {0, 2, 0, -1, 0, 2, 0, 0};
    labels.classes = 3;
    for (size_t i = 0; i < 8; ++i) {
      rows.row(i)[0] = static_cast<float>(std::cos(0.3 * static_cast<double>(i)));
      rows.row(i)[1] = static_cast<float>(std::sin(0.3 * static_cast<double>(i)));
    }
  }
  // The image whose feature row k of the memory is, or -1.
  int64_t ImageOf(const FloatMatrix& memory, size_t k) const {
    for (size_t i = 0; i < rows.rows(); ++i) {
      if (rows.row(i)[0] == memory.row(k)[0] && rows.row(i)[1] == memory.row(k)[1])
        return static_cast<int64_t>(i);
    }
    return -1;
  }
};

TEST(MemoryStart, EveryLabelGetsOneOfItsImagesAndEveryImageItsTurn) {
  const Scene scene;
  std::set<int64_t> first;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const FloatMatrix memory = OneRowOfEach(scene.rows, scene.labels, seed);
    ASSERT_EQ(memory.rows(), 3U);
    for (const size_t k : {size_t{0}, size_t{2}}) {
      const int64_t image = scene.ImageOf(memory, k);
      ASSERT_GE(image, 0);
      EXPECT_EQ(scene.labels.labels[static_cast<size_t>(image)], static_cast<int64_t>(k));
      if (k == 0) first.insert(image);
    }
    EXPECT_EQ(memory.row(1)[0], 0.0F);
    EXPECT_EQ(memory.row(1)[1], 0.0F);
  }
  EXPECT_EQ(first, (std::set<int64_t>{0, 2, 4, 6, 7}));
}

TEST(MemoryStart, TheSameSeedDrawsTheSameImages) {
  const Scene scene;
  EXPECT_EQ(OneRowOfEach(scene.rows, scene.labels, 5).row(0)[0],
            OneRowOfEach(scene.rows, scene.labels, 5).row(0)[0]);
}

// Two images of label 0 at right angles, one of label 1 against both. With the mean as memory every
// image of label 0 has the same loss; with an image as memory its own is the smaller one.
TEST(MemoryStart, TheObjectiveContrastsWithTheImageThatWasDrawn) {
  const SmallSet set({{1, 0}, {0, 1}, {-0.6F, -0.8F}}, {0, 0, 1});
  const auto loss = [&](const char* form, int64_t row) {
    const auto objective =
        set.Make("cluster-nce", {{"initialisation", form}, {"temperature", 1.0}});
    EpochStart start;
    start.features = [&]() -> const FloatMatrix& { return set.old.features; };
    objective->BeginEpoch(start);
    Batch batch;
    const float* feature = set.old.features.row(static_cast<size_t>(row));
    set.Fill({row}, {feature[0], feature[1]}, batch);
    batch.Set(Slot::kAfterNeck, batch[Slot::kCompatible]);
    Terms terms;
    objective->Compute(batch, terms);
    return terms.value(0).item<double>();
  };
  const auto expected = [](double own, double other) {
    return std::log(1 + std::exp(other - own));
  };
  EXPECT_NEAR(loss("mean", 0), expected(std::sqrt(0.5), -0.6), 1e-6);
  EXPECT_NEAR(loss("mean", 1), expected(std::sqrt(0.5), -0.8), 1e-6);
  const bool drew_first = loss("sample", 0) < loss("mean", 0);
  EXPECT_NEAR(loss("sample", 0), expected(drew_first ? 1 : 0, -0.6), 1e-6);
  EXPECT_NEAR(loss("sample", 1), expected(drew_first ? 0 : 1, -0.8), 1e-6);
}

}  // namespace
}  // namespace bcr
