// k-reciprocal re-ranking: a worked vector (checked against the authors' code), and a slow dense
// version written from the definition.
#include "harness/eval/postprocess/rerank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

using eval_test::MakeMatrix;
using Rows = std::vector<std::vector<double>>;

std::vector<float> Distances(const FloatMatrix& query, const FloatMatrix& gallery,
                             Distance distance, const RerankOptions& options) {
  const auto q = NewMatrixRows(query.view()), g = NewMatrixRows(gallery.view());
  const auto source = NewRerankedSource(*q, *g, distance, options);
  std::vector<float> out(query.rows() * gallery.rows());
  source->Fill(0, query.rows(), 0, gallery.rows(), options.threads, out.data());
  for (float& value : out) value = -value;
  return out;
}

struct Case {
  int k1, k2;
  double lambda;
  RerankFlavour flavour;
  std::vector<double> expected;  // row q0, then row q1
};

constexpr RerankFlavour kOriginal = RerankFlavour::kOriginal;
constexpr RerankFlavour kFourth = RerankFlavour::kFourth;
constexpr RerankFlavour kFastReid = RerankFlavour::kFastReid;

// clang-format off
const Case kCases[] = {
    {3, 2, 1.0, kOriginal,
     {.014788, .045895, .522693, 1, .318715, .026517,
      .576454, .454972, .030488, .019231, .293152, 1}},
    {3, 2, 0.0, kOriginal,
     {0, .034342, 1, 1, 1, .026026,
      1, 1, .195929, 0, .592507, 1}},
    {3, 2, 0.3, kOriginal,
     {.004437, .037808, .856808, 1, .795614, .026173,
      .872936, .836492, .146297, .005769, .502700, 1}},
    {3, 2, 0.3, kFourth,
     {.000066, .006231, .781962, 1, .730474, .001989,
      .799690, .762100, .150687, .000111, .436169, 1}},
    {3, 2, 0.0, kFastReid,
     {0, .507802, 1, 1, 1, .512880,
      1, 1, .381774, 0, .762757, 1}},
    {3, 2, 0.3, kFastReid,
     {.087000, .625461, 3.775, 6.583, 2.575, .515016,
      4.387, 3.610, .462242, .123, 2.408930, 7.096}},
    {5, 2, 0.3, kOriginal,
     {.004437, .098693, .712693, .939228, .523347, .171443,
      .812164, .748052, .253157, .005769, .530496, .971468}},
    {5, 2, 0.3, kFourth,
     {.000066, .096726, .611865, .927920, .413753, .184195,
      .727609, .657310, .264250, .000111, .466947, .966179}},
    {3, 1, 0.0, kOriginal,
     {.026432, .067524, 1, 1, 1, .025620,
      1, 1, .356895, .019481, .803326, 1}},
};
// clang-format on

TEST(Rerank, PublishedVector) {
  const FloatMatrix query = MakeMatrix({{0, 0}, {4, 0}});
  const FloatMatrix gallery =
      MakeMatrix({{.5F, .2F}, {.9F, -.3F}, {3.2F, .1F}, {4.4F, .5F}, {2, 1.5F}, {-.6F, .4F}});
  const std::vector<std::vector<size_t>> order = {{0, 5, 1, 4, 2, 3}, {3, 2, 4, 1, 0, 5}};
  for (const Case& one : kCases) {
    SCOPED_TRACE(::testing::Message() << one.k1 << " " << one.k2 << " " << one.lambda << " "
                                      << RerankFlavourName(one.flavour));
    const std::vector<float> found =
        Distances(query, gallery, Distance::kEuclidean,
                  {.k1 = one.k1, .k2 = one.k2, .lambda = one.lambda, .flavour = one.flavour});
    for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], one.expected[i], 1.5e-6) << i;
    if (one.k1 != 3 || one.lambda != 0.3) continue;
    for (size_t q = 0; q < 2; ++q) {
      std::vector<size_t> rows = {0, 1, 2, 3, 4, 5};
      std::stable_sort(rows.begin(), rows.end(),
                       [&](size_t a, size_t b) { return found[q * 6 + a] < found[q * 6 + b]; });
      EXPECT_EQ(rows, order[q]);
    }
  }
}

