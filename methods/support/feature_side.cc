#include "methods/support/feature_side.h"

namespace bcr {

Slot ReadSide(JsonReader& parameters) {
  const bool after = parameters.Choice("side", {"before-neck", "after-neck"}) == "after-neck";
  return after ? Slot::kAfterNeck : Slot::kBeforeNeck;
}

}  // namespace bcr
