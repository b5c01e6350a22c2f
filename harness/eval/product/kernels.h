#pragma once

#include <cstddef>
#include <vector>

namespace bcr {

// Memory that a product asks the processor to load while it works, because it is needed soon and is
// not in the cache: `step` floats further with every column.
struct Ahead {
  const float* next = nullptr;
  size_t step = 0;
};

// The inner loops of scoring, compiled once per instruction set and chosen at run time. Levels with
// fused multiply-add (avx512, avx2) give the same bits as each other.
//
// A panel holds `panel rows` feature rows column by column: panel[k * panel_rows + r]. Rows beyond
// the data are zero.
struct Kernels {
  const char* name;
  size_t query_panel;    // rows of a query panel
  size_t gallery_panel;  // rows of a gallery panel

  // Packs query_panel (gallery_panel) rows of `depth` columns.
  void (*pack_query)(const float* const* rows, size_t depth, float* panel);
  void (*pack_gallery)(const float* const* rows, size_t depth, float* panel);

  // Writes the norm of each row of a packed panel, squares accumulated in float64 over ascending
  // columns; with `divide`, rows become what NormalizeRows makes of them, bit for bit.
  void (*norms_query)(float* panel, size_t depth, bool divide, double* norms);
  void (*norms_gallery)(float* panel, size_t depth, bool divide, double* norms);

  // out[q * stride + g] for row q of the query panel and row g of the gallery panel: their inner
  // product, or minus the sum of their squared differences. Every output is one accumulator that
  // takes k = 0 .. depth - 1 in turn: no place in a panel rounds differently from another.
  void (*inner)(const float* query_panel, const float* gallery_panel, size_t depth, float* out,
                size_t stride, Ahead ahead);
  void (*minus_squared)(const float* query_panel, const float* gallery_panel, size_t depth,
                        float* out, size_t stride, Ahead ahead);

  // Number of values > (>=) threshold.
  size_t (*count_above)(const float* values, size_t n, float threshold);
  size_t (*count_at_least)(const float* values, size_t n, float threshold);
  bool (*all_finite)(const float* values, size_t n);
};

// The fastest level this CPU runs, and all it runs (fastest first; the last is portable).
const Kernels& BestKernels();
std::vector<const Kernels*> UsableKernels();

}  // namespace bcr
