#include "datasets/pedsynth/domain.h"

#include "datasets/pedsynth/canvas.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

// A sunny seaside town: bright, light clothes with many patterns; open squares; fair cameras.
Domain MakeDomainA() {
  Domain d;
  d.name = "a";
  d.tops = {{3.0, 40, 0.04, 0.95},  {1.2, 0, 0.00, 0.12},   {1.4, 0, 0.80, 0.80},
            {1.1, 50, 0.80, 0.95},  {1.6, 205, 0.50, 0.90}, {1.2, 225, 0.75, 0.42},
            {1.0, 130, 0.60, 0.60}, {0.9, 24, 0.85, 0.95},  {1.0, 340, 0.42, 0.95},
            {1.0, 0, 0.00, 0.55},   {0.7, 178, 0.60, 0.75}, {0.6, 280, 0.50, 0.60}};
  d.bottoms = {{2.0, 215, 0.60, 0.50}, {1.6, 215, 0.35, 0.75}, {1.4, 0, 0.0, 0.12},
               {1.2, 38, 0.30, 0.80},  {1.0, 0, 0.0, 0.92},    {0.8, 0, 0.0, 0.50},
               {0.6, 90, 0.35, 0.45},  {0.5, 0, 0.70, 0.65},   {0.4, 330, 0.40, 0.80}};
  d.shoes = {{2.0, 0, 0.0, 0.93},
             {1.2, 0, 0.0, 0.12},
             {1.0, 28, 0.55, 0.50},
             {0.7, 0, 0.8, 0.75},
             {0.5, 210, 0.7, 0.7}};
  d.bags = {{1.0, 0, 0.0, 0.14},   {1.0, 0, 0.80, 0.75}, {0.9, 215, 0.70, 0.65},
            {0.8, 28, 0.60, 0.55}, {0.6, 55, 0.75, 0.9}, {0.6, 140, 0.55, 0.5}};
  d.hair = {{2.0, 25, 0.60, 0.22},
            {1.2, 20, 0.3, 0.10},
            {1.0, 32, 0.60, 0.45},
            {0.9, 45, 0.50, 0.80},
            {0.4, 0, 0.0, 0.65}};
  d.patterns = {3.2, 1.5, 0.7, 1.1, 1.3, 1.0, 1.2, 0.8};
  d.long_sleeves = 0.25, d.open_front = 0.15, d.coat = 0.04, d.shorts = 0.36, d.skirt = 0.24;
  d.hat = 0.22, d.backpack = 0.24, d.handbag = 0.26;
  d.skin_value = {0.45, 0.95};
  d.walls = {1.4, 0.5, 1.0, 0.8, 0.5, 1.4};
  d.floors = {0.5, 1.6, 1.2, 1.0, 0.4};
  d.paints = {{1, 40, 0.25, 0.90}, {1, 20, 0.45, 0.80},  {1, 200, 0.20, 0.85},
              {1, 55, 0.35, 0.92}, {1, 350, 0.30, 0.80}, {1, 100, 0.35, 0.60}};
  d.cast = 0.08;
  d.brightness = {0.84, 1.16}, d.contrast = {0.82, 1.10}, d.gamma = {0.90, 1.18};
  d.saturation = {0.70, 1.15}, d.resolution = {0.60, 1.0}, d.blur = {0.0, 0.7};
  d.noise = {0.006, 0.022}, d.jpeg_quality = {55, 92}, d.elevation = {2, 22};
  d.passer_by = 0.14, d.post = 0.05, d.box = 0.07;
  d.crop_shift = 0.035, d.crop_scale = 0.05, d.truncation = 0.06;
  d.exposure = 0.09;
  return d;
}

