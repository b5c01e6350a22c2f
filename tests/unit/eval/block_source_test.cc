#include "harness/eval/block_source.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/kernels.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

FloatMatrix RandomRows(size_t rows, size_t cols, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

std::vector<float> FillAll(BlockSource& source, int threads) {
  std::vector<float> out(source.queries() * source.gallery());
  source.Fill(0, source.queries(), 0, source.gallery(), threads, out.data());
  return out;
}

bool Equal(const float* a, const float* b, size_t n) {
  return std::memcmp(a, b, n * sizeof(float)) == 0;
}

TEST(CpuBlockSource, MatchesDoublePrecision) {
  for (const size_t width : {1, 2, 15, 16, 17, 64, 515}) {
    const FloatMatrix query = RandomRows(31, width, 1);
    const FloatMatrix gallery = RandomRows(77, width, 2);
    const auto source = NewCpuBlockSource(query.view(), gallery.view());
    const std::vector<float> scores = FillAll(*source, 2);
    for (size_t q = 0; q < 31; ++q) {
      for (size_t g = 0; g < 77; ++g) {
        double exact = 0, size = 0;
        for (size_t k = 0; k < width; ++k) {
          const double product = double{query.row(q)[k]} * gallery.row(g)[k];
          exact += product;
          size += std::fabs(product);
        }
        // Error of a sum of n products: n times the unit roundoff of their absolute sum.
        EXPECT_NEAR(scores[q * 77 + g], exact, static_cast<double>(width) * 6e-8 * size);
      }
    }
  }
}

TEST(CpuBlockSource, IdenticalRowsScoreIdenticallyAtEveryPlace) {
  for (const size_t width : {1, 3, 16, 17, 31, 100, 128, 257, 512, 1000, 2048}) {
    const FloatMatrix one = RandomRows(2, width, width);
    FloatMatrix query(61, width), gallery(403, width);
    for (size_t q = 0; q < query.rows(); ++q) std::copy_n(one.row(0), width, query.row(q));
    for (size_t g = 0; g < gallery.rows(); ++g) std::copy_n(one.row(1), width, gallery.row(g));
    const auto source = NewCpuBlockSource(query.view(), gallery.view());
    const std::vector<float> scores = FillAll(*source, 2);
    for (const float score : scores) {
      ASSERT_TRUE(Equal(&score, scores.data(), 1)) << "width " << width;
    }
  }
}

TEST(CpuBlockSource, BitsDependOnNeitherRangeNorThreads) {
  const FloatMatrix query = RandomRows(2050, 33, 3);  // more than the source packs at once
  const FloatMatrix gallery = RandomRows(301, 33, 4);
  const auto source = NewCpuBlockSource(query.view(), gallery.view());
  const std::vector<float> whole = FillAll(*source, 1);
  for (const int threads : {2, 3, 0}) {
    EXPECT_TRUE(Equal(whole.data(), FillAll(*source, threads).data(), whole.size()));
  }
  for (const auto& [q0, q1, g0, g1] : std::vector<std::array<size_t, 4>>{{0, 1, 0, 1},
                                                                         {5, 29, 7, 8},
                                                                         {13, 14, 0, 301},
                                                                         {2047, 2050, 100, 299},
                                                                         {1, 2050, 3, 40}}) {
    std::vector<float> part((q1 - q0) * (g1 - g0));
    source->Fill(q0, q1, g0, g1, 2, part.data());
    for (size_t q = q0; q < q1; ++q) {
      EXPECT_TRUE(Equal(&part[(q - q0) * (g1 - g0)], &whole[q * 301 + g0], g1 - g0));
    }
  }
}

// Forgets to override FillRows, as a source may.
class PlainSource : public BlockSource {
 public:
  explicit PlainSource(BlockSource& inner) : inner_(inner) {}
  size_t queries() const override { return inner_.queries(); }
  size_t gallery() const override { return inner_.gallery(); }
  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    inner_.Fill(q_begin, q_end, g_begin, g_end, threads, out);
  }

 private:
  BlockSource& inner_;
};

TEST(CpuBlockSource, GatheredRowsHaveTheSameBits) {
  const FloatMatrix query = RandomRows(40, 129, 5);
  const FloatMatrix gallery = RandomRows(300, 129, 6);
  const auto source = NewCpuBlockSource(query.view(), gallery.view());
  const std::vector<float> whole = FillAll(*source, 2);
  const std::vector<uint32_t> queries = {39, 0, 1, 2, 17};
  const std::vector<uint32_t> rows = {299, 3, 4, 5, 9, 100, 101, 0};
  PlainSource plain(*source);
  for (BlockSource* any : {source.get(), static_cast<BlockSource*>(&plain)}) {
    std::vector<float> some(queries.size() * rows.size());
    any->FillRows(queries, rows, 2, some.data());
    for (size_t i = 0; i < queries.size(); ++i) {
      for (size_t j = 0; j < rows.size(); ++j) {
        EXPECT_TRUE(Equal(&some[i * rows.size() + j], &whole[queries[i] * 300 + rows[j]], 1));
      }
    }
  }
}

