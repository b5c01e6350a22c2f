#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/core/provenance.h"
#include "harness/eval/aligned_floats.h"
#include "harness/eval/block_source.h"
#include "harness/eval/kernels.h"
#include "harness/eval/row_packer.h"

namespace bcr {
namespace {

constexpr size_t kPackedQueryBytes = 128U << 20U;  // packed query rows kept between blocks
constexpr size_t kPackedGalleryBytes = 8U << 20U;  // packed gallery rows, shared by all threads
constexpr size_t kStripRows = 256;                 // of these, what a thread works on
// Columns it takes at a time: the strip's part (384 KiB) stays in L2, and a query panel's in L1.
constexpr size_t kDepthStep = 384;
constexpr size_t kMaxPanel = 32;
constexpr size_t kCacheLine = 16;     // floats
constexpr size_t kTasksAThread = 16;  // so that threads end together
constexpr size_t kFewestPanels = 32;  // query panels a task: fewer, and loading the strip shows

// Buffers of one size, kept for the next use: fresh memory would be faulted in every time.
class BufferPool {
 public:
  explicit BufferPool(size_t floats) : floats_(floats) {}

  std::unique_ptr<AlignedFloats> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto buffer = std::move(free_.back());
        free_.pop_back();
        return buffer;
      }
    }
    return std::make_unique<AlignedFloats>(floats_);
  }

  void Give(std::unique_ptr<AlignedFloats> buffer) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(buffer));
  }

 private:
  const size_t floats_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<AlignedFloats>> free_;
};

size_t DivideUp(size_t a, size_t b) { return (a + b - 1) / b; }

// Rows in whole panels that fit into `bytes`.
size_t PackedRows(size_t bytes, size_t depth, size_t panel) {
  const size_t fitting = bytes / (sizeof(float) * std::max<size_t>(depth, 1));
  return std::max<size_t>(1, fitting / panel) * panel;
}

// A product of packed rows.
struct Block {
  const float* queries;  // query panels
  size_t rows;
  const float* gallery;  // gallery panels
  size_t columns;
  float* out;
  size_t stride;  // of `out`
};

class CpuBlockSource : public BlockSource {
 public:
  CpuBlockSource(const RowSource& query, const RowSource& gallery, Distance distance,
                 const FeatureIndex* query_index, const FeatureIndex* gallery_index)
      : queries_(query.rows()),
        gallery_(gallery.rows()),
        depth_(query.cols()),
        kernels_(BestKernels()),
        multiply_(distance == Distance::kCosine ? kernels_.inner : kernels_.minus_squared),
        query_packer_(RowPacker::Side::kQuery, query, query_index, distance, kernels_),
        gallery_packer_(RowPacker::Side::kGallery, gallery, gallery_index, distance, kernels_),
        band_rows_(PackedRows(kPackedQueryBytes, depth_, kernels_.query_panel)),
        chunk_rows_(PackedRows(kPackedGalleryBytes, depth_, kernels_.gallery_panel)),
        buffers_((kStripRows + 2 * kMaxPanel) * depth_) {}

