#include "harness/eval/block_source.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/product/kernels.h"
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

// What a source must give, in double precision.
double Exact(const float* query, const float* gallery, size_t width, Distance distance) {
  double product = 0, squares = 0, query_squares = 0, gallery_squares = 0;
  for (size_t k = 0; k < width; ++k) {
    const double q = query[k], g = gallery[k];
    product += q * g;
    squares += (q - g) * (q - g);
    query_squares += q * q;
    gallery_squares += g * g;
  }
  return distance == Distance::kCosine ? product / std::sqrt(query_squares * gallery_squares)
                                       : -squares;
}

TEST(CpuBlockSource, MatchesDoublePrecision) {
  for (const Distance distance : {Distance::kCosine, Distance::kEuclidean}) {
    for (const size_t width : {1, 2, 15, 16, 17, 64, 515}) {
      const FloatMatrix query = RandomRows(31, width, 1);
      const FloatMatrix gallery = RandomRows(77, width, 2);
      const eval_test::MatrixSource source(query, gallery, distance);
      const std::vector<float> scores = FillAll(*source, 2);
      for (size_t q = 0; q < 31; ++q) {
        for (size_t g = 0; g < 77; ++g) {
          const double exact = Exact(query.row(q), gallery.row(g), width, distance);
          // Error of a sum of n products: n times the unit roundoff of their absolute sum, which is
          // at most 1 for unit rows; three more roundings for normalising or subtracting.
          const double size = distance == Distance::kCosine ? 1 : std::fabs(exact);
          EXPECT_NEAR(scores[q * 77 + g], exact, static_cast<double>(width + 3) * 6e-8 * size);
        }
      }
    }
  }
}

// Rows 1e-4 apart at norm 1e4: the expansion |q|^2 + |g|^2 - 2qg has an error of about 10 here.
TEST(CpuBlockSource, EuclideanDoesNotCancel) {
  FloatMatrix query(1, 64), gallery(2, 64);
  for (size_t k = 0; k < 64; ++k) {
    query.row(0)[k] = gallery.row(0)[k] = gallery.row(1)[k] = 1024;
  }
  gallery.row(1)[5] += 0.125F;
  const eval_test::MatrixSource source(query, gallery, Distance::kEuclidean);
  EXPECT_EQ(FillAll(*source, 1), (std::vector<float>{0, -0.015625F}));
}

TEST(CpuBlockSource, IdenticalRowsScoreIdenticallyAtEveryPlace) {
  for (const Distance distance : {Distance::kCosine, Distance::kEuclidean}) {
    for (const size_t width : {1, 3, 16, 17, 31, 100, 128, 257, 512, 1000, 2048}) {
      const FloatMatrix one = RandomRows(2, width, width);
      FloatMatrix query(61, width), gallery(403, width);
      for (size_t q = 0; q < query.rows(); ++q) std::copy_n(one.row(0), width, query.row(q));
      for (size_t g = 0; g < gallery.rows(); ++g) std::copy_n(one.row(1), width, gallery.row(g));
      const eval_test::MatrixSource source(query, gallery, distance);
      const std::vector<float> scores = FillAll(*source, 2);
      for (const float score : scores) {
        ASSERT_TRUE(Equal(&score, scores.data(), 1)) << "width " << width;
      }
    }
  }
}

// 2100 gallery rows are strips enough for one or two threads to take whole ones, and too few for
// four.
TEST(CpuBlockSource, BitsDependOnNeitherRangeNorThreads) {
  const size_t rows = 2100;
  const FloatMatrix query = RandomRows(1030, 33, 3);
  const FloatMatrix gallery = RandomRows(rows, 33, 4);
  for (const Distance distance : {Distance::kCosine, Distance::kEuclidean}) {
    const eval_test::MatrixSource source(query, gallery, distance);
    const std::vector<float> whole = FillAll(*source, 1);
    for (const int threads : {2, 4, 0}) {
      EXPECT_TRUE(Equal(whole.data(), FillAll(*source, threads).data(), whole.size()));
    }
    for (const auto& [q0, q1, g0, g1] : std::vector<std::array<size_t, 4>>{{0, 1, 0, 1},
                                                                           {5, 29, 7, 8},
                                                                           {13, 14, 0, rows},
                                                                           {1027, 1030, 100, 299},
                                                                           {1, 1030, 3, 2090},
                                                                           {1, 1030, 3, 40}}) {
      std::vector<float> part((q1 - q0) * (g1 - g0));
      source->Fill(q0, q1, g0, g1, 2, part.data());
      for (size_t q = q0; q < q1; ++q) {
        EXPECT_TRUE(Equal(&part[(q - q0) * (g1 - g0)], &whole[q * rows + g0], g1 - g0));
      }
    }
  }
}

