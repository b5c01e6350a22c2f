#include "harness/eval/upgrade/pair_blocks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/kernels.h"

namespace bcr {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

size_t BandOf(size_t most, size_t gallery, int block_mb) {
  const size_t bytes = 2 * sizeof(float) * std::max<size_t>(gallery, 1);
  const size_t fitting = static_cast<size_t>(std::max(block_mb, 1)) * kMebibyte / bytes;
  return std::clamp<size_t>(fitting, 1, std::max<size_t>(most, 1));
}

}  // namespace

PairBlocks::PairBlocks(BlockSource& first, BlockSource& second, int block_mb, int threads,
                       size_t most_queries)
    : first_(first),
      second_(second),
      queries_(first.queries()),
      gallery_(first.gallery()),
      band_(BandOf(std::min(queries_, most_queries), gallery_, block_mb)),
      threads_(threads),
      first_block_(band_ * gallery_),
      second_block_(band_ * gallery_) {
  if (second.queries() == queries_ && second.gallery() == gallery_) return;
  throw Error(ErrorCode::kData, {.where = "two score matrices",
                                 .found = fmt::format("{} x {} and {} x {}", queries_, gallery_,
                                                      second.queries(), second.gallery()),
                                 .expected = "the same queries and gallery images in both"});
}

bool PairBlocks::Next() {
  begin_ = end_;
  if (begin_ == queries_) return false;
  end_ = std::min(queries_, begin_ + band_);
  ThrowIfInterrupted();
  first_.Fill(begin_, end_, 0, gallery_, threads_, first_block_.data());
  second_.Fill(begin_, end_, 0, gallery_, threads_, second_block_.data());
  CheckFinite(first_block_.data());
  CheckFinite(second_block_.data());
  return true;
}

void PairBlocks::CheckFinite(const float* block) const {
  for (size_t q = begin_; q < end_; ++q) {
    const float* row = block + (q - begin_) * gallery_;
    if (BestKernels().all_finite(row, gallery_)) continue;
    const float* bad = std::find_if(row, row + gallery_, [](float s) { return !std::isfinite(s); });
    throw Error(ErrorCode::kData,
                {.where = fmt::format("score of query row {} and gallery row {}", q, bad - row),
                 .found = fmt::format("{}", *bad),
                 .expected = "a finite number",
                 .hint = "Check the features for NaN, infinity or huge values."});
  }
}

}  // namespace bcr
