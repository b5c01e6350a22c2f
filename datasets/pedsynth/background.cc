#include "datasets/pedsynth/background.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "datasets/pedsynth/domain.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

// In the order of Domain::walls and Domain::floors.
enum class Wall { kPlaster, kBrick, kPanels, kWindows, kShutters, kHedge, kLitWindows, kSign };
enum class Floor { kAsphalt, kTiles, kGrass, kCobbles, kRoad, kWet };

float Fraction(float x) { return x - std::floor(x); }

// Positions below are in units of a picture's height.
constexpr float kSceneWidth = 3.0F;

// A stretch of one front of the street.
struct Front {
  Wall wall;
  Rgb paint, trim;
  float end;  // where the next one begins
  uint64_t noise;
};

struct Scene {
  std::vector<Front> fronts;
  Floor floor;
  Rgb ground;
  float horizon;
  uint64_t noise;
};

Rgb WallColour(const Front& s, float x, float y) {
  const float grain = 0.9F + 0.2F * ValueNoise(s.noise, x * 14, y * 14);
  switch (s.wall) {
    case Wall::kPlaster:
      return s.paint * (grain * (0.85F + 0.3F * ValueNoise(s.noise + 1, x * 2, y * 2)));
    case Wall::kBrick: {
      const float row = std::floor(y / 0.045F);
      const bool joint = Fraction(y / 0.045F) < 0.16F || Fraction(x / 0.11F + 0.5F * row) < 0.07F;
      return (joint ? Mix(s.paint, s.trim, 0.6F) : s.paint) * grain;
    }
    case Wall::kPanels: {
      const bool joint = Fraction(x / 0.3F) < 0.03F || Fraction(y / 0.22F) < 0.04F;
      return s.paint * (joint ? 0.6F : 0.95F + 0.1F * Fraction(std::floor(x / 0.3F) * 0.37F));
    }
    case Wall::kWindows: {
      const float fx = Fraction(x / 0.34F), fy = Fraction((y + 0.1F) / 0.4F);
      const bool glass = fx > 0.16F && fx < 0.84F && fy > 0.2F && fy < 0.85F;
      const bool bar = std::fabs(fx - 0.5F) < 0.03F;
      if (glass && !bar) return Mix(s.trim, {0.55F, 0.65F, 0.75F}, 0.25F + 0.5F * (1 - fy)) * grain;
      return s.paint * grain;
    }
    case Wall::kShutters:
      return s.paint * (Fraction(y / 0.035F) < 0.5F ? 0.75F : 1.0F);
    case Wall::kHedge: {
      const float leaf = ValueNoise(s.noise, x * 34, y * 34);
      return Rgb{0.20F, 0.38F, 0.14F} * (0.45F + leaf + 0.3F * ValueNoise(s.noise, x * 8, y * 8));
    }
    case Wall::kLitWindows: {
      const float fx = Fraction(x / 0.26F), fy = Fraction((y + 0.1F) / 0.32F);
      const bool glass = fx > 0.2F && fx < 0.8F && fy > 0.25F && fy < 0.8F;
      const bool lit = ValueNoise(s.noise, std::floor(x / 0.26F), std::floor(y / 0.32F)) > 0.4F;
      if (glass && lit) return Rgb{1.7F, 1.35F, 0.8F} * (0.8F + 0.3F * fy);
      return s.paint * (glass ? 0.25F : grain);
    }
    case Wall::kSign: {  // an open shop below its luminous sign
      if (y < 0.12F) return s.paint * (0.6F * grain);
      if (y < 0.25F) return Fraction(x / 0.07F) < 0.55F ? s.trim * 3.2F : s.trim * 1.6F;
      const float shelf = Fraction(y / 0.11F) < 0.15F ? 0.4F : 1.0F;
      const float goods = 0.5F + ValueNoise(s.noise, x * 22, y * 22);
      return Mix(s.paint, {1.1F, 0.95F, 0.7F}, 0.5F) * (shelf * goods);
    }
  }
  return s.paint;
}

Rgb FloorColour(const Scene& s, float x, float y) {
  const float below = std::max(0.02F, y - s.horizon);
  const float depth = 0.25F / below;  // rows shrink towards the horizon
  const float across = (x - 0.5F * kSceneWidth) * (0.35F + 0.6F * depth);
  const float grain = 0.88F + 0.24F * ValueNoise(s.noise + 7, x * 50, y * 60);
  switch (s.floor) {
    case Floor::kAsphalt:
      return s.ground * (grain * 0.62F);
    case Floor::kTiles: {
      const bool joint = Fraction(depth * 3) < 0.10F || Fraction(across * 3) < 0.07F;
      return s.ground * ((joint ? 0.72F : 1.0F) * grain);
    }
    case Floor::kGrass: {
      const float blade = ValueNoise(s.noise + 9, x * 60, y * 30);
      return Rgb{0.33F, 0.47F, 0.18F} * (0.6F + 0.7F * blade);
    }
    case Floor::kCobbles: {
      const float row = std::floor(depth * 7);
      const bool joint = Fraction(depth * 7) < 0.22F || Fraction(across * 6 + 0.5F * row) < 0.16F;
      return s.ground * ((joint ? 0.55F : 0.85F) * grain);
    }
    case Floor::kRoad: {
      const bool line = below > 0.16F && below < 0.20F;
      const bool kerb = below < 0.05F;
      if (kerb) return s.ground * 0.95F;
      return (line ? Rgb{0.82F, 0.82F, 0.76F} : s.ground * 0.45F) * grain;
    }
    case Floor::kWet: {  // lamps and signs are mirrored in streaks that run towards the camera
      const float streak = ValueNoise(s.noise + 11, x * 9, y * 1.5F);
      const float shine = std::max(0.0F, streak - 0.55F) * (1.0F - 0.6F * Clamp01(below * 2.5F));
      return s.ground * (0.4F * grain) + Rgb{1.5F, 1.2F, 0.8F} * shine;
    }
  }
  return s.ground;
}