// More queries than a source keeps packed at once: rows 2^18 wide leave room for 128.
TEST(CpuBlockSource, BitsDoNotDependOnTheBand) {
  const size_t width = 1 << 18;
  const FloatMatrix query = RandomRows(150, width, 8);
  const FloatMatrix gallery = RandomRows(3, width, 9);
  const eval_test::MatrixSource source(query, gallery);
  ASSERT_LT(source->query_band(), query.rows());
  const std::vector<float> whole = FillAll(*source, 2);
  for (const size_t q : {0, 127, 149}) {
    float one[3];
    source->Fill(q, q + 1, 0, 3, 1, one);
    EXPECT_TRUE(Equal(one, &whole[q * 3], 3));
  }
}

// Forgets to override FillGroups, as a source may.
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
  const FloatMatrix gallery = RandomRows(900, 129, 6);
  const eval_test::MatrixSource source(query, gallery);
  const std::vector<float> whole = FillAll(*source, 2);
  std::vector<RowGroup> groups = {{{39, 0, 1, 2, 17}, {299, 3, 4, 5, 9, 100, 101, 0}, nullptr},
                                  {{7}, {7}, nullptr},
                                  {{}, {1, 2}, nullptr},
                                  {{1, 2, 3}, {}, nullptr},
                                  {{5}, {}, nullptr}};
  for (uint32_t q = 0; q < 40; ++q) groups[4].query_rows.push_back(39 - q);
  for (uint32_t g = 0; g < 900; ++g) groups[4].gallery_rows.push_back(899 - g);
  PlainSource plain(*source);
  for (BlockSource* any : {&*source, static_cast<BlockSource*>(&plain)}) {
    std::vector<std::vector<float>> some;
    for (RowGroup& group : groups) {
      group.out =
          some.emplace_back(group.query_rows.size() * group.gallery_rows.size() + 1, -7.0F).data();
    }
    any->FillGroups(groups, 2);
    for (const RowGroup& group : groups) {
      const size_t stride = group.gallery_rows.size();
      for (size_t i = 0; i < group.query_rows.size(); ++i) {
        for (size_t j = 0; j < stride; ++j) {
          EXPECT_TRUE(Equal(&group.out[i * stride + j],
                            &whole[group.query_rows[i] * 900 + group.gallery_rows[j]], 1));
        }
      }
      EXPECT_EQ(group.out[group.query_rows.size() * stride], -7.0F);
    }
  }
}