TEST(CpuBlockSource, RefusesUnequalWidths) {
  const FloatMatrix query(2, 3), gallery(2, 4);
  EXPECT_THROW(NewCpuBlockSource(query.view(), gallery.view()), Error);
}

TEST(DistanceBlockSource, NamesTheRowOfANaN) {
  FloatMatrix distances(3, 4);
  distances.row(1)[2] = std::numeric_limits<float>::quiet_NaN();
  try {
    NewDistanceBlockSource(distances.view());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_NE(std::string(error.what()).find("query row 1, gallery row 2"), std::string::npos);
  }
}

// Every level this CPU runs, not only the one it would choose.
TEST(Kernels, EveryLevelIsRightAndIndifferentToPlace) {
  for (const Kernels* kernels : UsableKernels()) {
    SCOPED_TRACE(kernels->name);
    for (const size_t depth : {1, 17, 128, 2048}) {
      const FloatMatrix rows = RandomRows(2, depth, depth);
      std::vector<const float*> query(kernels->query_panel, rows.row(0));
      std::vector<const float*> gallery(kernels->gallery_panel, rows.row(1));
      query.back() = nullptr;
      std::vector<float> a(kernels->query_panel * depth), b(kernels->gallery_panel * depth);
      std::vector<float> out(kernels->query_panel * kernels->gallery_panel);
      kernels->pack_query(query.data(), depth, a.data());
      kernels->pack_gallery(gallery.data(), depth, b.data());
      kernels->multiply(a.data(), b.data(), depth, out.data(), kernels->gallery_panel);
      float chain = 0;
      for (size_t k = 0; k < depth; ++k) chain = std::fma(rows.row(0)[k], rows.row(1)[k], chain);
      const size_t last = (kernels->query_panel - 1) * kernels->gallery_panel;
      for (size_t i = 0; i < last; ++i) {
        ASSERT_EQ(out[i], out[0]) << i;
        if (std::string(kernels->name) != "portable") {
          ASSERT_EQ(out[i], chain);
        }
        ASSERT_NEAR(out[i], chain, 1e-4);
      }
      for (size_t i = last; i < out.size(); ++i) ASSERT_EQ(out[i], 0.0F);
    }
  }
}

TEST(Kernels, EveryLevelCounts) {
  std::vector<float> values;
  Random random(9);
  for (int i = 0; i < 1000; ++i) values.push_back(static_cast<float>(random.Below(20)));
  const float inf = std::numeric_limits<float>::infinity();
  for (const Kernels* kernels : UsableKernels()) {
    SCOPED_TRACE(kernels->name);
    for (const size_t n : {0, 1, 15, 16, 17, 63, 64, 65, 1000}) {
      size_t above = 0, least = 0;
      for (size_t i = 0; i < n; ++i) {
        above += values[i] > 10 ? 1 : 0;
        least += values[i] >= 10 ? 1 : 0;
      }
      EXPECT_EQ(kernels->count_above(values.data(), n, 10), above);
      EXPECT_EQ(kernels->count_at_least(values.data(), n, 10), least);
      EXPECT_TRUE(kernels->all_finite(values.data(), n));
      for (const float bad : {inf, -inf, std::nanf("")}) {
        if (n == 0) continue;
        std::vector<float> spoilt(values.begin(), values.begin() + static_cast<long>(n));
        spoilt[n - 1] = bad;
        EXPECT_FALSE(kernels->all_finite(spoilt.data(), n));
      }
    }
  }
}

TEST(StreamShape, KeepsToItsMemory) {
  for (const size_t queries : {1, 10, 300, 3368, 100000}) {
    for (const size_t gallery : {1, 50, 15913, 2000000}) {
      for (const int block_mb : {1, 16, 256, 4096}) {
        const StreamShape shape = ChooseShape(queries, gallery, block_mb);
        EXPECT_GE(shape.queries, 1u);
        EXPECT_GE(shape.gallery, 1u);
        EXPECT_LE(shape.queries, queries);
        EXPECT_LE(shape.gallery, gallery);
        EXPECT_LE(shape.queries * shape.gallery * 4, static_cast<size_t>(block_mb) << 20U);
      }
    }
  }
}

}  // namespace
}  // namespace bcr
