// Figures of generated images, of images and features whose relation is known.
#include "harness/run/generated_quality.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/random.h"
#include "tests/unit/data/listed_images.h"

namespace bcr {
namespace {

// Images of 2 x 2 pixels, each of one grey value.
class Greys : public testing::ListedImages {
 public:
  explicit Greys(size_t count) : ListedImages(2, 2) {
    for (size_t i = 0; i < count; ++i)
      Add({"grey" + std::to_string(i), "", ""}, std::vector<uint8_t>(12, static_cast<uint8_t>(i)));
  }
};

FloatMatrix Drawn(size_t rows, double shift, uint64_t seed) {
  Random random(seed);
  FloatMatrix drawn(rows, 6);
  for (size_t i = 0; i < rows * 6; ++i)
    drawn.data()[i] = static_cast<float>(random.Normal() + shift);
  return drawn;
}

double Of(const GeneratedQuality& quality, const char* figure) {
  return quality.figures.at(figure).get<double>();
}

TEST(GeneratedQuality, OfImagesLikeTheRealOnesIsThatOfTheRealOnes) {
  const Greys real(200), made(120);
  const GeneratedQuality alike = JudgeGenerated(real, Drawn(200, 1, 1), made, Drawn(120, 1, 2), 3);
  const GeneratedQuality other = JudgeGenerated(real, Drawn(200, 1, 1), made, Drawn(120, -1, 2), 3);
  EXPECT_EQ(Of(alike, "frechet_images"), 100);
  EXPECT_NEAR(Of(alike, "frechet_distance"), Of(alike, "frechet_distance_of_real_images"), 0.4);
  EXPECT_EQ(Of(other, "frechet_distance_of_real_images"),
            Of(alike, "frechet_distance_of_real_images"));
  EXPECT_GT(Of(other, "frechet_distance"), 20);  // means are 2 apart in six dimensions
  EXPECT_NEAR(Of(alike, "similarity_to_nearest"), Of(alike, "similarity_of_real_images"), 0.05);
  EXPECT_EQ(Of(alike, "copies"), 0);
}

TEST(GeneratedQuality, CopiesShow) {
  const Greys real(50), made(50);
  const FloatMatrix features = Drawn(50, 1, 1);
  const GeneratedQuality copied = JudgeGenerated(real, features, made, features, 3);
  EXPECT_EQ(Of(copied, "copies"), 50);
  EXPECT_NEAR(Of(copied, "similarity_to_nearest"), 1, 1e-6);
  EXPECT_LT(Of(copied, "similarity_of_real_images"), 0.999) << "an image is not its own neighbour";
}

// The sheet: two blocks of a row of generated images and three rows of their neighbours.
TEST(GeneratedQuality, TheSheetShowsNeighboursBelow) {
  const Greys real(40), made(32);
  FloatMatrix features(40, 40), same(32, 40);
  for (size_t i = 0; i < 40; ++i) features.row(i)[i] = 1;
  for (size_t i = 0; i < 32; ++i) same.row(i)[i + 5] = 1;
  const GeneratedQuality quality = JudgeGenerated(real, features, made, same, 3);
  const DecodedImage picture = DecodeImage(quality.sheet, "test");
  EXPECT_EQ(picture.height, 8 * 4 + 2);
  EXPECT_EQ(picture.width, 16 * 4 + 2);
  const auto grey = [&](int row, int column) {
    return picture.rgb[static_cast<size_t>(3 * ((2 + 4 * row) * picture.width + 2 + 4 * column))];
  };
  EXPECT_EQ(grey(0, 0), 0);
  EXPECT_EQ(grey(1, 0), 5) << "the real image with the same feature";
  EXPECT_EQ(grey(0, 15), 15);
  EXPECT_EQ(grey(1, 15), 20);
  EXPECT_EQ(grey(4, 0), 16) << "the second block goes on";
  EXPECT_EQ(grey(5, 0), 21);
}

}  // namespace
}  // namespace bcr
