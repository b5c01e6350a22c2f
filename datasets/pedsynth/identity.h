#pragma once

#include <cstdint>

#include "datasets/pedsynth/canvas.h"

namespace bcr {
class Random;
}

namespace bcr::pedsynth {

struct Domain;

enum class Pattern { kPlain, kStripes, kPinstripes, kChecks, kTwoTone, kBand, kLogo, kDots };
enum class Hair { kBald, kShort, kMedium, kLong, kBun, kCap, kBeanie };
enum class Bottom { kTrousers, kShorts, kSkirt };
enum class Bag { kNone, kBackpack, kHandbag, kShoulderBag };

// A cloth and its print. Lengths in body heights.
struct Cloth {
  Rgb base, second;
  Pattern pattern = Pattern::kPlain;
  float period = 0.1F;
  float phase = 0;
  // Colour at `azimuth` radians from the wearer's front and `down` below the cloth's upper edge;
  // `length` is the whole cloth.
  Rgb At(float azimuth, float down, float length) const;
};

// Everything about a person that stays the same from camera to camera. Lengths are in units of an
// average person's height.
struct Identity {
  float height = 1, build = 1, leg = 0.49F, shoulders = 1, head = 1;
  Rgb skin, hair_colour, hat_colour;
  Hair hair = Hair::kShort;
  Cloth top;
  Rgb sleeves, inner;
  bool long_sleeves = true, open_front = false;
  float hem = 0.02F;  // how far the top reaches below the hip
  Bottom bottom = Bottom::kTrousers;
  Cloth lower;
  float lower_width = 1;
  float lower_length = 0.2F;  // of shorts and skirts, below the hip
  bool side_stripe = false;
  Rgb shoes;
  float boots = 0.03F;  // how far the shoes reach up the leg
  Bag bag = Bag::kNone;
  Rgb bag_colour;
  float bag_size = 1;
  float bag_side = 1;   // -1 or 1: the wearer's left or right
  float stride = 0.4F;  // largest swing of the leg, radians
};

Identity DrawIdentity(const Domain& domain, uint64_t seed);

}  // namespace bcr::pedsynth
