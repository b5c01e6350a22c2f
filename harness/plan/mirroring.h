#pragma once

#include <string>
#include <vector>

#include "harness/train/recipe.h"
#include "protocols/profile.h"

namespace bcr {

// Data whose mirrored images show other identities (DatasetReport::mirrored_is_other) trains and is
// extracted without mirroring, whatever profile and recipe say. --set goes before it: whoever asks
// for mirroring there, to see what it costs, gets it.

// Sets the parameter `flip` of every augmenter that has one to 0. Returns whether one changed.
bool StopMirroring(BaseRecipe& base);

// Whether test features are the mean of an image's and its mirror image's.
bool FlipOfExtraction(const Profile& profile, bool mirrored_is_other);

}  // namespace bcr
