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
constexpr size_t kStripBytes = 1U << 20U;  // packed gallery rows a thread works on: they stay in L2
constexpr size_t kMaxStripRows = 256;
constexpr size_t kMaxPanel = 32;
constexpr size_t kTailSplits = 4;  // the last strips are shared out finer: threads end together

// Buffers of one size, kept for the next strip: a fresh megabyte would be faulted in every time.
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

size_t BandRows(size_t depth, size_t panel) {
  const size_t fitting = kPackedQueryBytes / (sizeof(float) * std::max<size_t>(depth, 1));
  return std::max<size_t>(1, fitting / panel) * panel;
}

// Query panels [first, last) against one strip of gallery rows.
struct Task {
  size_t strip, first, last;
};

// Strips in order. Where they are too few for the threads, and at the end, the query panels are
// split as well.
std::vector<Task> ShareOut(size_t strips, size_t panels, int threads) {
  const size_t many = threads == 1 ? 1 : 8 * static_cast<size_t>(threads);
  const size_t tail = threads == 1 ? 0 : 2 * static_cast<size_t>(threads);
  std::vector<Task> tasks;
  for (size_t strip = 0; strip < strips; ++strip) {
    const size_t wanted = strip + tail >= strips && tail > 0 ? kTailSplits : 1;
    const size_t splits = std::min(panels, std::max(wanted, DivideUp(many, strips)));
    const size_t share = DivideUp(panels, splits);
    for (size_t first = 0; first < panels; first += share) {
      tasks.push_back({strip, first, std::min(panels, first + share)});
    }
  }
  return tasks;
}

// What a block is computed from: packed query rows, and the gallery rows that its columns are.
struct Block {
  const float* queries;
  size_t rows;
  RowList gallery;
  size_t columns;
  float* out;
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
        strip_rows_(StripRows(depth_, kernels_.gallery_panel)),
        band_rows_(BandRows(depth_, kernels_.query_panel)),
        strips_((strip_rows_ + kMaxPanel) * depth_) {}

  size_t queries() const override { return queries_; }
  size_t gallery() const override { return gallery_; }
  size_t query_band() const override { return band_rows_; }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    if (threads <= 0) threads = DefaultThreads();
    const size_t columns = g_end - g_begin;
    for (size_t q = q_begin; q < q_end; q += band_rows_) {
      const size_t end = std::min(q_end, q + band_rows_);
      PrepareQueries(q, end, threads);
      const Block block{
          packed_->data(), end - q, {.first = g_begin}, columns, out + (q - q_begin) * columns};
      const std::vector<Task> tasks = ShareOut(DivideUp(columns, strip_rows_),
                                               DivideUp(block.rows, kernels_.query_panel), threads);
      ParallelFor(tasks.size(), threads, [&](size_t t) { RunTask(block, tasks[t]); });
    }
  }

  // Groups are small: each is one thread's work.
  void FillGroups(std::span<const RowGroup> groups, int threads) override {
    ParallelFor(groups.size(), threads, [&](size_t i) {
      const RowGroup& group = groups[i];
      const size_t rows = group.query_rows.size();
      const size_t panels = DivideUp(rows, kernels_.query_panel);
      const AlignedFloats packed(panels * kernels_.query_panel * depth_);
      auto buffer = strips_.Take();
      query_packer_.Pack({.given = group.query_rows.data()}, 0, rows, Scratch(*buffer),
                         packed.data());
      strips_.Give(std::move(buffer));
      const size_t columns = group.gallery_rows.size();
      const Block block{
          packed.data(), rows, {.given = group.gallery_rows.data()}, columns, group.out};
      for (size_t strip = 0; strip * strip_rows_ < columns; ++strip) {
        RunTask(block, {strip, 0, panels});
      }
    });
  }

 private:
  float* Scratch(const AlignedFloats& buffer) const { return buffer.data() + strip_rows_ * depth_; }

  // Packs query rows unless they are the ones of the block before.
  void PrepareQueries(size_t begin, size_t end, int threads) {
    if (packed_ != nullptr && begin == packed_begin_ && end == packed_end_) return;
    const size_t panel = kernels_.query_panel;
    if (packed_ == nullptr) {
      const size_t most = std::min(band_rows_, DivideUp(queries_, panel) * panel);
      packed_ = std::make_unique<AlignedFloats>(most * depth_);
    }
    packed_begin_ = packed_end_ = 0;
    ParallelFor(DivideUp(end - begin, panel), threads, [&](size_t p) {
      auto buffer = strips_.Take();
      query_packer_.Pack({.first = begin}, p * panel, std::min(end - begin, (p + 1) * panel),
                         Scratch(*buffer), packed_->data() + p * panel * depth_);
      strips_.Give(std::move(buffer));
    });
    packed_begin_ = begin;
    packed_end_ = end;
  }

  void RunTask(const Block& block, const Task& task) {
    const size_t begin = task.strip * strip_rows_;
    const size_t end = std::min(block.columns, begin + strip_rows_);
    const size_t panel = kernels_.gallery_panel;
    std::unique_ptr<AlignedFloats> buffer = strips_.Take();
    gallery_packer_.Pack(block.gallery, begin, end, Scratch(*buffer), buffer->data());
    for (size_t p = task.first; p < task.last; ++p) {
      const size_t q = p * kernels_.query_panel;
      for (size_t g = begin; g < end; g += panel) {
        MultiplyPanel(block.queries + q * depth_, buffer->data() + (g - begin) * depth_,
                      std::min(kernels_.query_panel, block.rows - q), std::min(panel, end - g),
                      block.out + q * block.columns + g, block.columns);
      }
    }
    strips_.Give(std::move(buffer));
  }

  // The product has one shape; at ragged edges it goes through a buffer and the padding is dropped.
  void MultiplyPanel(const float* query, const float* gallery, size_t rows, size_t cols, float* out,
                     size_t stride) const {
    if (rows == kernels_.query_panel && cols == kernels_.gallery_panel) {
      multiply_(query, gallery, depth_, out, stride);
      return;
    }
    float edge[kMaxPanel * kMaxPanel];
    multiply_(query, gallery, depth_, edge, kernels_.gallery_panel);
    for (size_t r = 0; r < rows; ++r) {
      std::memcpy(out + r * stride, edge + r * kernels_.gallery_panel, cols * sizeof(float));
    }
  }

  const size_t queries_;
  const size_t gallery_;
  const size_t depth_;
  const Kernels& kernels_;
  decltype(Kernels::inner) const multiply_;
  const RowPacker query_packer_;
  const RowPacker gallery_packer_;
  const size_t strip_rows_;
  const size_t band_rows_;
  BufferPool strips_;
  std::unique_ptr<AlignedFloats> packed_;  // query rows [packed_begin_, packed_end_)
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
