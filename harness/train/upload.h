#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// Host values on their way to the model's device. On the CPU nothing is copied: the tensor takes
// the vector over. To another device they travel from pinned memory, and the call returns before
// they have arrived; later operations on that device wait for them by themselves.
at::Tensor Upload(std::vector<int64_t> values, const std::string& device);  // n int64
at::Tensor Upload(std::vector<float> values, const std::string& device);    // n float32
// n x 3 x height x width float32.
at::Tensor UploadImages(std::vector<float> pixels, int64_t height, int64_t width,
                        const std::string& device);

}  // namespace bcr
