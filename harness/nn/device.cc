#include "harness/nn/device.h"

#include <charconv>

#include "harness/core/error.h"
#include "harness/nn/cuda_library.h"

namespace bcr {
namespace {

constexpr char kWhere[] = "--device";

[[noreturn]] void ThrowUnknown(const std::string& wanted) {
  throw Error(ErrorCode::kUsage, {kWhere, "`" + wanted + "`", "auto, cpu, cuda or cuda:<index>",
                                  "Leave it out for auto."});
}

// Index behind "cuda:", digits only.
int ParseIndex(const std::string& wanted) {
  const char* begin = wanted.data() + 5;
  const char* end = wanted.data() + wanted.size();
  int index = -1;
  const auto [last, error] = std::from_chars(begin, end, index);
  if (error != std::errc() || last != end || index < 0) ThrowUnknown(wanted);
  return index;
}

}  // namespace

std::string ResolveDevice(const std::string& wanted) {
  if (wanted == "cpu") return wanted;
  if (wanted == "auto") return LoadCudaLibrary().devices > 0 ? "cuda:0" : "cpu";
  if (wanted != "cuda" && wanted.rfind("cuda:", 0) != 0) ThrowUnknown(wanted);
  const int index = wanted == "cuda" ? 0 : ParseIndex(wanted);
  const CudaStatus& cuda = LoadCudaLibrary();
  if (index >= cuda.devices)
    throw Error(ErrorCode::kUsage,
                {kWhere, "`" + wanted + "`, and " + cuda.text, "a device of this machine",
                 cuda.devices ? "Indices count from 0." : "Use --device cpu or --device auto."});
  return "cuda:" + std::to_string(index);
}

}  // namespace bcr
