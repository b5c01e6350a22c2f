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
// Throws kData where the state lacks something.
DenseNetwork ReadNetwork(const AdapterState& state);

// The mapped rows. They are computed when they are first read, and kept; a mapped row depends on that
// row alone. Reading throws kData for a row without direction (unit_rows) or whose image is not
// finite.
std::shared_ptr<const RowSource> NewNetworkRows(const DenseNetwork& network,
                                                std::shared_ptr<const RowSource> rows);
// The `apply` of an adapter that is a stored network.
std::shared_ptr<const RowSource> ApplyNetwork(const AdapterState& state,
                                              std::shared_ptr<const RowSource> rows);

}  // namespace bcr
