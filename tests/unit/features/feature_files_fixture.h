#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/files.h"
#include "harness/features/safetensors_header.h"

// Feature files written byte by byte, independently of the writers under test.
namespace bcr::test {

// Writes without flushing to disk: tests write many files.
inline void Put(const std::string& path, std::string_view bytes) {
  MakeFolders(path.substr(0, path.rfind('/')));
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(stream.flush()) << path;
}

template <typename T>
std::string Bytes(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// A .npy file, version 1.0; `padding` spaces move the data.
inline std::string Npy(const std::string& descr, const std::string& shape, const std::string& data,
                       const char* fortran = "False", size_t padding = 0) {
  const std::string header = "{'descr': '" + descr + "', 'fortran_order': " + fortran +
                             ", 'shape': " + shape + ", }" + std::string(padding, ' ') + "\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

inline std::string Npy(size_t rows, size_t cols, const std::vector<float>& values) {
  return Npy("<f4", "(" + std::to_string(rows) + ", " + std::to_string(cols) + ")", Bytes(values));
}

struct NamedTensor {
  std::string name, dtype;
  std::vector<int64_t> shape;
  std::string data;
};

inline std::string Safetensors(const std::vector<NamedTensor>& tensors) {
  std::map<std::string, TensorEntry> entries;
  std::string data;
  for (const NamedTensor& tensor : tensors) {
    entries[tensor.name] = {tensor.dtype, tensor.shape, data.size(),
                            data.size() + tensor.data.size()};
    data += tensor.data;
  }
  return MakeSafetensorsHeader(entries, {}) + data;
}

}  // namespace bcr::test
