#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a pickle of tensors holds. Private to harness/features/torch.
namespace bcr::internal {

// A tensor as the pickle describes it; whether its storage is there is another question.
struct PickledTensor {
  std::string storage;  // its name in the archive
  const char* dtype = "";
  uint64_t elements = 0;  // of the storage
  uint64_t offset = 0;
  std::vector<int64_t> shape, strides;
};

using PickleId = uint32_t;  // place of a value in the tree

struct PickleValue {
  enum class Kind { kNone, kBool, kNumber, kText, kTuple, kList, kDict, kName, kStorage, kTensor };
  Kind kind = Kind::kNone;
  bool whole = false;                // kNumber: `number` is its value; kDict: it is an OrderedDict
  int64_t number = 0;                // kBool, kNumber; kName, kTensor: place in a list
  std::string_view text = {};        // kText: bytes of the pickle
  std::vector<PickleId> items = {};  // kTuple, kList, kStorage; kDict: key, value, key, value, ...
};

struct PickleTree {
  std::vector<PickleValue> values;
  std::vector<PickledTensor> tensors;
  PickleId root = 0;

  const PickleValue& operator[](PickleId id) const { return values[id]; }
};

// Runs a pickle of protocol 2 in a machine that makes nothing but these values: a name that is no
// tensor's, storage's or container's is refused where it stands, and no code is run. Its time and
// memory grow with the length of the pickle, which is bounded. Throws kData naming `where`.
PickleTree ReadPickle(std::string_view pickle, const std::string& where);

}  // namespace bcr::internal
