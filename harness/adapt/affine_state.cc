#include "harness/adapt/affine_state.h"

#include <utility>

#include "harness/adapt/adapter.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr char kWeights[] = "weights";  // d_out x d_in
constexpr char kOffset[] = "offset";    // 1 x d_out
constexpr char kUnit[] = "unit_rows";   // 1 or 0

}  // namespace

void StoreAffine(const AffineMap& map, AdapterState& state) {
  state.arrays[kWeights] = map.weights;
  if (map.offset != nullptr) state.arrays[kOffset] = *map.offset;
  state.numbers[kUnit] = map.unit_rows ? 1.0 : 0.0;
}

std::shared_ptr<const RowSource> ApplyAffine(const AdapterState& state,
                                             std::shared_ptr<const RowSource> rows) {
  const FloatMatrix& weights = ArrayOf(state, kWeights, state.width_out, state.width_in);
  const FloatMatrix* offset =
      state.arrays.contains(kOffset) ? &ArrayOf(state, kOffset, 1, state.width_out) : nullptr;
  return NewAffineRows(
      {.weights = weights, .offset = offset, .unit_rows = NumberOf(state, kUnit) != 0},
      std::move(rows));
}

}  // namespace bcr