// Unit rows whose cosines with (1, 0) are 0.6, 0, -1 and 0.8. The final distance alone (lambda 1):
// FastReID mixes 1 - cos (fastreid/utils/compute_dist.py, compute_cosine_distance), the other two
// the squared distance 2 - 2 cos over its largest, the fourth-power flavour that once more squared.
TEST(Rerank, UnderCosineEachFlavourMixesItsOwnScale) {
  const FloatMatrix query = MakeMatrix({{1, 0}});
  const FloatMatrix gallery = MakeMatrix({{.6F, .8F}, {0, 1}, {-1, 0}, {.8F, -.6F}});
  const struct {
    RerankFlavour flavour;
    double expected[4];
  } cases[] = {
      {kFastReid, {.4, 1, 2, .2}}, {kOriginal, {.2, .5, 1, .1}}, {kFourth, {.04, .25, 1, .01}}};
  for (const auto& one : cases) {
    const auto found = Distances(query, gallery, Distance::kCosine,
                                 {.k1 = 3, .k2 = 2, .lambda = 1, .flavour = one.flavour});
    for (size_t g = 0; g < 4; ++g) {
      EXPECT_NEAR(found[g], one.expected[g], 1e-6) << RerankFlavourName(one.flavour) << " " << g;
    }
  }
  // The Jaccard part keeps the squared distance in its weights: half of the final one is all that
  // differs from the euclidean lists of the same unit rows.
  const RerankOptions mixed{.k1 = 3, .k2 = 2, .lambda = .3, .flavour = kFastReid};
  RerankOptions jaccard = mixed;
  jaccard.lambda = 0;
  const auto cosine = Distances(query, gallery, Distance::kCosine, mixed);
  const auto shared = Distances(query, gallery, Distance::kEuclidean, jaccard);
  for (size_t g = 0; g < 4; ++g) {
    EXPECT_NEAR(cosine[g], .7 * shared[g] + .3 * cases[0].expected[g], 1e-6) << g;
  }
}

// The definition over dense matrices, in double precision.
class Dense {
 public:
  Dense(const FloatMatrix& items, int k1, int k2) : n_(items.rows()) {
    for (size_t i = 0; i < n_; ++i) {
      std::vector<double> row;
      for (size_t j = 0; j < n_; ++j) {
        double squares = 0;
        for (size_t c = 0; c < items.cols(); ++c) {
          const double gap = double{items.row(i)[c]} - items.row(j)[c];
          squares += gap * gap;
        }
        row.push_back(squares);
      }
      const double largest = *std::max_element(row.begin(), row.end());
      for (double& value : row) value /= largest;
      scaled_.push_back(row);
      std::vector<size_t> order(n_);
      for (size_t j = 0; j < n_; ++j) order[j] = j;
      std::stable_sort(order.begin(), order.end(),
                       [&](size_t a, size_t b) { return row[a] < row[b]; });
      ranks_.push_back(order);
    }
    Rows weights;
    for (size_t i = 0; i < n_; ++i) weights.push_back(Weights(i, static_cast<size_t>(k1)));
    for (size_t i = 0; i < n_; ++i) {
      std::vector<double> mean(n_, 0.0);
      for (size_t t = 0; t < static_cast<size_t>(k2); ++t) {
        for (size_t j = 0; j < n_; ++j) mean[j] += weights[ranks_[i][t]][j] / k2;
      }
      weights_.push_back(mean);
    }
  }

  double Final(size_t i, size_t j, double lambda) const {
    double shared = 0;
    for (size_t k = 0; k < n_; ++k) shared += std::min(weights_[i][k], weights_[j][k]);
    return (1 - lambda) * (1 - shared / (2 - shared)) + lambda * scaled_[i][j];
  }

