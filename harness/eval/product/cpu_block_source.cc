#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/core/provenance.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/product/kernels.h"
#include "harness/eval/product/row_packer.h"

namespace bcr {
namespace {

constexpr size_t kPackedQueryBytes = 128U << 20U;  // packed query rows kept between blocks
constexpr size_t kPackedGalleryBytes = 8U << 20U;  // packed gallery rows, shared by all threads
constexpr size_t kStripBytes = 1U << 20U;  // of these, what a thread works on: it stays in L2
constexpr size_t kMaxStripRows = 256;
constexpr size_t kMaxPanel = 32;
constexpr size_t kStripsAThread = 4;  // from here on threads end together by themselves
constexpr size_t kTasksAThread = 8;   // so that they do where strips are fewer
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

size_t StripRows(size_t depth, size_t panel) {
  const size_t fitting = kStripBytes / (sizeof(float) * std::max<size_t>(depth, 1));
  return std::max(panel, std::min(kMaxStripRows, fitting) / panel * panel);
}

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

// What is made of two packed rows, and of a row that is packed (normalised for cosine alone).
struct Arithmetic {
  decltype(Kernels::inner) Kernels::*product;
  Distance rows_as;
};

class CpuBlockSource : public BlockSource {
 public:
  CpuBlockSource(const RowSource& query, const RowSource& gallery, const Arithmetic& arithmetic,
                 const FeatureIndex* query_index, const FeatureIndex* gallery_index)
      : queries_(query.rows()),
        gallery_(gallery.rows()),
        depth_(query.cols()),
        finite_(arithmetic.rows_as == Distance::kCosine),
        kernels_(BestKernels()),
        multiply_(kernels_.*arithmetic.product),
        query_packer_(RowPacker::Side::kQuery, query, query_index, arithmetic.rows_as, kernels_),
        gallery_packer_(RowPacker::Side::kGallery, gallery, gallery_index, arithmetic.rows_as,
                        kernels_),
        strip_rows_(StripRows(depth_, kernels_.gallery_panel)),
        band_rows_(PackedRows(kPackedQueryBytes, depth_, kernels_.query_panel)),
        chunk_rows_(PackedRows(kPackedGalleryBytes, depth_, kernels_.gallery_panel)),
        buffers_((strip_rows_ + 2 * kMaxPanel) * depth_) {}

