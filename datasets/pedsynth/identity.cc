#include "datasets/pedsynth/identity.h"

#include <cmath>

#include "datasets/pedsynth/domain.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

float Draw(Random& random, double low, double high) {
  return static_cast<float>(random.Uniform(low, high));
}

float Draw(Random& random, Span span) { return Draw(random, span.low, span.high); }

float Luma(Rgb c) { return 0.3F * c.r + 0.59F * c.g + 0.11F * c.b; }

// A second colour that can be told from the first: prints nobody can see are no prints.
Rgb DrawContrast(const Palette& palette, Rgb first, Random& random) {
  Rgb second = DrawColour(palette, random);
  for (int i = 0; i < 6 && std::fabs(Luma(second) - Luma(first)) < 0.22F; ++i) {
    second = DrawColour(palette, random);
  }
  if (std::fabs(Luma(second) - Luma(first)) < 0.22F) {
    second = Luma(first) > 0.45F ? Rgb{0.1F, 0.1F, 0.12F} : Rgb{0.88F, 0.88F, 0.86F};
  }
  return second;
}

Cloth DrawCloth(const Palette& palette, const std::vector<double>& patterns, Random& random) {
  Cloth cloth;
  cloth.base = DrawColour(palette, random);
  cloth.second = DrawContrast(palette, cloth.base, random);
  cloth.pattern = static_cast<Pattern>(DrawIndex(patterns, random));
  cloth.period = Draw(random, 0.065, 0.13);
  cloth.phase = Draw(random, 0, 1);
  return cloth;
}

void DrawBody(const Domain& domain, Identity& person, Random& random) {
  person.height = Draw(random, domain.height);
  person.build = Draw(random, domain.build);
  person.leg = Draw(random, domain.leg);
  person.shoulders = Draw(random, domain.shoulders);
  person.head = Draw(random, domain.head);
  const double value = DrawFrom(domain.skin_value, random);
  person.skin = FromHsv(random.Uniform(16, 28), 0.62 - 0.34 * value, value);
  person.hair_colour = DrawColour(domain.hair, random);
  person.hair = static_cast<Hair>(DrawIndex(domain.haircuts, random));
  if (random.Chance(domain.hat)) person.hair = random.Chance(0.5) ? Hair::kCap : Hair::kBeanie;
  person.hat_colour = DrawColour(domain.bags, random);
  person.stride = Draw(random, 0.28, 0.55);
}

void DrawTop(const Domain& domain, Identity& person, Random& random) {
  person.top = DrawCloth(domain.tops, domain.patterns, random);
  person.long_sleeves = random.Chance(domain.long_sleeves);
  person.sleeves = random.Chance(0.22) ? person.top.second : person.top.base;
  person.open_front = random.Chance(domain.open_front);
  person.inner = DrawContrast(domain.tops, person.top.base, random);
  const bool coat = random.Chance(domain.coat);
  person.hem = coat ? Draw(random, 0.10, 0.27) : Draw(random, -0.02, 0.06);
}

void DrawLower(const Domain& domain, Identity& person, Random& random) {
  const std::vector<double> prints = {7.0, 0.2, 0.5, 0.6, 0.6, 0.5, 0.0, 0.3};
  person.lower = DrawCloth(domain.bottoms, prints, random);
  person.bottom = static_cast<Bottom>(
      DrawIndex({1.0 - domain.shorts - domain.skirt, domain.shorts, domain.skirt}, random));
  person.lower_width = Draw(random, 0.82, 1.32);
  person.lower_length = person.bottom == Bottom::kSkirt ? Draw(random, domain.skirt_length)
                                                        : Draw(random, 0.13, 0.25);
  person.side_stripe = random.Chance(0.14);
  person.shoes = DrawColour(domain.shoes, random);
  person.boots = random.Chance(0.22) ? Draw(random, 0.10, 0.19) : 0.035F;
}

void DrawBag(const Domain& domain, Identity& person, Random& random) {
  const double none = 1.0 - domain.backpack - domain.handbag;
  person.bag = static_cast<Bag>(
      DrawIndex({none, domain.backpack, domain.handbag * 0.5, domain.handbag * 0.5}, random));
  person.bag_colour = DrawContrast(domain.bags, person.top.base, random);
  person.bag_size = Draw(random, 0.8, 1.3);
  person.bag_side = random.Chance(0.5) ? 1.0F : -1.0F;
}

float Fraction(float x) { return x - std::floor(x); }

}  // namespace

Rgb Cloth::At(float azimuth, float down, float length) const {
  const float around = azimuth * 0.11F;  // arc length on a body of that radius
  const float share = down / length;
  switch (pattern) {
    case Pattern::kPlain:
      return base;
    case Pattern::kStripes:
      return Fraction(down / period + phase) < 0.45F ? second : base;
    case Pattern::kPinstripes:
      return Fraction(around / (0.6F * period) + phase) < 0.4F ? second : base;
    case Pattern::kChecks: {
      const bool rows = Fraction(down / period + phase) < 0.5F;
      const bool columns = Fraction(around / period + phase) < 0.5F;
      if (rows && columns) return second;
      return rows || columns ? Mix(base, second, 0.45F) : base;
    }
    case Pattern::kTwoTone:
      return share < 0.3F + 0.35F * phase ? second : base;
    case Pattern::kBand:
      return std::fabs(share - 0.35F - 0.3F * phase) < 0.5F * period / length ? second : base;
    case Pattern::kLogo: {
      const float dx = around / (0.4F + phase), dy = down - 0.12F;
      return dx * dx + dy * dy < period * period * 0.4F ? second : base;
    }
    case Pattern::kDots: {
      const float row = std::floor(down / (0.6F * period));
      const float dx = Fraction(around / (0.6F * period) + 0.5F * Fraction(row * 0.5F) * 2) - 0.5F;
      const float dy = Fraction(down / (0.6F * period)) - 0.5F;
      return dx * dx + dy * dy < 0.09F ? second : base;
    }
  }
  return base;
}

Identity DrawIdentity(const Domain& domain, uint64_t seed) {
  Identity person;
  // A stream a part: a new option of one garment leaves the others as they were.
  Random body(DeriveSeed(seed, "body")), top(DeriveSeed(seed, "top"));
  Random lower(DeriveSeed(seed, "lower")), bag(DeriveSeed(seed, "bag"));
  DrawBody(domain, person, body);
  DrawTop(domain, person, top);
  DrawLower(domain, person, lower);
  DrawBag(domain, person, bag);
  return person;
}

}  // namespace bcr::pedsynth
