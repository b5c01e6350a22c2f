#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/eval/product/kernels.h"
#include "harness/eval/scorer.h"
#include "harness/features/row_source.h"

namespace bcr {

// Which rows of a side are meant: given ones, or consecutive ones from `first`.
struct RowList {
  const uint32_t* given = nullptr;
  size_t first = 0;
  size_t operator[](size_t i) const { return given == nullptr ? first + i : given[i]; }
};

// One side of a product: reads rows, packs them into panels and checks and (cosine) normalises
// them there. A packed row's bits depend on that row alone. Safe to use from several threads.
class RowPacker {
 public:
  enum class Side { kQuery, kGallery };
  // `index` (may be null) only names images in errors. References must outlive the packer.
  RowPacker(Side side, const RowSource& rows, const FeatureIndex* index, Distance distance,
            const Kernels& kernels);

  size_t panel() const { return panel_; }
  size_t scratch_floats() const { return panel_ * rows_.cols(); }

  // Packs list[begin] .. list[end - 1] into consecutive panels at `out`, zeros beyond. Throws kData
  // for a row that is not finite or (cosine) has no direction.
  void Pack(RowList list, size_t begin, size_t end, float* scratch, float* out) const;

 private:
  void PackPanel(RowList list, size_t begin, size_t end, float* scratch, float* out) const;
  [[noreturn]] void Refuse(size_t row, double norm) const;

  const Side side_;
  const RowSource& rows_;
  const FeatureIndex* const index_;
  const Distance distance_;
  const size_t panel_;
  decltype(Kernels::pack_query) const pack_;
  decltype(Kernels::norms_query) const norms_;
  const std::vector<float> zeros_;  // a row beyond the data
};

}  // namespace bcr
