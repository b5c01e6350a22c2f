#pragma once

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// A vector for each class that is to be learned (classes x width, float32), drawn from N(0,
// deviation^2). The same bits for the same seed on every device.
at::Tensor DrawClassVectors(int64_t classes, int64_t width, double deviation, uint64_t seed,
                            const std::string& device);

}  // namespace bcr
