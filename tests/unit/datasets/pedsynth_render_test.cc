#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "datasets/pedsynth/colour_baseline.h"
#include "datasets/pedsynth/domain.h"
#include "datasets/pedsynth/identity.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/plan.h"
#include "datasets/pedsynth/render.h"
#include "harness/core/hash.h"

namespace bcr::pedsynth {
namespace {

Options Tiny(const std::string& domain) {
  Options options;
  options.domain = domain;
  options.identities = 3;
  options.test_identities = 2;
  options.images = 4;
  options.cameras = 3;
  options.distractors = 3;
  options.junk = 2;
  return options;
}

// Paths and pixels of a whole set, before JPEG: bytes of an encoder change with its version.
std::string ContentHash(const Options& options) {
  const City city = BuildCity(options);
  Hasher hasher;
  for (size_t group = 0; group < GroupCount(options); ++group) {
    for (const Shot& shot : PlanGroup(options, group)) {
      const Picture picture = Render(city, shot);
      hasher.AddText(shot.path).Add(picture.rgb.data(), picture.rgb.size());
    }
  }
  return hasher.Hex();
}

// Revision 1 is frozen: a change here changes every published figure and needs a new kRevision.
TEST(PedsynthRender, RevisionOneDrawsTheseContents) {
  ASSERT_EQ(kRevision, 1);
  EXPECT_EQ(ContentHash(Tiny("a")), "60b54ccd49314632953ed9213a9a2cab");
  EXPECT_EQ(ContentHash(Tiny("b")), "a8f137dbc7f720dc3c681217f0023f62");
  EXPECT_EQ(ContentHash(Tiny("c")), "2c9b6c38894c41376e1df86ef4cdd4c8");
  EXPECT_EQ(ContentHash(Tiny("d")), "f58527abf78de18068da05c2e1a3272b");
  EXPECT_EQ(ContentHash(Tiny("e")), "3286c5d1dafa62ffd77c6c7378b79d94");
  EXPECT_EQ(ContentHash(Tiny("f")), "995d1ee000f8e7d79f42f4912c8f5eea");
}

// Mean grey level of all pictures of a set with six cameras.
double MeanGrey(const std::string& domain) {
  Options options = Tiny(domain);
  options.cameras = 6;
  options.identities = 12;
  const City city = BuildCity(options);
  double sum = 0, count = 0;
  for (size_t group = 0; group < GroupCount(options); ++group) {
    for (const Shot& shot : PlanGroup(options, group)) {
      const Picture picture = Render(city, shot);
      for (const uint8_t value : picture.rgb) sum += value;
      count += static_cast<double>(picture.rgb.size());
    }
  }
  return sum / count;
}

TEST(PedsynthRender, TheCityAtNightIsDarkerThanTheOthers) {
  const double night = MeanGrey("f");
  EXPECT_LT(night, 0.85 * MeanGrey("a"));
  EXPECT_LT(night, 0.85 * MeanGrey("b"));
  EXPECT_GT(night, 40) << "people must be seen";
}

TEST(PedsynthIdentity, PeopleOfTheCityAtNightAreSmallerAndLighter) {
  const auto mean = [](const Domain& domain, float Identity::*trait) {
    double sum = 0;
    for (uint64_t seed = 0; seed < 200; ++seed) sum += DrawIdentity(domain, seed).*trait;
    return sum / 200;
  };
  EXPECT_LT(mean(DomainF(), &Identity::height), mean(DomainA(), &Identity::height) - 0.03);
  EXPECT_LT(mean(DomainF(), &Identity::build), mean(DomainB(), &Identity::build) - 0.04);
}

TEST(PedsynthRender, TheSeedChangesEverything) {
  Options other = Tiny("a");
  other.seed = 2;
  EXPECT_NE(ContentHash(Tiny("a")), ContentHash(other));
}

TEST(PedsynthRender, AnySizeIsDrawn) {
  for (const auto& [height, width] : {std::pair{32, 16}, {64, 32}, {40, 200}, {256, 128}}) {
    Options options = Tiny("b");
    options.height = height;
    options.width = width;
    const City city = BuildCity(options);
    for (const Shot& shot : PlanGroup(options, 0)) {
      const Picture picture = Render(city, shot);
      EXPECT_EQ(picture.height, height);
      EXPECT_EQ(picture.width, width);
      EXPECT_EQ(picture.rgb.size(), static_cast<size_t>(height) * width * 3);
    }
  }
}

TEST(PedsynthColour, RowsAreUnitLengthAndSeeColourAndPlace) {
  const int height = 12, width = 4;
  std::vector<uint8_t> red(static_cast<size_t>(height) * width * 3, 0), mixed = red;
  for (size_t i = 0; i < red.size(); i += 3) red[i] = 200;
  mixed = red;
  for (size_t i = 0; i < mixed.size() / 2; i += 3) {  // the upper half becomes blue
    mixed[i] = 0;
    mixed[i + 2] = 200;
  }
  const auto a = ColourFeature(red.data(), height, width);
  const auto b = ColourFeature(mixed.data(), height, width);
  ASSERT_EQ(a.size(), kColourDim);
  double length = 0, dot = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    length += static_cast<double>(a[i]) * a[i];
    dot += static_cast<double>(a[i]) * b[i];
  }
  EXPECT_NEAR(length, 1.0, 1e-6);
  EXPECT_NEAR(dot, 0.5, 1e-6);  // three of six stripes agree
}

TEST(PedsynthColour, TheMiddleColumnsWeighMore) {
  const int height = 6, width = 10;
  std::vector<uint8_t> edge(static_cast<size_t>(height) * width * 3, 0), middle = edge;
  for (int y = 0; y < height; ++y) {
    edge[static_cast<size_t>(y * width) * 3] = 255;
    middle[static_cast<size_t>(y * width + 5) * 3] = 255;
  }
  const std::vector<uint8_t> black(edge.size(), 0);
  const auto none = ColourFeature(black.data(), height, width);
  const auto a = ColourFeature(edge.data(), height, width);
  const auto b = ColourFeature(middle.data(), height, width);
  double with_edge = 0, with_middle = 0;
  for (size_t i = 0; i < none.size(); ++i) {
    with_edge += static_cast<double>(none[i]) * a[i];
    with_middle += static_cast<double>(none[i]) * b[i];
  }
  EXPECT_GT(with_edge, with_middle + 0.05);
}

}  // namespace
}  // namespace bcr::pedsynth
