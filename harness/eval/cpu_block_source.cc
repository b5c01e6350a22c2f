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

namespace bcr {
namespace {

using RowPointers = std::vector<const float*>;

constexpr size_t kQueryChunk = 2016;       // query rows packed at once (a multiple of every panel)
constexpr size_t kStripBytes = 1U << 20U;  // packed gallery rows a thread works on: they stay in L2
constexpr size_t kMaxStripRows = 256;
constexpr size_t kMaxPanel = 32;

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

// The pointers of one panel, null beyond the end of `rows`.
void PanelRows(const RowPointers& rows, size_t begin, size_t end, size_t panel, const float** out) {
  for (size_t r = 0; r < panel; ++r) out[r] = begin + r < end ? rows[begin + r] : nullptr;
}

size_t StripRows(size_t depth, size_t panel) {
  const size_t fitting = kStripBytes / (sizeof(float) * std::max<size_t>(depth, 1));
  return std::max(panel, std::min(kMaxStripRows, fitting) / panel * panel);
}

class CpuBlockSource : public BlockSource {
 public:
  CpuBlockSource(MatrixView query, MatrixView gallery)
      : query_(query),
        gallery_(gallery),
        depth_(query.cols),
        kernels_(BestKernels()),
        strip_rows_(StripRows(depth_, kernels_.gallery_panel)),
        strips_(strip_rows_ * depth_) {}

  size_t queries() const override { return query_.rows; }
  size_t gallery() const override { return gallery_.rows; }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    RowPointers query, gallery;
    for (size_t q = q_begin; q < q_end; ++q) query.push_back(query_.row(q));
    for (size_t g = g_begin; g < g_end; ++g) gallery.push_back(gallery_.row(g));
    Multiply(query, gallery, threads, out);
  }

  void FillRows(const std::vector<uint32_t>& query_rows, const std::vector<uint32_t>& gallery_rows,
                int threads, float* out) override {
    RowPointers query, gallery;
    for (const uint32_t q : query_rows) query.push_back(query_.row(q));
    for (const uint32_t g : gallery_rows) gallery.push_back(gallery_.row(g));
    Multiply(query, gallery, threads, out);
  }

 private:
  void Multiply(const RowPointers& query, const RowPointers& gallery, int threads, float* out) {
    if (threads <= 0) threads = DefaultThreads();
    const size_t rows = std::min(query.size(), kQueryChunk);
    AlignedFloats packed(DivideUp(rows, kernels_.query_panel) * kernels_.query_panel * depth_);
    for (size_t begin = 0; begin < query.size(); begin += kQueryChunk) {
      const size_t end = std::min(query.size(), begin + kQueryChunk);
      PackQueries(query, begin, end, threads, packed.data());
      MultiplyChunk(packed.data(), end - begin, gallery, threads, out + begin * gallery.size());
    }
  }

  void PackQueries(const RowPointers& query, size_t begin, size_t end, int threads, float* packed) {
    const size_t panel = kernels_.query_panel;
    ParallelFor(DivideUp(end - begin, panel), threads, [&](size_t p) {
      const float* rows[kMaxPanel];
      PanelRows(query, begin + p * panel, end, panel, rows);
      kernels_.pack_query(rows, depth_, packed + p * panel * depth_);
    });
  }

  // Tasks are strips of gallery rows; where those are too few for the threads, the query panels are
  // split as well.
  void MultiplyChunk(const float* packed, size_t rows, const RowPointers& gallery, int threads,
                     float* out) {
    const size_t strips = DivideUp(gallery.size(), strip_rows_);
    const size_t panels = DivideUp(rows, kernels_.query_panel);
    const size_t wanted = threads == 1 ? 1 : 8 * static_cast<size_t>(threads);
    const size_t splits = std::min(panels, DivideUp(wanted, std::max<size_t>(strips, 1)));
    const size_t share = DivideUp(panels, splits);
    ParallelFor(strips * splits, threads, [&](size_t task) {
      const size_t first = task % splits * share;
      const size_t last = std::min(panels, first + share);
      if (first < last) MultiplyStrip(packed, rows, first, last, gallery, task / splits, out);
    });
  }

  void MultiplyStrip(const float* packed, size_t rows, size_t first_panel, size_t last_panel,
                     const RowPointers& gallery, size_t strip, float* out) {
    const size_t begin = strip * strip_rows_;
    const size_t end = std::min(gallery.size(), begin + strip_rows_);
    const size_t panel = kernels_.gallery_panel;
    std::unique_ptr<AlignedFloats> buffer = strips_.Take();
    float* strip_panels = buffer->data();
    for (size_t g = begin; g < end; g += panel) {
      const float* pointers[kMaxPanel];
      PanelRows(gallery, g, end, panel, pointers);
      kernels_.pack_gallery(pointers, depth_, strip_panels + (g - begin) * depth_);
    }
    for (size_t p = first_panel; p < last_panel; ++p) {
      const size_t q = p * kernels_.query_panel;
      for (size_t g = begin; g < end; g += panel) {
        MultiplyPanel(packed + q * depth_, strip_panels + (g - begin) * depth_,
                      std::min(kernels_.query_panel, rows - q), std::min(panel, end - g),
                      out + q * gallery.size() + g, gallery.size());
      }
    }
    strips_.Give(std::move(buffer));
  }

  // The product has one shape; at ragged edges it goes through a buffer and the padding is dropped.
  void MultiplyPanel(const float* query, const float* gallery, size_t rows, size_t cols, float* out,
                     size_t stride) {
    if (rows == kernels_.query_panel && cols == kernels_.gallery_panel) {
      kernels_.multiply(query, gallery, depth_, out, stride);
      return;
    }
    float edge[kMaxPanel * kMaxPanel];
    kernels_.multiply(query, gallery, depth_, edge, kernels_.gallery_panel);
    for (size_t r = 0; r < rows; ++r) {
      std::memcpy(out + r * stride, edge + r * kernels_.gallery_panel, cols * sizeof(float));
    }
  }

  const MatrixView query_;
  const MatrixView gallery_;
  const size_t depth_;
  const Kernels& kernels_;
  const size_t strip_rows_;
  BufferPool strips_;
};

}  // namespace

std::unique_ptr<BlockSource> NewCpuBlockSource(MatrixView query, MatrixView gallery) {
  if (query.cols != gallery.cols) {
    throw Error(ErrorCode::kData,
                {.where = "query and gallery features",
                 .found = fmt::format("widths {} and {}", query.cols, gallery.cols),
                 .expected = "equal widths",
                 .hint = "Truncate, pad or project one side first."});
  }
  return std::make_unique<CpuBlockSource>(query, gallery);
}

}  // namespace bcr
