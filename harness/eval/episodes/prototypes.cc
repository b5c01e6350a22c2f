#include "harness/eval/episodes/prototypes.h"

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr size_t kLanes = 8;  // sums side by side, which compilers turn into vectors
constexpr double kNoDirection = 1e-12;

// Sum over the columns of term(a, b), in an order of its own that no machine changes.
template <typename A, typename B, typename Term>
double SumOf(const A* a, const B* b, size_t width, Term term) {
  double lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    for (size_t j = 0; j < kLanes; ++j) {
      lanes[j] += term(static_cast<double>(a[i + j]), static_cast<double>(b[i + j]));
    }
  }
  for (; i < width; ++i) lanes[0] += term(static_cast<double>(a[i]), static_cast<double>(b[i]));
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

template <typename A, typename B>
double Dot(const A* a, const B* b, size_t width) {
  return SumOf(a, b, width, [](double x, double y) { return x * y; });
}

// Sums of the enrolled rows, one a person: as rows are given or, for cosine, each of length 1.
class Prototypes {
 public:
  Prototypes(const RowSource& gallery, Distance distance, const Episode& episode)
      : width_(gallery.cols()), distance_(distance), sums_(episode.size() * width_, 0.0) {
    std::vector<float> scratch(width_);
    for (size_t k = 0; k < episode.size(); ++k) {
      double* sum = sums_.data() + k * width_;
      for (const uint32_t row : episode[k].support) Add(gallery.Row(row, scratch.data()), sum);
      shots_.push_back(static_cast<double>(episode[k].support.size()));
      lengths_.push_back(std::sqrt(Dot(sum, sum, width_)));
    }
  }

  // Sums are compared rather than means: what is exact in the rows stays exact.
  double Score(const float* row, double length, size_t k) const {
    const double* sum = sums_.data() + k * width_;
    if (distance_ == Distance::kCosine) {
      if (length < kNoDirection || lengths_[k] < kNoDirection) return 0;
      return Dot(row, sum, width_) / (length * lengths_[k]);
    }
    const double shots = shots_[k];
    return -SumOf(row, sum, width_, [shots](double x, double y) {
      const double apart = shots * x - y;
      return apart * apart;
    }) / (shots * shots);
  }

 private:
  void Add(const float* row, double* sum) const {
    double length = 1;
    if (distance_ == Distance::kCosine) length = std::sqrt(Dot(row, row, width_));
    if (length < kNoDirection) return;
    for (size_t i = 0; i < width_; ++i) sum[i] += static_cast<double>(row[i]) / length;
  }

  const size_t width_;
  const Distance distance_;
  std::vector<double> sums_, shots_, lengths_;
};

}  // namespace

std::vector<double> PrototypeScores(const RowSource& query, const RowSource& gallery,
                                    Distance distance, const Episode& episode) {
  BCR_CHECK(query.cols() == gallery.cols(), "queries and gallery of two widths");
  const Prototypes prototypes(gallery, distance, episode);
  std::vector<float> scratch(query.cols());
  std::vector<double> scores;
  for (const EpisodePerson& person : episode) {
    for (const uint32_t q : person.queries) {
      const float* row = query.Row(q, scratch.data());
      const double length =
          distance == Distance::kCosine ? std::sqrt(Dot(row, row, query.cols())) : 1;
      for (size_t k = 0; k < episode.size(); ++k)
        scores.push_back(prototypes.Score(row, length, k));
    }
  }
  return scores;
}

std::vector<double> EpisodeShares(const RowSource& query, const RowSource& gallery,
                                  Distance distance, const Episode& episode) {
  const std::vector<double> scores = PrototypeScores(query, gallery, distance, episode);
  const auto way = static_cast<ptrdiff_t>(episode.size());
  std::vector<double> shares;
  auto row = scores.begin();
  for (ptrdiff_t own = 0; own < way; ++own) {
    const size_t queries = episode[static_cast<size_t>(own)].queries.size();
    size_t right = 0;
    for (size_t q = 0; q < queries; ++q, row += way) {
      if (std::max_element(row, row + way) - row == own) ++right;
    }
    shares.push_back(static_cast<double>(right) / static_cast<double>(queries));
  }
  return shares;
}

}  // namespace bcr
