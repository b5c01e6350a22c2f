#pragma once

#include <string>
#include <vector>

namespace bcr {
class Random;
}

namespace bcr::pedsynth {

struct Rgb;

// One entry of a palette: how often it is worn, and its mean colour.
struct Swatch {
  double weight;
  double hue;         // degrees
  double saturation;  // [0, 1]
  double value;       // [0, 1]
};
using Palette = std::vector<Swatch>;

struct Span {
  double low, high;
};

// What makes one city look unlike another: what people wear, what stands behind them, and how good
// its cameras are. Probabilities in [0, 1]; lengths in body heights; angles in degrees.
struct Domain {
  std::string name;
  // Clothes.
  Palette tops, bottoms, shoes, bags, hair;
  std::vector<double> patterns;  // weights, in the order of enum Pattern
  double long_sleeves, open_front, coat, shorts, skirt, hat, backpack, handbag;
  Span skin_value;
  // Bodies, as shares of the average; leg and skirt in body heights.
  Span height{0.90, 1.08}, build{0.80, 1.28}, leg{0.455, 0.525}, shoulders{0.88, 1.14};
  Span head{0.92, 1.10}, skirt_length{0.16, 0.36};
  std::vector<double> haircuts{0.5, 2.4, 1.6, 1.6, 0.7};  // weights, in the order of enum Hair
  // Places: weights in the order of the wall and floor kinds of background.cc.
  std::vector<double> walls, floors;
  Palette paints;
  // Cameras: each camera draws its own value from each span.
  double cast;              // deviation of the logarithm of each channel's gain
  Palette lamps;            // colours of the light, one for each camera; none: daylight
  Span falloff{0.0, 0.35};  // how much darker the far side of a picture is
  Span brightness, contrast, gamma, saturation;
  Span resolution;  // share of the pixels in each direction that the sensor really has
  Span blur;        // deviation in pixels of a 128 x 64 image
  Span noise;       // deviation, in grey levels of [0, 1]
  Span jpeg_quality;
  Span elevation;  // how far the camera looks down
  // Pictures.
  double passer_by, post, box;  // probability of each occluder
  double crop_shift, crop_scale, truncation;
  double exposure;  // deviation of the logarithm of each picture's exposure
};

const Domain& DomainA();
const Domain& DomainB();
const Domain& DomainF();
// These three and those that are made of their parts (mixed_domains.cc).
const std::vector<const Domain*>& AllDomains();
// REQUIRES: a name of theirs.
const Domain& FindDomain(const std::string& name);

// Draws from a palette; the colour varies a little around the swatch.
Rgb DrawColour(const Palette& palette, Random& random);
// Draws an index with the given weights. REQUIRES: a positive sum.
size_t DrawIndex(const std::vector<double>& weights, Random& random);
double DrawFrom(Span span, Random& random);

}  // namespace bcr::pedsynth
