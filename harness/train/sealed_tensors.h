#pragma once

#include <map>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// What is no tensor travels as the bytes of its text, so that what a run remembers is one file.
at::Tensor TextTensor(const std::string& text);
std::string TensorText(const at::Tensor& tensor);  // REQUIRES: of TextTensor

// Adds the hash by which tensors prove themselves, or makes it right: of all of them, with their names,
// types and shapes. What a run goes on from must not have one bit changed.
void SealTensors(std::map<std::string, at::Tensor>& all);
// A file that was written with such a hash. Throws kData where it is absent or does not fit, and as
// ReadSafetensors does.
std::map<std::string, at::Tensor> ReadSealed(const std::string& file);

}  // namespace bcr