 private:
  std::set<size_t> List(size_t i, size_t k) const {
    return {ranks_[i].begin(), ranks_[i].begin() + static_cast<ptrdiff_t>(k + 1)};
  }
  std::set<size_t> Reciprocal(size_t i, size_t k) const {
    std::set<size_t> set;
    for (const size_t j : List(i, k)) {
      if (List(j, k).count(i) > 0) set.insert(j);
    }
    return set;
  }
  std::vector<double> Weights(size_t i, size_t k1) const {
    const std::set<size_t> own = Reciprocal(i, k1);
    std::set<size_t> all = own;
    const auto half = static_cast<size_t>(std::nearbyint(static_cast<double>(k1) / 2));
    for (const size_t q : own) {
      const std::set<size_t> theirs = Reciprocal(q, half);
      size_t common = 0;
      for (const size_t j : theirs) common += own.count(j);
      if (3 * common > 2 * theirs.size()) all.insert(theirs.begin(), theirs.end());
    }
    std::vector<double> weights(n_, 0.0);
    double sum = 0;
    for (const size_t j : all) sum += weights[j] = std::exp(-scaled_[i][j]);
    for (double& weight : weights) weight /= sum;
    return weights;
  }

  const size_t n_;
  Rows scaled_, weights_;
  std::vector<std::vector<size_t>> ranks_;
};

FloatMatrix Clustered(size_t rows, size_t width, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(rows, width);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t c = 0; c < width; ++c) {
      matrix.row(i)[c] = static_cast<float>((c == i % 7 ? 3 : 0) + random.Normal());
    }
  }
  return matrix;
}

TEST(Rerank, EqualsTheDenseDefinition) {
  const FloatMatrix query = Clustered(11, 9, 1), gallery = Clustered(60, 9, 2);
  FloatMatrix items(71, 9);
  std::copy_n(query.data(), 11 * 9, items.data());
  std::copy_n(gallery.data(), 60 * 9, items.row(11));
  FloatMatrix unit = items;
  NormalizeRows(unit);
  for (const auto& [k1, k2] : std::vector<std::pair<int, int>>{{20, 6}, {7, 3}, {5, 2}, {12, 1}}) {
    for (const Distance distance : {Distance::kEuclidean, Distance::kCosine}) {
      const Dense dense(distance == Distance::kCosine ? unit : items, k1, k2);
      const std::vector<float> found =
          Distances(query, gallery, distance, {.k1 = k1, .k2 = k2, .lambda = .3});
      for (size_t q = 0; q < 11; ++q) {
        for (size_t g = 0; g < 60; ++g) {
          ASSERT_NEAR(found[q * 60 + g], dense.Final(q, 11 + g, .3), 2e-6) << k1 << " " << q;
        }
      }
    }
  }
}

TEST(Rerank, NoBitDependsOnBlocksOrThreads) {
  const FloatMatrix query = Clustered(40, 9, 3), gallery = Clustered(700, 9, 4);
  const std::vector<float> whole =
      Distances(query, gallery, Distance::kCosine, {.block_mb = 256, .threads = 1});
  EXPECT_EQ(whole, Distances(query, gallery, Distance::kCosine, {.block_mb = 1, .threads = 3}));
  const auto q = NewMatrixRows(query.view()), g = NewMatrixRows(gallery.view());
  const auto source = NewRerankedSource(*q, *g, Distance::kCosine, {});
  std::vector<float> part(7 * 300), group(2);
  source->Fill(20, 27, 150, 450, 2, part.data());
  for (size_t i = 0; i < 7; ++i) {
    for (size_t j = 0; j < 300; ++j) {
      ASSERT_EQ(-part[i * 300 + j], whole[(20 + i) * 700 + 150 + j]);
    }
  }
  const RowGroup rows{{33}, {699, 2}, group.data()};
  source->FillGroups({&rows, 1}, 1);
  EXPECT_EQ(-group[0], whole[33 * 700 + 699]);
  EXPECT_EQ(-group[1], whole[33 * 700 + 2]);
}

TEST(Rerank, FewItemsAndCopies) {
  const FloatMatrix one = MakeMatrix({{1, 2}}), same = MakeMatrix({{1, 2}, {1, 2}});
  for (const float value : Distances(one, same, Distance::kEuclidean, {})) EXPECT_EQ(value, 0);
}

TEST(Rerank, RefusesOptionsOutOfRange) {
  const FloatMatrix rows = MakeMatrix({{1, 2}});
  for (const RerankOptions& bad : {RerankOptions{.k1 = 0}, RerankOptions{.k2 = 0},
                                   RerankOptions{.lambda = 1.5}, RerankOptions{.block_mb = 0}}) {
    EXPECT_THROW(Distances(rows, rows, Distance::kCosine, bad), Error);
  }
}

}  // namespace
}  // namespace bcr
