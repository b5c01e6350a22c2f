#pragma once

#include <cstddef>
#include <string_view>

// The names that a pickle of tensors may refer to. Private to harness/features/torch.
namespace bcr::internal {

enum class NameUse { kDict, kTensor, kParameter, kStorage };

struct PickleName {
  std::string_view module, name;
  NameUse use;
  const char* dtype = "";  // kStorage
};

// -1 for a name that stands for anything else.
int FindPickleName(std::string_view module, std::string_view name);
const PickleName& PickleNameAt(size_t place);
// Bytes of an element; 0 for a dtype of no storage.
size_t BytesOfDtype(std::string_view dtype);

}  // namespace bcr::internal
