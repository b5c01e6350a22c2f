#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// One tensor of a safetensors file.
struct TensorEntry {
  std::string dtype;           // F32, I64, ...
  std::vector<int64_t> shape;  // not negative
  size_t begin = 0, end = 0;   // bytes from the start of the file
};

struct DtypeName {
  const char* name;
  size_t bytes;
};
const std::vector<DtypeName>& SafetensorsDtypes();

// Reads and checks the header of a whole file given as bytes. Throws kData naming `where`: short
// file, header length beyond the file, malformed JSON, duplicate names, unknown dtype, a size that
// differs from shape and dtype, and tensors that do not tile the data without gap or overlap.
std::map<std::string, TensorEntry> ParseSafetensorsHeader(std::string_view file,
                                                          const std::string& where);

// The length and header for `tensors` (offsets from the start of the data), padded to a multiple of
// 8 bytes.
std::string MakeSafetensorsHeader(const std::map<std::string, TensorEntry>& tensors,
                                  const std::map<std::string, std::string>& metadata);

}  // namespace bcr
