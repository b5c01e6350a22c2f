#pragma once

#include "harness/core/matrix.h"

namespace bcr {

// What an objective is beside an Objective where it trains on features that it refines: it has those
// clustered. Refine may change the features of all training images (N x d, unit rows, which they stay),
// extracted or remembered, before anyone is handed them as EpochStart::features. It is called once an
// epoch at most, of all such objectives in recipe order.
class FeatureRefiner {
 public:
  virtual ~FeatureRefiner() = default;
  virtual void Refine(FloatMatrix& unit_rows) const = 0;
};

}  // namespace bcr
