#pragma once

#include "harness/judge/sets.h"

namespace bcr {

// Brings `set` into the order of `reference`, by `image`. Throws kData where the two do not show
// the same images, or one of them differently; names the first rows that differ and counts them.
void JoinByImage(const OpenSet& reference, OpenSet& set);

}  // namespace bcr
