#include "datasets/pedsynth/render.h"

#include <algorithm>
#include <cmath>

#include "datasets/pedsynth/background.h"
#include "datasets/pedsynth/domain.h"
#include "datasets/pedsynth/figure.h"
#include "datasets/pedsynth/identity.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/plan.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

float Draw(Random& random, double low, double high) {
  return static_cast<float>(random.Uniform(low, high));
}

void DrawBackground(const City& city, const Camera& camera, Canvas& canvas, Random& random) {
  const float zoom = Draw(random, 0.8, 1.15);
  const float room_x =
      static_cast<float>(camera.scene.width()) - zoom * static_cast<float>(city.width);
  const float room_y =
      static_cast<float>(camera.scene.height()) - zoom * static_cast<float>(city.height);
  const float left = Draw(random, 0, 1) * room_x;
  const float top = Draw(random, 0.35, 1) * std::max(0.0F, room_y) * 0.6F;
  CopyView(camera.scene, left, top, zoom, canvas);
}

// The box an imperfect detector draws, expressed as where the person stands in it.
Stand DrawStand(const City& city, const Camera& camera, Kind kind, const Pose& pose,
                const Identity& person, Random& random) {
  const Domain& d = *city.domain;
  const auto height = static_cast<float>(city.height), width = static_cast<float>(city.width);
  const float tall = person.height * std::cos(pose.elevation) + 0.06F * std::sin(pose.elevation);
  // Detectors fit boxes to people: most of the stature is lost, some of it survives.
  float size = 0.94F * camera.size / (0.35F + 0.65F * tall);
  size *= 1.0F + static_cast<float>(d.crop_scale * random.Normal());
  float down = static_cast<float>(d.crop_shift * random.Normal());
  float across = static_cast<float>(0.8 * d.crop_shift * random.Normal());
  if (random.Chance(d.truncation)) {
    size *= Draw(random, 1.10, 1.32);
    down += random.Chance(0.7) ? Draw(random, 0.10, 0.26) : Draw(random, -0.10, 0.0);
  }
  if (kind == Kind::kJunk) {  // a part of somebody
    size *= Draw(random, 1.5, 2.4);
    down += Draw(random, -0.2, 0.9);
    across += Draw(random, -0.5, 0.5);
  }
  Stand stand;
  stand.scale = height * size;
  stand.feet.x = width * (0.5F + across);
  stand.feet.y = height * (0.5F + 0.5F * size * tall + 0.02F + down);
  stand.light = camera.light;
  return stand;
}

// Somebody else at the edge of the box; `ahead` of the person or behind.
void DrawPasserBy(const City& city, const Camera& camera, Canvas& canvas, Random& random) {
  const Identity other = DrawIdentity(*city.domain, random.Next());
  const Pose pose = DrawPose(camera, random);
  Stand stand = DrawStand(city, camera, Kind::kPerson, pose, other, random);
  const float side = random.Chance(0.5) ? 1.0F : -1.0F;
  stand.feet.x += side * static_cast<float>(city.width) * Draw(random, 0.36, 0.58);
  stand.feet.y += static_cast<float>(city.height) * Draw(random, -0.10, 0.10);
  DrawFigure(canvas, other, pose, stand);
}

void DrawPost(Canvas& canvas, Random& random) {
  const auto height = static_cast<float>(canvas.height()),
             width = static_cast<float>(canvas.width());
  const float x = width * Draw(random, 0.08, 0.92), half = width * Draw(random, 0.02, 0.055);
  const float grey = Draw(random, 0.15, 0.6);
  FillBox(canvas, {x - half, -2}, {x + half, height + 2}, {grey, grey, grey * 1.05F});
  FillBox(canvas, {x - half, -2}, {x - 0.3F * half, height + 2}, {1, 1, 1}, 0.18F);
}

// A bin, a bonnet or a crate in front of the legs.
void DrawCrate(const City& city, Canvas& canvas, Random& random) {
  const auto height = static_cast<float>(canvas.height()),
             width = static_cast<float>(canvas.width());
  const float top = height * Draw(random, 0.66, 0.86);
  const float left = width * Draw(random, -0.3, 0.6), wide = width * Draw(random, 0.35, 0.8);
  const Rgb paint = DrawColour(city.domain->bags, random);
  FillBox(canvas, {left, top}, {left + wide, height + 2}, paint);
  FillBox(canvas, {left, top}, {left + wide, top + 0.03F * height}, {1, 1, 1}, 0.25F);
}

}  // namespace

City BuildCity(const Options& options) {
  City city;
  city.domain = &FindDomain(options.domain);
  city.height = options.height;
  city.width = options.width;
  const uint64_t seed = DeriveSeed(DeriveSeed(options.seed, "pedsynth-" + options.domain), "city");
  for (int i = 0; i < options.cameras; ++i) {
    city.cameras.push_back(DrawCamera(*city.domain, options.height, options.width,
                                      DeriveSeed(seed, static_cast<uint64_t>(i))));
  }
  return city;
}

Picture Render(const City& city, const Shot& shot) {
  const Camera& camera = city.cameras[static_cast<size_t>(shot.camera)];
  const Domain& d = *city.domain;
  Random place(DeriveSeed(shot.seed, "place")), walk(DeriveSeed(shot.seed, "walk"));
  Random others(DeriveSeed(shot.seed, "others")), sensor(DeriveSeed(shot.seed, "sensor"));
  Canvas canvas(city.height, city.width);
  DrawBackground(city, camera, canvas, place);
  const bool crowded = others.Chance(d.passer_by), ahead = others.Chance(0.5);
  if (crowded && !ahead) DrawPasserBy(city, camera, canvas, others);
  // A third of the distractors are false alarms: boxes around nothing.
  const bool nobody = shot.kind == Kind::kDistractor && walk.Chance(0.33);
  if (!nobody) {
    const Identity person = DrawIdentity(d, shot.person);
    const Pose pose = DrawPose(camera, walk);
    DrawFigure(canvas, person, pose, DrawStand(city, camera, shot.kind, pose, person, walk));
  }
  if (crowded && ahead) DrawPasserBy(city, camera, canvas, others);
  if (others.Chance(d.post)) DrawPost(canvas, others);
  if (others.Chance(d.box)) DrawCrate(city, canvas, others);
  return Expose(camera, canvas, sensor);
}

}  // namespace bcr::pedsynth
