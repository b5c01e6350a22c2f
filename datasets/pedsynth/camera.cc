#include "datasets/pedsynth/camera.h"

#include <algorithm>
#include <cmath>

#include "datasets/pedsynth/background.h"
#include "datasets/pedsynth/domain.h"
#include "datasets/pedsynth/figure.h"
#include "datasets/pedsynth/lens.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

constexpr float kPi = 3.14159265F;

float Draw(Span span, Random& random) { return static_cast<float>(DrawFrom(span, random)); }

// Light and colour response, in place.
void Develop(const Camera& camera, Canvas& canvas, Random& random) {
  const auto exposure = static_cast<float>(std::exp(camera.exposure * random.Normal()));
  Rgb gain = camera.gain * (camera.brightness * exposure);
  for (float* channel : {&gain.r, &gain.g, &gain.b}) {
    *channel *= static_cast<float>(std::exp(0.35 * camera.exposure * random.Normal()));
  }
  constexpr int kSteps = 1024;
  std::vector<float> tone(kSteps + 1);
  for (int i = 0; i <= kSteps; ++i) {
    const float x = std::pow(static_cast<float>(i) / kSteps, camera.gamma);
    tone[static_cast<size_t>(i)] = Clamp01(0.5F + (x - 0.5F) * camera.contrast);
  }
  const auto apply = [&](float x) { return tone[static_cast<size_t>(Clamp01(x) * kSteps + 0.5F)]; };
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const float side = 2.0F * static_cast<float>(x) / static_cast<float>(canvas.width()) - 1.0F;
      const float lit = 1.0F + camera.falloff * camera.light * side;
      Rgb& c = canvas.at(y, x);
      const float grey = 0.3F * c.r + 0.59F * c.g + 0.11F * c.b;
      const Rgb vivid = Mix({grey, grey, grey}, c, camera.saturation);
      c = {apply(vivid.r * gain.r * lit), apply(vivid.g * gain.g * lit),
           apply(vivid.b * gain.b * lit)};
    }
  }
}

// Light of a lamp's colour; its brightness is the camera's.
Rgb LampGain(Rgb gain, Rgb lamp) {
  const float grey = std::cbrt(lamp.r * lamp.g * lamp.b);
  return {gain.r * lamp.r / grey, gain.g * lamp.g / grey, gain.b * lamp.b / grey};
}

}  // namespace

Camera DrawCamera(const Domain& domain, int height, int width, uint64_t seed) {
  Camera camera;
  camera.scene = DrawScene(domain, height, width, DeriveSeed(seed, "scene"));
  Random random(DeriveSeed(seed, "camera"));
  const auto gain = [&] { return static_cast<float>(std::exp(domain.cast * random.Normal())); };
  const float r = gain(), g = gain(), b = gain();
  const float grey = std::cbrt(r * g * b);  // the cast changes colour; brightness has its own span
  camera.gain = {r / grey, g / grey, b / grey};
  camera.brightness = Draw(domain.brightness, random);
  camera.contrast = Draw(domain.contrast, random);
  camera.gamma = Draw(domain.gamma, random);
  camera.saturation = Draw(domain.saturation, random);
  camera.light = static_cast<float>(random.Uniform(-1, 1));
  camera.falloff = Draw(domain.falloff, random);
  camera.resolution = Draw(domain.resolution, random);
  camera.blur = Draw(domain.blur, random) * static_cast<float>(height) / 128.0F;
  camera.noise = Draw(domain.noise, random);
  camera.jpeg_quality = static_cast<int>(DrawFrom(domain.jpeg_quality, random));
  for (int i = 0; i < 4; ++i) camera.views.push_back(0.12 + random.Uniform() * random.Uniform());
  camera.elevation = Draw(domain.elevation, random) * kPi / 180.0F;
  camera.size = static_cast<float>(random.Uniform(0.93, 1.05));
  camera.exposure = static_cast<float>(domain.exposure);
  if (!domain.lamps.empty()) camera.gain = LampGain(camera.gain, DrawColour(domain.lamps, random));
  return camera;
}

Pose DrawPose(const Camera& camera, Random& random) {
  Pose pose;
  const auto quarter = static_cast<float>(DrawIndex(camera.views, random));
  pose.view = quarter * kPi / 2 + static_cast<float>(random.Uniform(-0.55, 0.55));
  pose.elevation = camera.elevation + static_cast<float>(random.Uniform(-0.05, 0.05));
  pose.phase = static_cast<float>(random.Uniform(0, 2 * kPi));
  pose.effort = random.Chance(0.18) ? 0.15F : static_cast<float>(random.Uniform(0.6, 1.1));
  pose.arm_bend =
      static_cast<float>(random.Chance(0.15) ? random.Uniform(1.0, 1.9) : random.Uniform(0.1, 0.5));
  pose.lean = static_cast<float>(random.Uniform(-0.05, 0.05));
  return pose;
}

Picture Expose(const Camera& camera, Canvas& canvas, Random& random) {
  Develop(camera, canvas, random);
  const auto focus = static_cast<float>(random.Uniform(0.8, 1.15));
  Coarsen(canvas, std::min(1.0F, camera.resolution * focus));
  Blur(canvas, camera.blur * static_cast<float>(random.Uniform(0.6, 1.4)));
  Picture picture;
  picture.height = canvas.height();
  picture.width = canvas.width();
  picture.jpeg_quality = camera.jpeg_quality;
  picture.rgb = Quantise(canvas, camera.noise, random);
  return picture;
}

}  // namespace bcr::pedsynth
