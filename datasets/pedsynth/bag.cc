#include "datasets/pedsynth/bag.h"

#include <cmath>

#include "datasets/pedsynth/canvas.h"
#include "datasets/pedsynth/identity.h"
#include "datasets/pedsynth/skeleton.h"

namespace bcr::pedsynth {
namespace {

void Strap(Canvas& canvas, const Projection& p, Joint from, Joint to, Rgb colour) {
  const float r = p.Length(0.011F);
  FillCapsule(canvas, p.At(from), r, p.At(to), r, [&](float, float) { return colour; });
}

// A bag hanging with its upper edge at `top`.
void Pouch(Canvas& canvas, const Projection& p, Joint top, float half, float tall, Rgb colour) {
  const Point c = p.At(top);
  const float wide = p.HalfWidth(half * 0.45F, half);
  const float high = p.Length(tall);
  const Knot knots[] = {{c.y, c.x, wide * 0.85F}, {c.y + high, c.x, wide}};
  FillProfile(canvas, knots,
              [&](float u, float v) { return colour * (p.Light(u) * (v < 0.3F ? 0.8F : 1.0F)); });
}

}  // namespace

void DrawBackBag(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p) {
  if (person.bag != Bag::kBackpack) return;
  const float size = person.bag_size, thick = 0.055F * size;
  const float z = -(s.chest_depth + thick * 0.8F);
  const Point top = p.At({0, s.shoulder_y, z});
  const Point low = p.At({0, s.shoulder_y - 0.235F * size, z});
  const float half = p.HalfWidth(0.088F * size, thick);
  const Knot knots[] = {{top.y, top.x, half * 0.75F},
                        {top.y + 0.2F * (low.y - top.y), top.x, half},
                        {low.y, low.x, half * 0.95F}};
  FillProfile(canvas, knots, [&](float u, float v) {
    const bool pocket = v > 0.52F && v < 0.9F && std::fabs(u) < 0.62F;
    return person.bag_colour * (p.Light(u) * (pocket ? 0.72F : 1.0F));
  });
}

void DrawStraps(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p) {
  const bool front = std::cos(p.view()) > 0.15F;
  const Rgb colour = person.bag_colour * 0.85F;
  if (person.bag == Bag::kBackpack && front) {
    for (float side : {-1.0F, 1.0F}) {
      const float x = side * s.shoulder_half * 0.55F;
      Strap(canvas, p, {x, s.shoulder_y + 0.005F, s.chest_depth * 0.4F},
            {x * 1.15F, s.shoulder_y - 0.15F, s.chest_depth * 0.9F}, colour);
    }
  }
  if (person.bag == Bag::kShoulderBag) {
    const float z = (front ? 1.0F : -1.0F) * s.chest_depth * 0.6F;
    Strap(canvas, p, {-person.bag_side * s.shoulder_half * 0.6F, s.shoulder_y + 0.005F, z},
          {person.bag_side * s.hip_half * 0.95F, s.hip_y + 0.04F, z}, colour);
  }
}

void DrawSideBag(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p) {
  const int side = person.bag_side < 0 ? 0 : 1;
  if (person.bag == Bag::kHandbag) {
    const Joint hand = s.hand[side];
    const Joint top = {hand.x * 1.02F, hand.y - 0.03F, hand.z};
    Strap(canvas, p, hand, top, person.bag_colour * 0.8F);
    Pouch(canvas, p, top, 0.07F * person.bag_size, 0.105F * person.bag_size, person.bag_colour);
  }
  if (person.bag == Bag::kShoulderBag) {
    const Joint top = {person.bag_side * (s.hip_half + 0.02F), s.hip_y + 0.045F, 0};
    if (p.Depth(top) < -0.05F) return;  // hidden by the body
    Pouch(canvas, p, top, 0.08F * person.bag_size, 0.115F * person.bag_size, person.bag_colour);
  }
}

}  // namespace bcr::pedsynth
