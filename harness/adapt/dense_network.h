#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

class RowSource;
struct AdapterState;

// One layer of a map that is not linear, as it is stored: y = W x + b, negative values set to zero
// where `relu`.
struct DenseLayer {
  FloatMatrix weights;  // out x in
  FloatMatrix offset;   // 1 x out
  bool relu = false;
};

// Layers one after the other; `skip` (d_out x d_in, or empty) times the input is added to the last
// one's output.
struct DenseNetwork {
  std::vector<DenseLayer> layers;
  FloatMatrix skip;
  bool unit_rows = false;  // inputs are divided by their length first
};

// A network as an adapter stores it: arrays weights_0, offset_0, ... and skip; numbers layers, relu_0
// ... and unit_rows.
void StoreNetwork(const DenseNetwork& network, AdapterState& state);
// The `apply` of such an adapter. Rows are mapped when they are first read, and kept; a mapped row
// depends on that row alone. Throws kData where the state lacks something, and on reading a row
// without direction (unit_rows) or whose image is not finite.
std::shared_ptr<const RowSource> ApplyNetwork(const AdapterState& state,
                                              std::shared_ptr<const RowSource> rows);

}  // namespace bcr