void DrawCar(Canvas& canvas, Point at, float unit, Rgb paint) {
  const float w = 0.36F * unit, h = 0.13F * unit;
  FillEllipse(canvas, {at.x, at.y - 1.1F * h}, w * 0.62F, h * 1.1F, [&](float, float v) {
    return v < 0.55F ? Rgb{0.25F, 0.3F, 0.35F} : paint;
  });
  FillBox(canvas, {at.x - w, at.y - h * 1.2F}, {at.x + w, at.y}, paint);
  for (float side : {-0.6F, 0.6F}) {
    FillEllipse(canvas, {at.x + side * w, at.y}, h * 0.5F, h * 0.5F, [](float, float) {
      return Rgb{0.06F, 0.06F, 0.07F};
    });
  }
}

void DrawTree(Canvas& canvas, Point at, float unit, uint64_t noise) {
  FillBox(canvas, {at.x - 0.025F * unit, at.y - 0.6F * unit}, {at.x + 0.025F * unit, at.y},
          {0.32F, 0.23F, 0.16F});
  FillEllipse(canvas, {at.x, at.y - 0.75F * unit}, 0.22F * unit, 0.24F * unit,
              [&](float u, float v) {
                return Rgb{0.2F, 0.36F, 0.15F} * (0.6F + 0.8F * ValueNoise(noise, 5 * u, 9 * v));
              });
}

// Things that stand about, back to front.
void DrawThings(Canvas& canvas, const Domain& domain, const Scene& s, float unit, Random& random) {
  const int count = 3 + static_cast<int>(random.Below(5));
  const auto width = static_cast<double>(canvas.width());
  for (int i = 0; i < count; ++i) {
    const auto x = static_cast<float>(random.Uniform(0, width));
    const float y = unit * (s.horizon + static_cast<float>(random.Uniform(0.01, 0.08)));
    const Rgb paint = DrawColour(domain.tops, random);
    switch (random.Below(5)) {
      case 0:
        DrawCar(canvas, {x, y + 0.04F * unit}, unit, paint);
        break;
      case 1:
        DrawTree(canvas, {x, y}, unit, s.noise + static_cast<uint64_t>(i));
        break;
      case 2:  // lamp post
        FillBox(canvas, {x - 0.012F * unit, 0}, {x + 0.012F * unit, y}, {0.25F, 0.26F, 0.28F});
        break;
      case 3:  // poster
        FillBox(canvas, {x, y - 0.5F * unit}, {x + 0.2F * unit, y - 0.22F * unit}, paint);
        FillBox(canvas, {x + 0.02F * unit, y - 0.36F * unit}, {x + 0.18F * unit, y - 0.32F * unit},
                DrawColour(domain.bags, random));
        break;
      default:  // door
        FillBox(canvas, {x, y - 0.42F * unit}, {x + 0.18F * unit, unit * s.horizon}, paint * 0.7F);
        FillBox(canvas, {x + 0.02F * unit, y - 0.39F * unit},
                {x + 0.16F * unit, unit * (s.horizon - 0.2F)}, paint * 0.45F);
    }
  }
}

Scene DesignScene(const Domain& domain, Random& random) {
  Scene s;
  for (float x = 0; x < kSceneWidth;) {
    Front front;
    front.wall = static_cast<Wall>(DrawIndex(domain.walls, random));
    front.paint = DrawColour(domain.paints, random);
    front.trim = DrawColour(domain.paints, random) * 0.7F;
    front.noise = random.Next();
    x += static_cast<float>(random.Uniform(0.3, 0.9));
    front.end = x;
    s.fronts.push_back(front);
  }
  s.floor = static_cast<Floor>(DrawIndex(domain.floors, random));
  s.ground = Mix(DrawColour(domain.paints, random), {0.6F, 0.58F, 0.55F}, 0.65F);
  s.horizon = static_cast<float>(random.Uniform(0.5, 0.9));
  s.noise = random.Next();
  return s;
}

}  // namespace

Canvas DrawScene(const Domain& domain, int height, int width, uint64_t seed) {
  Random random(seed);
  const Scene s = DesignScene(domain, random);
  const auto unit = static_cast<float>(height);
  Canvas canvas(height * 3 / 2, std::max(2 * width, static_cast<int>(kSceneWidth * unit)));
  for (int x = 0; x < canvas.width(); ++x) {
    const float sx = (static_cast<float>(x) + 0.5F) / unit;
    size_t front = 0;
    while (front + 1 < s.fronts.size() && sx > s.fronts[front].end) ++front;
    for (int y = 0; y < canvas.height(); ++y) {
      const float sy = (static_cast<float>(y) + 0.5F) / unit;
      canvas.at(y, x) =
          sy < s.horizon ? WallColour(s.fronts[front], sx, sy) : FloorColour(s, sx, sy);
    }
  }
  DrawThings(canvas, domain, s, unit, random);
  return canvas;
}

void CopyView(const Canvas& scene, float left, float top, float zoom, Canvas& picture) {
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      picture.at(y, x) = scene.Sample(top + (static_cast<float>(y) + 0.5F) * zoom,
                                      left + (static_cast<float>(x) + 0.5F) * zoom);
    }
  }
}

}  // namespace bcr::pedsynth