  size_t queries() const override { return queries_; }
  size_t gallery() const override { return gallery_; }
  size_t query_band() const override { return band_rows_; }
  // Rows of length 1 whose values were checked; a sum of squares may overflow.
  bool finite() const override { return finite_; }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    if (threads <= 0) threads = DefaultThreads();
    const size_t stride = g_end - g_begin;
    for (size_t q = q_begin; q < q_end; q += band_rows_) {
      const size_t q_stop = std::min(q_end, q + band_rows_);
      PrepareQueries(q, q_stop, threads);
      if (DivideUp(stride, strip_rows_) >= kStripsAThread * static_cast<size_t>(threads)) {
        FillByStrips(q_stop - q, g_begin, g_end, threads, out + (q - q_begin) * stride);
        continue;
      }
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

  // Where there are strips for all threads: each packs its own, which then lies in its L2.
  void FillByStrips(size_t queries, size_t g_begin, size_t g_end, int threads, float* out) {
    const size_t stride = g_end - g_begin;
    ParallelFor(DivideUp(stride, strip_rows_), threads, [&](size_t i) {
      const size_t begin = i * strip_rows_, end = std::min(stride, begin + strip_rows_);
      auto buffer = buffers_.Take();
      float* const scratch = buffer->data();
      float* const strip = scratch + 2 * kMaxPanel * depth_;
      gallery_packer_.Pack({.first = g_begin}, begin, end, scratch, strip);
      MultiplyStrip({packed_queries_->data(), queries, strip, end - begin, out + begin, stride}, 0,
                    queries);
      buffers_.Give(std::move(buffer));
    });
  }

  void FillGroup(const RowGroup& group, const AlignedFloats& buffer) const {
    const size_t columns = group.gallery_rows.size();
    float* const scratch = buffer.data();
    float* const queries = scratch + kMaxPanel * depth_;
    float* const gallery = queries + kMaxPanel * depth_;
    for (size_t g = 0; g < columns; g += strip_rows_) {
      const size_t g_end = std::min(columns, g + strip_rows_);
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
    const size_t strips = DivideUp(block.columns, strip_rows_);
    const size_t panels = DivideUp(block.rows, kernels_.query_panel);
    const size_t wanted = threads == 1 ? 1 : kTasksAThread * static_cast<size_t>(threads);
    const size_t splits = std::clamp<size_t>(DivideUp(wanted, strips), 1,
                                             std::max<size_t>(1, panels / kFewestPanels));
    const size_t share = DivideUp(panels, splits) * kernels_.query_panel;
    ParallelFor(strips * splits, threads, [&](size_t task) {
      const size_t begin = task / splits * strip_rows_;
      const size_t first = task % splits * share;
      Block strip = block;
      strip.gallery += begin * depth_;
      strip.columns = std::min(block.columns - begin, strip_rows_);
      strip.out += begin;
      MultiplyStrip(strip, first, std::min(block.rows, first + share));
    });
  }

  // Query rows [first, last) of the block; `first` begins a panel. The gallery rows of the strip
  // stay in L2; query panels come from afar, the next one while this one is worked on.
  void MultiplyStrip(const Block& block, size_t first, size_t last) const {
    const size_t tiles = DivideUp(block.columns, kernels_.gallery_panel);
    const size_t ahead = DivideUp(kernels_.query_panel, tiles);  // floats a column
    for (size_t q = first; q < last; q += kernels_.query_panel) {
      const float* query = block.queries + q * depth_;
      const float* next = query + kernels_.query_panel * depth_;
      for (size_t t = 0; t < tiles; ++t) {
        const size_t g = t * kernels_.gallery_panel;
        MultiplyPanel(query, block.gallery + g * depth_, {next + t * ahead * depth_, ahead},
                      std::min(kernels_.query_panel, last - q),
                      std::min(kernels_.gallery_panel, block.columns - g),
                      block.out + q * block.stride + g, block.stride);
      }
    }
  }

  // The product has one shape; at ragged edges it goes through a buffer and the padding is dropped.
  void MultiplyPanel(const float* query, const float* gallery, Ahead ahead, size_t rows,
                     size_t cols, float* out, size_t stride) const {
    if (rows == kernels_.query_panel && cols == kernels_.gallery_panel) {
      multiply_(query, gallery, depth_, out, stride, ahead);
      return;
    }
    float edge[kMaxPanel * kMaxPanel];
    multiply_(query, gallery, depth_, edge, kernels_.gallery_panel, ahead);
    for (size_t r = 0; r < rows; ++r) {
      std::memcpy(out + r * stride, edge + r * kernels_.gallery_panel, cols * sizeof(float));
    }
  }

  const size_t queries_;
  const size_t gallery_;
  const size_t depth_;
  const bool finite_;
  const Kernels& kernels_;
  decltype(Kernels::inner) const multiply_;
  const RowPacker query_packer_;
  const RowPacker gallery_packer_;
  const size_t strip_rows_;
  const size_t band_rows_;
  const size_t chunk_rows_;
  BufferPool buffers_;
  std::unique_ptr<AlignedFloats> packed_queries_;  // query rows [packed_begin_, packed_end_)
  std::unique_ptr<AlignedFloats> packed_gallery_;
  size_t packed_begin_ = 0;
  size_t packed_end_ = 0;
};

std::unique_ptr<BlockSource> Make(const RowSource& query, const RowSource& gallery,
                                  const Arithmetic& arithmetic, const FeatureIndex* query_index,
                                  const FeatureIndex* gallery_index) {
  if (query.cols() != gallery.cols()) {
    throw Error(ErrorCode::kData,
                {.where = "query and gallery features",
                 .found = fmt::format("widths {} and {}", query.cols(), gallery.cols()),
                 .expected = "equal widths",
                 .hint = "Truncate, pad or project one side first."});
  }
  return std::make_unique<CpuBlockSource>(query, gallery, arithmetic, query_index, gallery_index);
}

}  // namespace

std::unique_ptr<BlockSource> NewCpuBlockSource(const RowSource& query, const RowSource& gallery,
                                               Distance distance, const FeatureIndex* query_index,
                                               const FeatureIndex* gallery_index) {
  const bool cosine = distance == Distance::kCosine;
  return Make(query, gallery, {cosine ? &Kernels::inner : &Kernels::minus_squared, distance},
              query_index, gallery_index);
}

std::unique_ptr<BlockSource> NewCpuInnerProducts(const RowSource& query, const RowSource& gallery) {
  return Make(query, gallery, {&Kernels::inner, Distance::kEuclidean}, nullptr, nullptr);
}

}  // namespace bcr
