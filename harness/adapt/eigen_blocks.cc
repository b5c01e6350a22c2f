#include "harness/adapt/eigen_blocks.h"

#include <Eigen/Core>

namespace bcr {

void PinEigenBlocks() { Eigen::setCpuCacheSizes(32 << 10, 1 << 20, 2 << 20); }

}  // namespace bcr