// A northern city in winter: dark, muted, layered clothes; brick, glass and wet roads; steep,
// coarse and noisy cameras under lamps.
Domain MakeDomainB() {
  Domain d;
  d.name = "b";
  d.tops = {{2.6, 0, 0.00, 0.10},   {1.6, 0, 0.00, 0.30},   {1.6, 222, 0.60, 0.28},
            {1.0, 140, 0.40, 0.30}, {1.3, 28, 0.50, 0.36},  {1.2, 38, 0.32, 0.68},
            {1.0, 350, 0.65, 0.38}, {1.0, 0, 0.00, 0.58},   {0.5, 0, 0.00, 0.90},
            {0.6, 42, 0.75, 0.66},  {0.6, 200, 0.45, 0.55}, {0.4, 5, 0.80, 0.68}};
  d.bottoms = {{2.6, 0, 0.0, 0.10},   {1.8, 220, 0.50, 0.28}, {1.2, 0, 0.0, 0.32},
               {0.8, 30, 0.45, 0.34}, {0.7, 38, 0.30, 0.60},  {0.5, 215, 0.35, 0.60},
               {0.4, 80, 0.35, 0.32}};
  d.shoes = {{2.6, 0, 0.0, 0.10}, {1.2, 25, 0.55, 0.34}, {0.9, 0, 0.0, 0.85}, {0.5, 30, 0.6, 0.6}};
  d.bags = {{1.8, 0, 0.0, 0.10},   {1.0, 222, 0.55, 0.35}, {0.8, 0, 0.0, 0.45},
            {0.8, 28, 0.55, 0.42}, {0.6, 0, 0.75, 0.6},    {0.4, 90, 0.45, 0.45}};
  d.hair = {{1.4, 25, 0.50, 0.20},
            {1.6, 20, 0.3, 0.08},
            {0.9, 32, 0.55, 0.40},
            {1.2, 45, 0.45, 0.75},
            {0.7, 0, 0.0, 0.62}};
  d.patterns = {4.2, 0.9, 0.8, 1.2, 1.8, 1.4, 0.7, 0.3};
  d.long_sleeves = 0.97, d.open_front = 0.38, d.coat = 0.36, d.shorts = 0.02, d.skirt = 0.14;
  d.hat = 0.38, d.backpack = 0.36, d.handbag = 0.24;
  d.skin_value = {0.55, 0.95};
  d.walls = {0.4, 1.6, 0.8, 1.5, 1.2, 0.3};
  d.floors = {1.6, 0.8, 0.3, 0.8, 1.5};
  d.paints = {{1, 15, 0.55, 0.45}, {1, 215, 0.20, 0.40}, {1, 0, 0.0, 0.50},
              {1, 30, 0.30, 0.40}, {1, 190, 0.25, 0.32}, {1, 0, 0.0, 0.25}};
  d.cast = 0.08;
  d.brightness = {0.92, 1.30}, d.contrast = {0.82, 1.15}, d.gamma = {0.74, 0.98};
  d.saturation = {0.60, 1.05}, d.resolution = {0.55, 0.92}, d.blur = {0.1, 0.8};
  d.noise = {0.010, 0.026}, d.jpeg_quality = {35, 80}, d.elevation = {6, 32};
  d.passer_by = 0.16, d.post = 0.06, d.box = 0.08;
  d.crop_shift = 0.035, d.crop_scale = 0.055, d.truncation = 0.07;
  d.exposure = 0.09;
  return d;
}

}  // namespace

const Domain& DomainA() {
  static const Domain domain = MakeDomainA();
  return domain;
}

const Domain& DomainB() {
  static const Domain domain = MakeDomainB();
  return domain;
}

size_t DrawIndex(const std::vector<double>& weights, Random& random) {
  double total = 0;
  for (double w : weights) total += w;
  double left = random.Uniform() * total;
  for (size_t i = 0; i + 1 < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return weights.size() - 1;
}

Rgb DrawColour(const Palette& palette, Random& random) {
  std::vector<double> weights;
  weights.reserve(palette.size());
  for (const Swatch& swatch : palette) weights.push_back(swatch.weight);
  const Swatch& swatch = palette[DrawIndex(weights, random)];
  const double hue = swatch.hue + random.Uniform(-10, 10);
  const double saturation = swatch.saturation * random.Uniform(0.8, 1.2);
  const double value = swatch.value * random.Uniform(0.85, 1.12);
  return FromHsv(hue, saturation, value);
}

double DrawFrom(Span span, Random& random) { return random.Uniform(span.low, span.high); }

}  // namespace bcr::pedsynth
