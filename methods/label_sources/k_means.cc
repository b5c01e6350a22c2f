// Pseudo labels by k-means before every epoch, without outliers: what Mutual Mean-Teaching trains on
// (Ge et al., ICLR 2020: 500 to 900 clusters of Market-1501's 12,936 images). The number of clusters
// is one for every `images_per_cluster` images. Lloyd's algorithm on unit rows from k-means++ starts
// (Arthur and Vassilvitskii, SODA 2007), until no image changes or after `rounds` rounds; a cluster
// that loses all of its images is left out. Equal distances go to the lower cluster. The starts are
// drawn from a stream of the epoch, so that a resumed run draws them again. Ground truth is used for
// the notes only.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/cluster/row_dot.h"
#include "harness/core/parallel.h"
#include "harness/core/random.h"
#include "harness/train/label_source.h"
#include "methods/support/cluster_notes.h"

namespace bcr {

namespace {

// What |row - centre|^2 has beside the row's own square, which is 1.
float Excess(const float* row, const FloatMatrix& centres, const std::vector<float>& squares,
             size_t k) {
  return squares[k] - 2.0F * RowDot(row, centres.row(k), centres.cols());
}

// The index at which the running sum of `weights` passes a random share of the whole; any index
// where all weights are 0.
size_t Draw(const std::vector<float>& weights, Random& random) {
  double sum = 0;
  for (const float weight : weights) sum += weight;
  if (sum <= 0) return random.Below(weights.size());
  double left = random.Uniform() * sum;
  size_t last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

// k-means++: each further start is a row drawn by its squared distance to the nearest start.
FloatMatrix Starts(const FloatMatrix& rows, size_t clusters, Random& random) {
  FloatMatrix centres(clusters, rows.cols());
  const std::vector<float> squares(clusters, 1.0F);
  std::vector<float> nearest(rows.rows(), 4.0F);  // no two unit rows are farther apart
  for (size_t k = 0; k < clusters; ++k) {
    std::copy_n(rows.row(Draw(nearest, random)), rows.cols(), centres.row(k));
    ParallelFor(rows.rows(), 0, [&](size_t i) {
      const float distance = 1.0F + Excess(rows.row(i), centres, squares, k);
      nearest[i] = std::clamp(distance, 0.0F, nearest[i]);
    });
  }
  return centres;
}

// Gives every row its nearest centre; whether any changed.
bool Assign(const FloatMatrix& rows, const FloatMatrix& centres, std::vector<int64_t>& labels) {
  std::vector<float> squares(centres.rows());
  for (size_t k = 0; k < squares.size(); ++k)
    squares[k] = RowDot(centres.row(k), centres.row(k), centres.cols());
  const std::vector<int64_t> before = labels;
  ParallelFor(rows.rows(), 0, [&](size_t i) {
    float least = std::numeric_limits<float>::infinity();
    for (size_t k = 0; k < squares.size(); ++k) {
      const float excess = Excess(rows.row(i), centres, squares, k);
      if (!(excess < least)) continue;
      least = excess;
      labels[i] = static_cast<int64_t>(k);
    }
  });
  return labels != before;
}

// The clusters that have images, numbered anew in their order.
void Renumber(std::vector<int64_t>& labels, size_t clusters) {
  std::vector<int64_t> numbers(clusters, 0);
  for (const int64_t label : labels) numbers[label] = 1;
  int64_t next = 0;
  for (int64_t& number : numbers) number = number == 0 ? -1 : next++;
  for (int64_t& label : labels) label = numbers[label];
}

// The mean of each cluster's rows, summed in float64 in row order. A cluster without rows keeps its
// centre.
void Recentre(const FloatMatrix& rows, const std::vector<int64_t>& labels, FloatMatrix& centres) {
  std::vector<std::vector<size_t>> members(centres.rows());
  for (size_t i = 0; i < labels.size(); ++i) members[labels[i]].push_back(i);
  ParallelFor(centres.rows(), 0, [&](size_t k) {
    if (members[k].empty()) return;
    std::vector<double> sums(rows.cols(), 0.0);
    for (const size_t i : members[k]) {
      for (size_t c = 0; c < sums.size(); ++c) sums[c] += rows.row(i)[c];
    }
    const auto count = static_cast<double>(members[k].size());
    for (size_t c = 0; c < sums.size(); ++c)
      centres.row(k)[c] = static_cast<float>(sums[c] / count);
  });
}

class KMeans : public LabelSource {
 public:
  KMeans(int64_t images_per_cluster, int64_t rounds, const LabelContext& context)
      : images_per_cluster_(images_per_cluster), rounds_(rounds), context_(context) {}

  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    const FloatMatrix& rows = start.features();
    const size_t clusters = std::max<size_t>(2, rows.rows() / images_per_cluster_);
    Random random(DeriveSeed(DeriveSeed(context_.seed, "k-means"), start.epoch));
    FloatMatrix centres = Starts(rows, clusters, random);
    labels = LabelSet();
    labels.labels.assign(rows.rows(), -1);
    for (int64_t round = 0; Assign(rows, centres, labels.labels) && round < rounds_; ++round) {
      Recentre(rows, labels.labels, centres);
    }
    Renumber(labels.labels, clusters);
    labels.classes =
        NoteClusters(start.epoch, labels.labels, context_,
                     "All images have the same features: start from a better model.", notes_);
    return true;
  }

  Json Notes() const override { return notes_; }

 private:
  size_t images_per_cluster_;
  int64_t rounds_;
  LabelContext context_;
  Json notes_ = Json::array();
};

}  // namespace

const LabelSourceInfo& label_source_k_means() {
  static const LabelSourceInfo info = {
      .name = "k-means",
      .revision = 1,
      .about = "k-means on the current features, every image in a cluster",
      .source = "Ge et al., ICLR 2020 (Mutual Mean-Teaching's clustering)",
      .parameters = R"({"images_per_cluster": 20, "rounds": 50})",
      .make = [](JsonReader& reader, const LabelContext& context) -> std::unique_ptr<LabelSource> {
        const int64_t images = reader.Integer("images_per_cluster", 1, 100000);
        return std::make_unique<KMeans>(images, reader.Integer("rounds", 1, 10000), context);
      }};
  return info;
}

}  // namespace bcr
