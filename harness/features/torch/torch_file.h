#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// A tensor of a PyTorch file: elements of one storage, by offset and strides.
struct TorchTensor {
  std::string dtype;                    // F32, I64, ... as safetensors spell it
  std::string_view storage;             // the whole storage, bytes of the file
  uint64_t offset = 0;                  // of the first element, in elements
  std::vector<int64_t> shape, strides;  // of equal length, not negative; strides in elements
};

// The weights of a PyTorch file.
struct TorchFile {
  std::string keys;  // that lead to the state dict: "state_dict", "model", ... or "" for the whole
  std::map<std::string, TorchTensor> tensors;  // by name; at least one
};

// Whether a file begins like one that torch.save wrote, in this container or in the older one.
bool LooksLikeTorchFile(std::string_view file);

// Reads what torch.save writes of a state dict, or of dicts that hold one: the zip container, whose
// pickle is read by a machine that knows tensors, OrderedDict, plain containers, numbers and texts
// and runs no code. Every tensor lies within its storage and has at most as many elements; the
// storages that are used take no more bytes than the file has. `file` holds the whole file, and the
// result points into it. Throws kData naming `where` and how to convert the file: the older
// container, TorchScript, anything that is not tensors, damage.
TorchFile ParseTorchFile(std::string_view file, const std::string& where);

}  // namespace bcr
