#pragma once

// The bodies behind kernels.h, written once over a vector type. Included only by the kernels_*.cc
// files, each compiled for its own instruction set: nothing here may call an inline function of
// another header, or the linker could pick a copy that older CPUs cannot run.

#include <cstddef>
#include <cstdint>

#include "harness/eval/product/kernels.h"

namespace bcr {
namespace {

// `Isa` names the vector type and its operations: Vec, kWidth, kRows (query rows a panel), kVecs
// (vectors across a gallery panel), Zero, Load, Store, Broadcast, Sub, MulAdd (ab + c), MulSub (c -
// ab).
template <typename Isa, bool kSquared>
void Multiply(const float* query_panel, const float* gallery_panel, size_t depth, float* out,
              size_t stride, Ahead ahead) {
  using Vec = typename Isa::Vec;
  constexpr size_t kCols = Isa::kVecs * Isa::kWidth;
  constexpr size_t kAhead = 8 * kCols;  // the gallery panel streams from L2: ask 8 columns early
  Vec sum[Isa::kRows][Isa::kVecs];
#pragma GCC unroll 16
  for (size_t r = 0; r < Isa::kRows; ++r) {
#pragma GCC unroll 4
    for (size_t v = 0; v < Isa::kVecs; ++v) {
      sum[r][v] = Isa::Zero();
    }
  }
  for (size_t k = 0; k < depth; ++k) {
    __builtin_prefetch(ahead.next, 0, 2);
    ahead.next += ahead.step;
    Vec gallery[Isa::kVecs];
#pragma GCC unroll 4
    for (size_t v = 0; v < Isa::kVecs; ++v) {
      gallery[v] = Isa::Load(gallery_panel + v * Isa::kWidth);
      __builtin_prefetch(gallery_panel + kAhead + v * Isa::kWidth);
    }
#pragma GCC unroll 16
    for (size_t r = 0; r < Isa::kRows; ++r) {
      const Vec query = Isa::Broadcast(query_panel + r);
#pragma GCC unroll 4
      for (size_t v = 0; v < Isa::kVecs; ++v) {
        if constexpr (kSquared) {
          const Vec difference = Isa::Sub(query, gallery[v]);
          sum[r][v] = Isa::MulSub(difference, difference, sum[r][v]);
        } else {
          sum[r][v] = Isa::MulAdd(query, gallery[v], sum[r][v]);
        }
      }
    }
    query_panel += Isa::kRows;
    gallery_panel += kCols;
  }
#pragma GCC unroll 16
  for (size_t r = 0; r < Isa::kRows; ++r) {
#pragma GCC unroll 4
    for (size_t v = 0; v < Isa::kVecs; ++v) {
      Isa::Store(out + r * stride + v * Isa::kWidth, sum[r][v]);
    }
  }
}

typedef float Quad __attribute__((vector_size(16)));
typedef float UnalignedQuad __attribute__((vector_size(16), aligned(4), may_alias));

inline Quad LoadQuad(const float* p) { return *reinterpret_cast<const UnalignedQuad*>(p); }
inline void StoreQuad(float* p, Quad v) { *reinterpret_cast<UnalignedQuad*>(p) = v; }

// Four rows by four columns, transposed in registers.
template <size_t kPanel>
inline void PackQuad(const float* const* rows, size_t k, float* panel) {
  const Quad a = LoadQuad(rows[0] + k), b = LoadQuad(rows[1] + k);
  const Quad c = LoadQuad(rows[2] + k), d = LoadQuad(rows[3] + k);
  const Quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  StoreQuad(panel, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  StoreQuad(panel + kPanel, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  StoreQuad(panel + 2 * kPanel, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  StoreQuad(panel + 3 * kPanel, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

// Sixty-four columns at a time: whole cache lines of each row, and the part written stays in L1.
template <size_t kPanel>
void Pack(const float* const* rows, size_t depth, float* panel) {
  constexpr size_t kColumns = 64;
  constexpr size_t kQuads = kPanel / 4 * 4;
  for (size_t begin = 0; begin < depth; begin += kColumns) {
    const size_t end = begin + kColumns < depth ? begin + kColumns : depth;
    for (size_t r = 0; r < kQuads; r += 4) {
      size_t k = begin;
      for (; k + 4 <= end; k += 4) PackQuad<kPanel>(rows + r, k, panel + k * kPanel + r);
      for (; k < end; ++k) {
        for (size_t i = r; i < r + 4; ++i) panel[k * kPanel + i] = rows[i][k];
      }
    }
    for (size_t r = kQuads; r < kPanel; ++r) {
      for (size_t k = begin; k < end; ++k) panel[k * kPanel + r] = rows[r][k];
    }
  }
}

template <size_t kLanes>
struct Lanes;
template <>
struct Lanes<8> {
  typedef double Doubles __attribute__((vector_size(64)));
  typedef float Floats __attribute__((vector_size(32), aligned(4), may_alias));
};
template <>
struct Lanes<2> {
  typedef double Doubles __attribute__((vector_size(16)));
  typedef float Floats __attribute__((vector_size(8), aligned(4), may_alias));
};

// A panel's columns as vectors of lanes, one a row. Where the rows are no multiple of the lanes the
// last vector overlaps the one before: its shared rows are computed twice, alike.
template <size_t kPanel>
struct Columns {
  static constexpr size_t kLanes = kPanel >= 8 ? 8 : 2;
  static constexpr size_t kVectors = (kPanel + kLanes - 1) / kLanes;
  using Doubles = typename Lanes<kLanes>::Doubles;
  using Floats = typename Lanes<kLanes>::Floats;
  static constexpr size_t First(size_t v) {
    return v * kLanes + kLanes <= kPanel ? v * kLanes : kPanel - kLanes;
  }
  static Floats* At(float* column, size_t v) {
    return reinterpret_cast<Floats*>(column + First(v));
  }
};

// value / divisor, to the bit, mostly without dividing: the product with the reciprocal is within
// 2^-51 of the quotient, so where both ends of that range (here four times as wide) round to one
// float, so does the quotient. Elsewhere, about once in 2^25 values, the columns at hand are
// divided after all.
template <size_t kPanel>
void Divide(float* panel, size_t depth, const typename Columns<kPanel>::Doubles* divisor) {
  using In = Columns<kPanel>;
  using Doubles = typename In::Doubles;
  using Floats = typename In::Floats;
  constexpr size_t kColumns = 16;
  Doubles low[In::kVectors], high[In::kVectors];
  for (size_t v = 0; v < In::kVectors; ++v) {
    low[v] = 1.0 / divisor[v] * (1 - 0x1p-50);
    high[v] = 1.0 / divisor[v] * (1 + 0x1p-50);
  }
  for (size_t begin = 0; begin < depth; begin += kColumns) {
    const size_t end = begin + kColumns < depth ? begin + kColumns : depth;
    Floats quotients[kColumns * In::kVectors];
    auto differ = Floats{} != Floats{};
    for (size_t k = begin; k < end; ++k) {
#pragma GCC unroll 8
      for (size_t v = 0; v < In::kVectors; ++v) {
        const Doubles value = __builtin_convertvector(*In::At(panel + k * kPanel, v), Doubles);
        const Floats quotient = __builtin_convertvector(value * low[v], Floats);
        differ |= quotient != __builtin_convertvector(value * high[v], Floats);
        quotients[(k - begin) * In::kVectors + v] = quotient;
      }
    }
    bool exact = true;
    for (size_t i = 0; i < In::kLanes; ++i) exact = exact && differ[i] == 0;
    for (size_t k = begin; !exact && k < end; ++k) {
      for (size_t v = 0; v < In::kVectors; ++v) {
        const Doubles value = __builtin_convertvector(*In::At(panel + k * kPanel, v), Doubles);
        quotients[(k - begin) * In::kVectors + v] =
            __builtin_convertvector(value / divisor[v], Floats);
      }
    }
    for (size_t k = begin; k < end; ++k) {
#pragma GCC unroll 8
      for (size_t v = 0; v < In::kVectors; ++v) {
        *In::At(panel + k * kPanel, v) = quotients[(k - begin) * In::kVectors + v];
      }
    }
  }
}

// Down the columns of a packed panel every row is a lane of its own. A square of float32 is exact
// in float64, so fused or not the sums are those of NormalizeRows.
template <size_t kPanel>
void Norms(float* panel, size_t depth, bool divide, double* norms) {
  using In = Columns<kPanel>;
  using Doubles = typename In::Doubles;
  Doubles sum[In::kVectors] = {};
  for (size_t k = 0; k < depth; ++k) {
#pragma GCC unroll 8
    for (size_t v = 0; v < In::kVectors; ++v) {
      const Doubles value = __builtin_convertvector(*In::At(panel + k * kPanel, v), Doubles);
      sum[v] += value * value;
    }
  }
  Doubles divisor[In::kVectors];
  for (size_t v = 0; v < In::kVectors; ++v) {
    for (size_t i = 0; i < In::kLanes; ++i) {
      const double norm = __builtin_sqrt(sum[v][i]);
      norms[In::First(v) + i] = norm;
      divisor[v][i] = norm > 1e-12 ? norm : 1e-12;
    }
  }
  if (divide) Divide<kPanel>(panel, depth, divisor);
}

// Counts in 32 bits so that the loop vectorises to one add a lane; a row has fewer than 2^32 items.
inline size_t CountAbove(const float* values, size_t n, float threshold) {
  uint32_t count = 0;
  for (size_t i = 0; i < n; ++i) count += values[i] > threshold ? 1 : 0;
  return count;
}

inline size_t CountAtLeast(const float* values, size_t n, float threshold) {
  uint32_t count = 0;
  for (size_t i = 0; i < n; ++i) count += values[i] >= threshold ? 1 : 0;
  return count;
}

inline bool AllFinite(const float* values, size_t n) {
  uint32_t bad = 0;
  for (size_t i = 0; i < n; ++i) bad |= values[i] - values[i] == 0.0F ? 0 : 1;  // inf - inf is NaN
  return bad == 0;
}

template <typename Isa>
constexpr Kernels MakeKernels(const char* name) {
  return {name,
          Isa::kRows,
          Isa::kVecs * Isa::kWidth,
          &Pack<Isa::kRows>,
          &Pack<Isa::kVecs * Isa::kWidth>,
          &Norms<Isa::kRows>,
          &Norms<Isa::kVecs * Isa::kWidth>,
          &Multiply<Isa, false>,
          &Multiply<Isa, true>,
          &CountAbove,
          &CountAtLeast,
          &AllFinite};
}

}  // namespace
}  // namespace bcr
