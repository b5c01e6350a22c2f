#pragma once

namespace bcr {

// Eigen cuts products and decompositions by the sizes of this machine's caches, and with them the
// rounding: call this before either, and every machine cuts alike.
void PinEigenBlocks();

}  // namespace bcr