  size_t queries() const override { return queries_; }
  size_t gallery() const override { return gallery_; }
  size_t query_band() const override { return band_rows_; }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    if (threads <= 0) threads = DefaultThreads();
    const size_t stride = g_end - g_begin;
    for (size_t q = q_begin; q < q_end; q += band_rows_) {
      const size_t q_stop = std::min(q_end, q + band_rows_);
      PrepareQueries(q, q_stop, threads);
      for (size_t g = g_begin; g < g_end; g += chunk_rows_) {
        const size_t g_stop = std::min(g_end, g + chunk_rows_);
        PrepareGallery(g, g_stop, threads);
        Multiply({packed_queries_->data(), q_stop - q, packed_gallery_->data(), g_stop - g,
                  out + (q - q_begin) * stride + (g - g_begin), stride},
                 threads);
      }
    }
  }

  // Groups are small: each is one thread's work.
  void FillGroups(std::span<const RowGroup> groups, int threads) override {
    ParallelFor(groups.size(), threads, [&](size_t i) {
      auto buffer = buffers_.Take();
      FillGroup(groups[i], *buffer);
      buffers_.Give(std::move(buffer));
    });
  }

 private:
  static size_t Padded(size_t rows, size_t panel) { return DivideUp(rows, panel) * panel; }

  void FillGroup(const RowGroup& group, const AlignedFloats& buffer) const {
    const size_t columns = group.gallery_rows.size();
    float* const scratch = buffer.data();
    float* const queries = scratch + kMaxPanel * depth_;
    float* const gallery = queries + kMaxPanel * depth_;
    for (size_t g = 0; g < columns; g += kStripRows) {
      const size_t g_end = std::min(columns, g + kStripRows);
      gallery_packer_.Pack({.given = group.gallery_rows.data()}, g, g_end, scratch, gallery);
      for (size_t q = 0; q < group.query_rows.size(); q += kernels_.query_panel) {
        const size_t rows = std::min(group.query_rows.size() - q, kernels_.query_panel);
        query_packer_.Pack({.given = group.query_rows.data()}, q, q + rows, scratch, queries);
        MultiplyStrip({queries, rows, gallery, g_end - g, group.out + q * columns + g, columns}, 0,
                      rows);
      }
    }
  }

  // Packs query rows unless they are the ones of the block before.
  void PrepareQueries(size_t begin, size_t end, int threads) {
    if (packed_queries_ != nullptr && begin == packed_begin_ && end == packed_end_) return;
    if (packed_queries_ == nullptr) {
      packed_queries_ = std::make_unique<AlignedFloats>(
          std::min(band_rows_, Padded(queries_, kernels_.query_panel)) * depth_);
    }
    packed_begin_ = packed_end_ = 0;  // should a row be refused
    Pack(query_packer_, begin, end, threads, packed_queries_->data());
    packed_begin_ = begin;
    packed_end_ = end;
  }

  void PrepareGallery(size_t begin, size_t end, int threads) {
    if (packed_gallery_ == nullptr) {
      packed_gallery_ = std::make_unique<AlignedFloats>(
          std::min(chunk_rows_, Padded(gallery_, kernels_.gallery_panel)) * depth_);
    }
    Pack(gallery_packer_, begin, end, threads, packed_gallery_->data());
  }

  void Pack(const RowPacker& packer, size_t begin, size_t end, int threads, float* out) {
    const size_t panel = packer.panel();
    ParallelFor(DivideUp(end - begin, panel), threads, [&](size_t p) {
      auto scratch = buffers_.Take();
      packer.Pack({.first = begin}, p * panel, std::min(end - begin, (p + 1) * panel),
                  scratch->data(), out + p * panel * depth_);
      buffers_.Give(std::move(scratch));
    });
  }

  // Tasks are strips of gallery rows, and where those are few also shares of the query panels.
  void Multiply(const Block& block, int threads) const {
    const size_t strips = DivideUp(block.columns, kStripRows);
    const size_t panels = DivideUp(block.rows, kernels_.query_panel);
    const size_t wanted = threads == 1 ? 1 : kTasksAThread * static_cast<size_t>(threads);
    const size_t splits = std::clamp<size_t>(DivideUp(wanted, strips), 1,
                                             std::max<size_t>(1, panels / kFewestPanels));
    const size_t share = DivideUp(panels, splits) * kernels_.query_panel;
    ParallelFor(strips * splits, threads, [&](size_t task) {
      const size_t begin = task / splits * kStripRows;
      const size_t first = task % splits * share;
      Block strip = block;
      strip.gallery += begin * depth_;
      strip.columns = std::min(block.columns - begin, kStripRows);
      strip.out += begin;
      MultiplyStrip(strip, first, std::min(block.rows, first + share));
    });
  }

  // Query rows [first, last) of the block; `first` begins a panel.
  void MultiplyStrip(const Block& block, size_t first, size_t last) const {
    const size_t panel = kernels_.gallery_panel;
    const size_t next = kernels_.query_panel * depth_;  // from a query panel to the next
    for (size_t k = 0; k < std::max<size_t>(depth_, 1); k += kDepthStep) {
      const size_t step = std::min(depth_ - k, kDepthStep);
      const size_t ahead = DivideUp(step * kernels_.query_panel * panel, block.columns);
      for (size_t q = first; q < last; q += kernels_.query_panel) {
        const float* query = block.queries + q * depth_ + k * kernels_.query_panel;
        float* out = block.out + q * block.stride;
        for (size_t g = 0; g < block.columns; g += panel) {
          if (q + kernels_.query_panel < last) {
            Prefetch(query + next + g / panel * ahead, ahead);
            PrefetchRows(out + kernels_.query_panel * block.stride + g, block.stride,
                         std::min(kernels_.query_panel, last - q - kernels_.query_panel));
          }
          MultiplyPanel(query, block.gallery + g * depth_ + k * panel, step, k > 0,
                        std::min(kernels_.query_panel, last - q),
                        std::min(panel, block.columns - g), out + g, block.stride);
        }
      }
    }
  }

  // The next query panel and its scores come from afar: asked for while this one is worked on.
  static void Prefetch(const float* begin, size_t floats) {
    for (size_t i = 0; i < floats; i += kCacheLine) __builtin_prefetch(begin + i, 0, 2);
  }
  void PrefetchRows(const float* out, size_t stride, size_t rows) const {
    for (size_t r = 0; r < rows; ++r) {
      for (size_t i = 0; i < kernels_.gallery_panel; i += kCacheLine) {
        __builtin_prefetch(out + r * stride + i, 1, 2);
      }
    }
  }

  // The product has one shape; at ragged edges it goes through a buffer and the padding is dropped.
  void MultiplyPanel(const float* query, const float* gallery, size_t depth, bool add, size_t rows,
                     size_t cols, float* out, size_t stride) const {
    if (rows == kernels_.query_panel && cols == kernels_.gallery_panel) {
      multiply_(query, gallery, depth, add, out, stride);
      return;
    }
    float edge[kMaxPanel * kMaxPanel] = {};
    const size_t width = kernels_.gallery_panel;
    for (size_t r = 0; add && r < rows; ++r) {
      std::memcpy(edge + r * width, out + r * stride, cols * sizeof(float));
    }
    multiply_(query, gallery, depth, add, edge, width);
    for (size_t r = 0; r < rows; ++r) {
      std::memcpy(out + r * stride, edge + r * width, cols * sizeof(float));
    }
  }

  const size_t queries_;
  const size_t gallery_;
  const size_t depth_;
  const Kernels& kernels_;
  decltype(Kernels::inner) const multiply_;
  const RowPacker query_packer_;
  const RowPacker gallery_packer_;
  const size_t band_rows_;
  const size_t chunk_rows_;
  BufferPool buffers_;
  std::unique_ptr<AlignedFloats> packed_queries_;  // query rows [packed_begin_, packed_end_)
  std::unique_ptr<AlignedFloats> packed_gallery_;
  size_t packed_begin_ = 0;
  size_t packed_end_ = 0;
};

}  // namespace

std::unique_ptr<BlockSource> NewCpuBlockSource(const RowSource& query, const RowSource& gallery,
                                               Distance distance, const FeatureIndex* query_index,
                                               const FeatureIndex* gallery_index) {
  if (query.cols() != gallery.cols()) {
    throw Error(ErrorCode::kData,
                {.where = "query and gallery features",
                 .found = fmt::format("widths {} and {}", query.cols(), gallery.cols()),
                 .expected = "equal widths",
                 .hint = "Truncate, pad or project one side first."});
  }
  return std::make_unique<CpuBlockSource>(query, gallery, distance, query_index, gallery_index);
}

}  // namespace bcr