TEST(CpuBlockSource, RefusesUnequalWidths) {
  const FloatMatrix query(2, 3), gallery(2, 4);
  EXPECT_THROW(eval_test::MatrixSource(query, gallery), Error);
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
      const std::vector<float> zeros(depth, 0.0F);
      query.back() = zeros.data();
      std::vector<float> a(kernels->query_panel * depth), b(kernels->gallery_panel * depth);
      std::vector<float> out(kernels->query_panel * kernels->gallery_panel);
      kernels->pack_query(query.data(), depth, a.data());
      kernels->pack_gallery(gallery.data(), depth, b.data());
      kernels->inner(a.data(), b.data(), depth, out.data(), kernels->gallery_panel, {});
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

TEST(Kernels, EveryLevelSquaresDifferences) {
  for (const Kernels* kernels : UsableKernels()) {
    SCOPED_TRACE(kernels->name);
    for (const size_t depth : {1, 17, 515}) {
      const FloatMatrix rows = RandomRows(2, depth, depth);
      const std::vector<const float*> query(kernels->query_panel, rows.row(0));
      const std::vector<const float*> gallery(kernels->gallery_panel, rows.row(1));
      std::vector<float> a(kernels->query_panel * depth), b(kernels->gallery_panel * depth);
      std::vector<float> out(kernels->query_panel * kernels->gallery_panel);
      kernels->pack_query(query.data(), depth, a.data());
      kernels->pack_gallery(gallery.data(), depth, b.data());
      kernels->minus_squared(a.data(), b.data(), depth, out.data(), kernels->gallery_panel, {});
      float chain = 0;
      for (size_t k = 0; k < depth; ++k) {
        const float difference = rows.row(0)[k] - rows.row(1)[k];
        chain = std::fma(difference, difference, chain);
      }
      for (const float value : out) {
        ASSERT_EQ(value, out[0]);
        ASSERT_NEAR(value, -chain, 1e-6 * chain);
      }
      if (std::string(kernels->name) != "portable") {
        ASSERT_EQ(out[0], -chain);
      }
    }
  }
}

// Panels must hold what NormalizeRows makes, to the bit, at every level.
TEST(Kernels, EveryLevelNormalisesAsNormalizeRows) {
  const size_t depth = 131;
  FloatMatrix rows = RandomRows(31, depth, 12);
  for (size_t k = 0; k < depth; ++k) {
    rows.row(3)[k] *= 1e-30F;
    rows.row(4)[k] *= 1e30F;
    rows.row(5)[k] = k == 7 ? 1e-44F : 0.0F;  // below 1e-12: divided by that instead
    rows.row(6)[k] *= 1e-14F;
  }
  FloatMatrix unit = rows;
  NormalizeRows(unit);
  const std::vector<float> zeros(depth, 0.0F);
  for (const Kernels* kernels : UsableKernels()) {
    SCOPED_TRACE(kernels->name);
    for (const bool query : {true, false}) {
      const size_t panel = query ? kernels->query_panel : kernels->gallery_panel;
      std::vector<float> packed(panel * depth);
      std::vector<double> norms(panel);
      for (size_t first = 0; first < rows.rows(); ++first) {
        std::vector<const float*> pointers(panel, zeros.data());
        for (size_t r = 0; r < panel && first + r < rows.rows(); ++r) {
          pointers[r] = rows.row(first + r);
        }
        (query ? kernels->pack_query : kernels->pack_gallery)(pointers.data(), depth,
                                                              packed.data());
        (query ? kernels->norms_query : kernels->norms_gallery)(packed.data(), depth, true,
                                                                norms.data());
        for (size_t r = 0; r < panel; ++r) {
          for (size_t k = 0; k < depth; ++k) {
            const float expected = first + r < rows.rows() ? unit.row(first + r)[k] : 0.0F;
            ASSERT_TRUE(Equal(&packed[k * panel + r], &expected, 1)) << first + r << " " << k;
          }
        }
      }
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
  for (const size_t queries : {1, 10, 300, 3368, 11659, 100000}) {
    for (const size_t gallery : {1, 50, 15913, 82161, 2000000}) {
      for (const size_t band : {14, 1000, 16384, 1000000}) {
        for (const int block_mb : {1, 16, 256, 4096}) {
          const StreamShape shape = ChooseShape(queries, gallery, block_mb, band);
          EXPECT_GE(shape.queries, 1u);
          EXPECT_GE(shape.gallery, 1u);
          EXPECT_LE(shape.queries, std::min(queries, band));
          EXPECT_LE(shape.gallery, gallery);
          EXPECT_LE(shape.queries * shape.gallery * 4, static_cast<size_t>(block_mb) << 20U);
        }
      }
    }
  }
}

// Gallery rows are read once for all queries, at every published size.
TEST(StreamShape, KeepsAllQueriesTogether) {
  EXPECT_EQ(ChooseShape(3368, 15913, 256, 16384).queries, 3368u);
  EXPECT_EQ(ChooseShape(336, 15913, 256, 16384).gallery, 15913u);
  EXPECT_EQ(ChooseShape(11659, 82161, 256, 16384).queries, 11659u);
  EXPECT_EQ(ChooseShape(3368, 515913, 16, 16384).queries, 3368u);
}

TEST(StreamShape, WholeRows) {
  EXPECT_EQ(WholeRowShape(10, 1 << 20, 8).queries, 2u);
  EXPECT_EQ(WholeRowShape(10, 1 << 20, 8).gallery, size_t{1} << 20);
  EXPECT_EQ(WholeRowShape(10, 1 << 20, 1).queries, 1u);
  EXPECT_EQ(WholeRowShape(10, 5, 1).queries, 10u);
}

}  // namespace
}  // namespace bcr
