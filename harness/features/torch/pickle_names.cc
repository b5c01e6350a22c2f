#include "harness/features/torch/pickle_names.h"

#include <iterator>

namespace bcr::internal {
namespace {

// Counter holds the milestones of torchreid's schedules.
constexpr PickleName kNames[] = {{"collections", "OrderedDict", NameUse::kDict},
                                 {"collections", "Counter", NameUse::kDict},
                                 {"torch._utils", "_rebuild_tensor_v2", NameUse::kTensor},
                                 {"torch._utils", "_rebuild_parameter", NameUse::kParameter},
                                 {"torch", "DoubleStorage", NameUse::kStorage, "F64"},
                                 {"torch", "FloatStorage", NameUse::kStorage, "F32"},
                                 {"torch", "HalfStorage", NameUse::kStorage, "F16"},
                                 {"torch", "BFloat16Storage", NameUse::kStorage, "BF16"},
                                 {"torch", "LongStorage", NameUse::kStorage, "I64"},
                                 {"torch", "IntStorage", NameUse::kStorage, "I32"},
                                 {"torch", "ShortStorage", NameUse::kStorage, "I16"},
                                 {"torch", "CharStorage", NameUse::kStorage, "I8"},
                                 {"torch", "ByteStorage", NameUse::kStorage, "U8"},
                                 {"torch", "BoolStorage", NameUse::kStorage, "BOOL"}};

}  // namespace

int FindPickleName(std::string_view module, std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); ++i)
    if (kNames[i].module == module && kNames[i].name == name) return static_cast<int>(i);
  return -1;
}

const PickleName& PickleNameAt(size_t place) { return kNames[place]; }

size_t BytesOfDtype(std::string_view dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32" || dtype == "I32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16") return 2;
  if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
  return 0;
}

}  // namespace bcr::internal
