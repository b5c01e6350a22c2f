#pragma once

#include <memory>

#include "harness/adapt/affine_rows.h"

namespace bcr {

class RowSource;
struct AdapterState;

// A map y = W x + b as an adapter stores it: arrays `weights` and, with b, `offset`; number
// `unit_rows`.
void StoreAffine(const AffineMap& map, AdapterState& state);
// The `apply` of such an adapter. Throws kData where the state lacks something.
std::shared_ptr<const RowSource> ApplyAffine(const AdapterState& state,
                                             std::shared_ptr<const RowSource> rows);

}  // namespace bcr
