#pragma once

#include <memory>
#include <string>

#include "harness/eval/block_source.h"

namespace bcr {

// Inner products of unit rows on a LibTorch device ("cuda:0"; "cpu" for tests): the CUDA side of
// scoring. Every product is a float32 matrix product (TF32 off) of a constant, zero-padded shape
// (one for ranges, one for groups), so that on most devices a score does not depend on the block it
// is asked in. Its bits are the library's, which may treat the places of a product differently, and
// not those of NewCpuBlockSource, from which scores differ by rounding (about 1e-6).
//
// Device memory: the packed queries of one range and one tile of the gallery.
// Untested on CUDA. All arguments must outlive the source; the indexes only name images in errors.
// Throws kUsage for Distance::kEuclidean (the CPU's direct sum has no counterpart here), kData for
// unequal widths, and from Fill kData for rows that are not finite or shorter than 1e-12.
std::unique_ptr<BlockSource> NewDeviceBlockSource(const RowSource& query, const RowSource& gallery,
                                                  Distance distance, const std::string& device,
                                                  const FeatureIndex* query_index = nullptr,
                                                  const FeatureIndex* gallery_index = nullptr);

}  // namespace bcr
