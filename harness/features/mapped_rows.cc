#include "harness/features/mapped_rows.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/features/npy.h"
#include "harness/features/row_source.h"
#include "harness/features/safetensors_header.h"

namespace bcr::internal {
namespace {

constexpr char kTensorName[] = "features";

struct Extent {
  size_t offset = 0;  // of the first value, in bytes from the start of the file
  size_t rows = 0, cols = 0;
  ElementType type = ElementType::kFloat32;
};

class FileRows : public RowSource {
 public:
  FileRows(MappedFile file, const Extent& extent)
      : file_(std::move(file)),
        extent_(extent),
        values_(file_.data() + extent.offset),
        row_bytes_(extent.cols * SizeOf(extent.type)),
        direct_(extent.type == ElementType::kFloat32 &&
                reinterpret_cast<uintptr_t>(values_) % alignof(float) == 0) {}

  size_t rows() const override { return extent_.rows; }
  size_t cols() const override { return extent_.cols; }
  const float* Row(size_t i, float* scratch) const override {
    const uint8_t* const row = values_ + i * row_bytes_;
    if (direct_) return reinterpret_cast<const float*>(row);
    ToFloat32(extent_.type, row, extent_.cols, scratch);
    return scratch;
  }

 private:
  const MappedFile file_;
  const Extent extent_;
  const uint8_t* const values_;
  const size_t row_bytes_;
  const bool direct_;
};

MappedRows Make(MappedFile file, const Extent& extent) {
  file.AdviseSequential();
  return {std::make_shared<FileRows>(std::move(file), extent), extent.type};
}

std::string_view TextOf(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

std::optional<ElementType> ElementTypeOf(const std::string& dtype) {
  if (dtype == "F16") return ElementType::kFloat16;
  if (dtype == "BF16") return ElementType::kBfloat16;
  if (dtype == "F32") return ElementType::kFloat32;
  if (dtype == "F64") return ElementType::kFloat64;
  return std::nullopt;
}

using Tensors = std::map<std::string, TensorEntry>;

Tensors::const_iterator FeaturesAmong(const Tensors& tensors, const std::string& path) {
  if (tensors.size() == 1) return tensors.begin();
  const auto named = tensors.find(kTensorName);
  if (named != tensors.end()) return named;
  std::string names;
  for (const auto& [name, entry] : tensors) {
    if (names.size() > 200) {
      names += ", ...";
      break;
    }
    names += (names.empty() ? "" : ", ") + name;
  }
  throw Error(ErrorCode::kData,
              {path, tensors.empty() ? "no tensor" : fmt::format("the tensors {}", names),
               "one tensor, or one named `features` among others",
               "Save them with safetensors.numpy.save_file({'features': x}, path)."});
}

Extent ExtentOf(const std::string& name, const TensorEntry& entry, const std::string& path) {
  const std::string where = fmt::format("{}: {}", path, name);
  const std::optional<ElementType> type = ElementTypeOf(entry.dtype);
  if (!type) {
    throw Error(ErrorCode::kData, {where, "dtype " + entry.dtype, "F16, BF16, F32 or F64",
                                   "Convert it with x.astype('float32') before saving."});
  }
  if (entry.shape.size() != 2) {
    throw Error(ErrorCode::kData,
                {where, fmt::format("a tensor of shape ({})", fmt::join(entry.shape, ", ")),
                 "two dimensions: one row an image", kShapeHint});
  }
  const auto cols = static_cast<size_t>(entry.shape[1]);
  RequireWidth(cols, where);
  return {entry.begin, static_cast<size_t>(entry.shape[0]), cols, *type};
}

}  // namespace

MappedRows MapNpy(const std::string& path) {
  MappedFile file(path);
  const NpyHeader header = ParseNpyHeader(TextOf(file), path);
  return Make(std::move(file), {header.data_offset, header.rows, header.cols, header.type});
}

MappedRows MapSafetensors(const std::string& path) {
  MappedFile file(path);
  const Tensors tensors = ParseSafetensorsHeader(TextOf(file), path);
  const auto found = FeaturesAmong(tensors, path);
  const Extent extent = ExtentOf(found->first, found->second, path);
  return Make(std::move(file), extent);
}

}  // namespace bcr::internal
