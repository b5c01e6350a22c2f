// PyTorch's files of weights: the container, and the pickle in it.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/features/torch/pickle_names.h"
#include "harness/features/torch/pickle_tree.h"
#include "harness/features/torch/state_dict.h"
#include "harness/features/torch/torch_file.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

__extension__ using Wide = unsigned __int128;  // ISO C++ has no type that holds every product

// Every element of a tensor lies in its storage of `elements`.
void RequireWithin(const std::vector<int64_t>& shape, const std::vector<int64_t>& strides,
                   uint64_t offset, uint64_t elements) {
  Require(shape.size() == strides.size(), "a stride for each side");
  Wide last = offset, count = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    Require(shape[i] >= 0 && strides[i] >= 0, "counts from 0");
    count *= static_cast<uint64_t>(shape[i]);
    if (shape[i] > 0) last += static_cast<Wide>(shape[i] - 1) * static_cast<uint64_t>(strides[i]);
    Require(count <= elements, "no more elements than its storage");
    if (count == 0) return;
  }
  Require(last < elements, "within its storage");
}

TEST(Fuzz, TorchFiles) {
  RunTarget(
      {.name = "torch-file",
       .share = 0.08,
       .words = {"PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07", "data.pkl",
                 "data/0", "byteorder", "\xff\xff\xff\xff"},
       .read = [](const std::string& bytes) {
         const TorchFile file = ParseTorchFile(bytes, "x.pth");
         Require(LooksLikeTorchFile(bytes), "its own first bytes");
         Require(!file.tensors.empty(), "a tensor");
         for (const auto& [name, tensor] : file.tensors) {
           Require(tensor.storage.data() >= bytes.data() &&
                       tensor.storage.data() + tensor.storage.size() <= bytes.data() + bytes.size(),
                   "storages in the file");
           const size_t size = internal::BytesOfDtype(tensor.dtype);
           Require(size > 0 && tensor.storage.size() % size == 0, "whole elements");
           RequireWithin(tensor.shape, tensor.strides, tensor.offset, tensor.storage.size() / size);
         }
       }});
}

TEST(Fuzz, TorchPickles) {
  RunTarget({.name = "torch-pickle",
             .share = 0.16,
             .words = {"ccollections\nOrderedDict\n", "ctorch._utils\n_rebuild_tensor_v2\n",
                       "ctorch\nFloatStorage\n", "ctorch\nLongStorage\n", "cos\nsystem\n", ")R",
                       "tR", "tQ", "X\x05", "state_dict", "storage", "h\x01", "q\x01", "\x8a\x08"},
             .read = [](const std::string& bytes) {
               const internal::PickleTree tree = internal::ReadPickle(bytes, "x.pth");
               for (const internal::PickledTensor& tensor : tree.tensors)
                 RequireWithin(tensor.shape, tensor.strides, tensor.offset, tensor.elements);
               const internal::StateDict state = internal::FindStateDict(tree, "x.pth");
               Require(!state.tensors.empty(), "a tensor");
             }});
}

}  // namespace
}  // namespace bcr::fuzz
