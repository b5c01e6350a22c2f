// A third city drawn by hand, unlike the first two in climate, light and people, and of none of
// their parts: for training on several sources.
#include "datasets/pedsynth/domain.h"

namespace bcr::pedsynth {
namespace {

// Light printed cloth, wraps down to the ankle, sandals; few coats, which are against rain.
void Dress(Domain& d) {
  d.tops = {{1.6, 45, 0.10, 0.92},  {1.2, 48, 0.85, 0.90},  {1.3, 318, 0.70, 0.80},
            {1.2, 268, 0.60, 0.62}, {1.2, 172, 0.75, 0.62}, {1.0, 92, 0.65, 0.68},
            {1.1, 14, 0.85, 0.82},  {0.9, 350, 0.75, 0.52}, {0.8, 205, 0.80, 0.52},
            {0.8, 30, 0.55, 0.55},  {0.6, 0, 0.00, 0.16},   {0.6, 0, 0.00, 0.50}};
  d.bottoms = {{1.3, 28, 0.60, 0.40}, {1.1, 275, 0.55, 0.42}, {1.1, 165, 0.60, 0.42},
               {1.0, 48, 0.50, 0.80}, {1.0, 345, 0.65, 0.48}, {1.0, 0, 0.00, 0.14},
               {0.8, 0, 0.00, 0.88},  {0.8, 198, 0.45, 0.62}, {0.6, 100, 0.45, 0.40}};
  d.shoes = {{1.6, 24, 0.50, 0.45},
             {1.2, 0, 0.0, 0.15},
             {0.8, 45, 0.25, 0.80},
             {0.7, 200, 0.7, 0.6},
             {0.5, 350, 0.7, 0.7}};
  d.bags = {{1.0, 48, 0.80, 0.92}, {1.0, 130, 0.70, 0.55}, {1.0, 350, 0.75, 0.75},
            {0.8, 210, 0.75, 0.6}, {0.7, 35, 0.40, 0.68},  {0.6, 0, 0.0, 0.90},
            {0.5, 0, 0.0, 0.14}};
  d.hair = {
      {3.2, 20, 0.35, 0.08}, {1.2, 24, 0.50, 0.16}, {0.5, 0, 0.0, 0.45}, {0.3, 18, 0.7, 0.34}};
  d.patterns = {1.3, 1.1, 0.9, 1.3, 1.0, 1.1, 0.8, 1.6};
  d.long_sleeves = 0.20, d.open_front = 0.26, d.coat = 0.10, d.shorts = 0.26, d.skirt = 0.40;
  d.hat = 0.30, d.backpack = 0.16, d.handbag = 0.38;
  d.skin_value = {0.38, 0.74};
}

void Shape(Domain& d) {
  d.height = {0.84, 1.02}, d.build = {0.74, 1.16}, d.leg = {0.445, 0.510};
  d.shoulders = {0.84, 1.06}, d.head = {0.98, 1.16}, d.skirt_length = {0.20, 0.43};
  d.haircuts = {0.3, 1.8, 1.2, 2.4, 1.5};
}

// Shops and windows are lit, the ground mirrors them. Each camera stands under lamps of one colour:
// sodium, white diodes, mercury, signs.
void Light(Domain& d) {
  d.walls = {0.4, 0.2, 0.5, 0.2, 0.9, 0.3, 1.5, 1.8};
  d.floors = {0.5, 0.3, 0.0, 0.4, 0.3, 2.4};
  d.paints = {{1, 200, 0.35, 0.34}, {1, 280, 0.30, 0.36}, {1, 20, 0.40, 0.40},
              {1, 150, 0.30, 0.32}, {1, 330, 0.40, 0.44}, {1, 0, 0.0, 0.30}};
  d.lamps = {
      {1.6, 34, 0.42, 1.0}, {1.4, 212, 0.16, 1.0}, {0.8, 150, 0.24, 1.0}, {0.7, 315, 0.24, 1.0}};
  d.falloff = {0.25, 0.70};
  d.cast = 0.05;
  d.brightness = {0.50, 0.82}, d.contrast = {0.90, 1.22}, d.gamma = {0.78, 1.02};
  d.saturation = {0.50, 1.00}, d.resolution = {0.52, 0.90}, d.blur = {0.2, 0.9};
  d.noise = {0.020, 0.045}, d.jpeg_quality = {40, 82}, d.elevation = {4, 26};
}

Domain MakeDomainF() {
  Domain d{.name = "f"};
  Dress(d);
  Shape(d);
  Light(d);
  d.passer_by = 0.20, d.post = 0.05, d.box = 0.10;
  d.crop_shift = 0.035, d.crop_scale = 0.055, d.truncation = 0.07;
  d.exposure = 0.12;
  return d;
}

}  // namespace

const Domain& DomainF() {
  static const Domain domain = MakeDomainF();
  return domain;
}

}  // namespace bcr::pedsynth
