#include "harness/adapt/affine_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/adapt/adapted_row.h"
#include "harness/core/error.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/product/kernels.h"
#include "harness/features/kept_rows.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr size_t kMaxPanel = 32;

size_t RoundUp(size_t n, size_t step) { return (n + step - 1) / step * step; }

// Packs rows of a matrix into panels of `panel` rows; rows beyond the data are zeros.
void PackPanels(const std::vector<const float*>& rows, size_t panel, size_t depth,
                void (*pack)(const float* const*, size_t, float*), float* out) {
  const std::vector<float> zeros(depth, 0.0F);
  std::vector<const float*> pointers(panel);
  for (size_t first = 0; first < rows.size(); first += panel, out += panel * depth) {
    for (size_t r = 0; r < panel; ++r) {
      pointers[r] = first + r < rows.size() ? rows[first + r] : zeros.data();
    }
    pack(pointers.data(), depth, out);
  }
}

// Weights in panels, ready for the kernels, and the rows they are applied to.
class AffineMaker {
 public:
  AffineMaker(const AffineMap& map, std::shared_ptr<const RowSource> source)
      : kernels_(BestKernels()),
        source_(std::move(source)),
        width_in_(map.weights.cols()),
        width_out_(map.weights.rows()),
        unit_rows_(map.unit_rows),
        stride_(RoundUp(width_out_, kernels_.gallery_panel)),
        weights_(stride_ * width_in_),
        offset_(width_out_, 0.0F) {
    BCR_CHECK(source_->cols() == width_in_, "rows of another width");
    BCR_CHECK(kernels_.query_panel <= kMaxPanel, "a wider panel needs more room here");
    if (map.offset != nullptr) std::copy_n(map.offset->data(), width_out_, offset_.data());
    std::vector<const float*> rows(width_out_);
    for (size_t j = 0; j < width_out_; ++j) rows[j] = map.weights.row(j);
    PackPanels(rows, kernels_.gallery_panel, width_in_, kernels_.pack_gallery, weights_.data());
  }

  void Make(size_t first, size_t count, float* mapped) const {
    const size_t padded = RoundUp(count, kernels_.query_panel);
    const AlignedFloats packed(padded * width_in_), product(padded * stride_);
    PackRows(first, count, packed.data());
    // A panel of weights stays in the cache while it meets all rows of the block.
    for (size_t j = 0; j < stride_; j += kernels_.gallery_panel) {
      for (size_t r = 0; r < padded; r += kernels_.query_panel) {
        kernels_.inner(packed.data() + r * width_in_, weights_.data() + j * width_in_, width_in_,
                       product.data() + r * stride_ + j, stride_, {});
      }
    }
    for (size_t r = 0; r < count; ++r) {
      const float* const from = product.data() + r * stride_;
      float* const to = mapped + r * width_out_;
      for (size_t j = 0; j < width_out_; ++j) to[j] = from[j] + offset_[j];
      if (!kernels_.all_finite(to, width_out_)) {
        RefuseMappedRow(first + r);
      }
    }
  }

 private:
  void PackRows(size_t first, size_t count, float* packed) const {
    std::vector<float> scratch(count * width_in_);
    std::vector<const float*> rows(count);
    for (size_t r = 0; r < count; ++r) {
      rows[r] = source_->Row(first + r, scratch.data() + r * width_in_);
    }
    const size_t panel = kernels_.query_panel;
    PackPanels(rows, panel, width_in_, kernels_.pack_query, packed);
    if (!unit_rows_) return;
    double norms[kMaxPanel];
    for (size_t r = 0; r < count; ++r) {
      if (r % panel == 0) kernels_.norms_query(packed + r * width_in_, width_in_, true, norms);
      if (!(norms[r % panel] >= kShortestRow)) RefuseRowToMap(first + r);
    }
  }

  const Kernels& kernels_;
  const std::shared_ptr<const RowSource> source_;
  const size_t width_in_, width_out_;
  const bool unit_rows_;
  const size_t stride_;          // width_out_ in whole panels
  const AlignedFloats weights_;  // panels of W's rows
  std::vector<float> offset_;
};

}  // namespace

std::shared_ptr<const RowSource> NewAffineRows(const AffineMap& map,
                                               std::shared_ptr<const RowSource> source) {
  const size_t rows = source->rows();
  const auto maker = std::make_shared<const AffineMaker>(map, std::move(source));
  return NewKeptRows(rows, map.weights.rows(), [maker](size_t first, size_t count, float* out) {
    maker->Make(first, count, out);
  });
}

}  // namespace bcr
