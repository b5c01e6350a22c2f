#include "harness/features/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace bcr {
namespace {

using nlohmann::json;

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kMaxHeader = 100'000'000;  // the format's own bound
constexpr size_t kMaxDimensions = 16;
constexpr char kMetadata[] = "__metadata__";

[[noreturn]] void Malformed(const std::string& where, const std::string& found,
                            const std::string& expected) {
  throw Error(ErrorCode::kData,
              {where, found, expected,
               "The file is damaged or no safetensors file; make or copy it anew."});
}

std::string_view HeaderText(std::string_view file, const std::string& where) {
  if (file.size() < kLengthBytes)
    Malformed(where, fmt::format("{} bytes", file.size()), "at least 8 bytes of header length");
  uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaxHeader || length > file.size() - kLengthBytes)
    Malformed(where, fmt::format("a header of {} bytes in a file of {}", length, file.size()),
              "a header inside the file");
  return file.substr(kLengthBytes, length);
}

json ParseHeaderJson(std::string_view text, const std::string& where) {
  json header;
  try {
    header = ParseJson(text, where + ": header", JsonComments::kRefused);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInterrupted) throw;
    Malformed(error.text().where, fmt::format("a header that is no JSON ({})", error.text().found),
              "a JSON object");
  }
  if (!header.is_object()) Malformed(where, "a header that is no object", "a JSON object");
  return header;
}

// A list of non-negative integers.
std::vector<int64_t> Integers(const json& entry, const char* key, const std::string& where) {
  const auto found = entry.find(key);
  const std::string what = std::string("`") + key + "`, a list of integers from 0";
  if (found == entry.end() || !found->is_array()) Malformed(where, "another value", what);
  std::vector<int64_t> out;
  for (const json& item : *found) {
    const bool fits =
        item.is_number_unsigned() &&
        item.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (!fits) Malformed(where, "another value", what);
    out.push_back(item.get<int64_t>());
  }
  return out;
}

size_t DtypeBytes(const std::string& dtype, const std::string& where) {
  std::string known;
  for (const DtypeName& d : SafetensorsDtypes()) {
    if (d.name == dtype) return d.bytes;
    known += known.empty() ? d.name : std::string(", ") + d.name;
  }
  Malformed(where, "dtype `" + dtype + "`", "one of " + known);
}

TensorEntry ParseEntry(const json& entry, size_t data_begin, size_t file_size,
                       const std::string& where) {
  if (!entry.is_object()) Malformed(where, "no object", "dtype, shape and data_offsets");
  const auto dtype = entry.find("dtype");
  if (dtype == entry.end() || !dtype->is_string()) Malformed(where, "no dtype", "`dtype`, a text");
  TensorEntry out;
  out.dtype = dtype->get<std::string>();
  out.shape = Integers(entry, "shape", where);
  const std::vector<int64_t> offsets = Integers(entry, "data_offsets", where);
  const uint64_t room = file_size - data_begin;
  if (offsets.size() != 2 || offsets[0] > offsets[1] || static_cast<uint64_t>(offsets[1]) > room)
    Malformed(where, "data_offsets outside the file", fmt::format("two offsets, 0 to {}", room));
  uint64_t bytes = DtypeBytes(out.dtype, where);
  // Strides are counted as if empty sides were 1: they, too, must fit.
  int64_t extent = static_cast<int64_t>(bytes);
  bool fits = out.shape.size() <= kMaxDimensions;
  for (const int64_t side : out.shape) {
    fits = fits && !__builtin_mul_overflow(extent, std::max<int64_t>(side, 1), &extent);
    bytes *= static_cast<uint64_t>(side);
  }
  if (!fits) Malformed(where, "a shape too large to count", "a shape that fits the file");
  if (bytes != static_cast<uint64_t>(offsets[1] - offsets[0]))
    Malformed(where, fmt::format("{} bytes of data", offsets[1] - offsets[0]),
              fmt::format("{} bytes by shape and dtype", bytes));
  out.begin = data_begin + static_cast<size_t>(offsets[0]);
  out.end = data_begin + static_cast<size_t>(offsets[1]);
  return out;
}

void CheckTiling(const std::map<std::string, TensorEntry>& tensors, size_t data_begin,
                 size_t file_size, const std::string& where) {
  std::vector<std::pair<size_t, size_t>> spans;
  for (const auto& [name, entry] : tensors) spans.emplace_back(entry.begin, entry.end);
  std::sort(spans.begin(), spans.end());
  size_t position = data_begin;
  for (const auto& [begin, end] : spans) {
    if (begin != position)
      Malformed(where, begin < position ? "tensors that overlap" : "a gap between tensors",
                "tensors one behind the other");
    position = end;
  }
  if (position != file_size)
    Malformed(where, fmt::format("{} bytes behind the last tensor", file_size - position),
              "the file to end with its last tensor");
}

}  // namespace

const std::vector<DtypeName>& SafetensorsDtypes() {
  static const std::vector<DtypeName> dtypes = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2},
                                                {"I64", 8}, {"I32", 4}, {"I16", 2}, {"I8", 1},
                                                {"U8", 1},  {"BOOL", 1}};
  return dtypes;
}

std::map<std::string, TensorEntry> ParseSafetensorsHeader(std::string_view file,
                                                          const std::string& where) {
  const std::string_view text = HeaderText(file, where);
  const size_t data_begin = kLengthBytes + text.size();
  const json header = ParseHeaderJson(text, where);
  std::map<std::string, TensorEntry> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == kMetadata) continue;
    tensors.emplace(name, ParseEntry(entry, data_begin, file.size(), where + ": " + name));
  }
  CheckTiling(tensors, data_begin, file.size(), where);
  return tensors;
}

std::string MakeSafetensorsHeader(const std::map<std::string, TensorEntry>& tensors,
                                  const std::map<std::string, std::string>& metadata) {
  json header = json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  for (const auto& [name, entry] : tensors)
    header[name] = {
        {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  std::string text = header.dump();
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  const uint64_t length = text.size();
  std::string out(kLengthBytes, '\0');
  std::memcpy(out.data(), &length, kLengthBytes);
  return out + text;
}

}  // namespace bcr
