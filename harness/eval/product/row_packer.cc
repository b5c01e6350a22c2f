#include "harness/eval/product/row_packer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr size_t kMaxPanel = 32;
constexpr double kZeroNorm = 1e-12;  // below this NormalizeRows does not reach length 1

}  // namespace

RowPacker::RowPacker(Side side, const RowSource& rows, const FeatureIndex* index, Distance distance,
                     const Kernels& kernels)
    : side_(side),
      rows_(rows),
      index_(index),
      distance_(distance),
      panel_(side == Side::kQuery ? kernels.query_panel : kernels.gallery_panel),
      pack_(side == Side::kQuery ? kernels.pack_query : kernels.pack_gallery),
      norms_(side == Side::kQuery ? kernels.norms_query : kernels.norms_gallery),
      zeros_(rows.cols(), 0.0F) {
  BCR_CHECK(panel_ <= kMaxPanel, "a wider panel needs more room here");
}

void RowPacker::Pack(RowList list, size_t begin, size_t end, float* scratch, float* out) const {
  for (size_t i = begin; i < end; i += panel_, out += panel_ * rows_.cols()) {
    PackPanel(list, i, std::min(end, i + panel_), scratch, out);
  }
}

void RowPacker::PackPanel(RowList list, size_t begin, size_t end, float* scratch,
                          float* out) const {
  const size_t depth = rows_.cols();
  const float* pointers[kMaxPanel];
  std::fill_n(pointers, panel_, zeros_.data());
  for (size_t i = begin; i < end; ++i) {
    pointers[i - begin] = rows_.Row(list[i], scratch + (i - begin) * depth);
  }
  pack_(pointers, depth, out);
  double norms[kMaxPanel];
  norms_(out, depth, distance_ == Distance::kCosine, norms);
  const double least = distance_ == Distance::kCosine ? kZeroNorm : 0.0;
  for (size_t i = begin; i < end; ++i) {
    const double norm = norms[i - begin];
    if (!(norm >= least) || !std::isfinite(norm)) Refuse(list[i], norm);
  }
}

void RowPacker::Refuse(size_t row, double norm) const {
  const bool named = index_ != nullptr && row < index_->images.size();
  std::string found = "NaN or infinity";
  if (std::isfinite(norm)) found = norm == 0 ? "a row of zeros" : fmt::format("norm {}", norm);
  throw Error(
      ErrorCode::kData,
      {.where = fmt::format("{} features: row {}{}", side_ == Side::kQuery ? "query" : "gallery",
                            row, named ? fmt::format(" ({})", index_->images[row]) : ""),
       .found = std::move(found),
       .expected = distance_ == Distance::kCosine ? "finite values, not all zero" : "finite values",
       .hint = std::isfinite(norm)
                   ? "A cosine needs a direction; extract this image again or drop it."
                   : "Extract this image again or drop it."});
}

}  // namespace bcr
