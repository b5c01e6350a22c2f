// Multi-similarity loss. s_ij: cosines of the B x d features of `side`; P_i: other images of the
// identity, N_i: images of others; a, b, l: alpha, beta, base:
//   L = mean_i (1/a) log(1 + sum_{P_i} exp(-a (s_ij - l))) + (1/b) log(1 + sum_{N_i} exp(b (s_ij - l)))
// `mining`: of N_i those stay for which s_ij + epsilon is above the least similar positive, of P_i
// those for which s_ij - epsilon is below the most similar negative; an anchor that is left without
// one of the two counts as 0. Without mining a sum over nobody is 0. The mean is over the rows with a
// label, the ones that count as 0 included. Label -1 takes no part.
// The public code also drops positives of s_ij of 1 - 1e-5 and more, by which it means the anchor
// itself: here that alone is left out, and exact duplicates stay.
// Defaults: alpha 2, beta 50, base 0.5 (pytorch-metric-learning; the official configuration has beta
// 40), mining true, epsilon 0.1, side before-neck.
// Wang et al., "Multi-Similarity Loss with General Pair Weighting", CVPR 2019, and its code
// (research-ms-loss).
#include "methods/support/multi_similarity.h"

#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/feature_side.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct MultiSimilarityOptions {
  MultiSimilarityScales scales;
  bool mining = true;
  double epsilon = 0.1;
  Slot side = Slot::kBeforeNeck;
};

class MultiSimilarityLoss : public Objective {
 public:
  explicit MultiSimilarityLoss(MultiSimilarityOptions options) : options_(options) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[options_.side]);
    const at::Tensor s = x.matmul(x.t());
    at::Tensor positives = Positives(batch), others = OtherIdentity(batch);
    if (options_.mining) Mine(s.detach(), positives, others);
    const at::Tensor each = MultiSimilarity(s, positives, Largest(s, others, 0), options_.scales);
    const at::Tensor left = positives.any(1).logical_and(others.any(1));
    const at::Tensor counted = options_.mining ? each.masked_fill(left.logical_not(), 0.0) : each;
    terms.Add(options_.mining ? "mined" : "unmined", MaskedMean(counted, batch[Slot::kValid]));
    terms.Log("anchors_share", left.to(at::kFloat).mean());
  }

 private:
  // What is infinite, where a row has no positive or no negative, keeps none of the others.
  void Mine(const at::Tensor& s, at::Tensor& positives, at::Tensor& others) const {
    const at::Tensor least = -Largest(-s, positives, 1), most = Largest(s, others, 1);
    others = others.logical_and((s + options_.epsilon).gt(least));
    positives = positives.logical_and((s - options_.epsilon).lt(most));
  }

  MultiSimilarityOptions options_;
};

}  // namespace

const ObjectiveInfo& objective_multi_similarity() {
  static const ObjectiveInfo info = {
      .name = "multi-similarity",
      .revision = 1,
      .about = "Soft sums over a batch's positive and negative pairs, all or the hard ones",
      .source = "Wang et al., CVPR 2019, as in its code; defaults of pytorch-metric-learning",
      .parameters = R"({"alpha": 2.0, "beta": 50.0, "base": 0.5, "mining": true, "epsilon": 0.1,
                        "side": "before-neck"})",
      .gradient_checks = R"([{}, {"mining": false, "beta": 10.0, "side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        MultiSimilarityOptions options;
        options.scales.alpha = reader.Number("alpha", 1e-3, 10'000.0);
        options.scales.beta = reader.Number("beta", 1e-3, 10'000.0);
        options.scales.base = reader.Number("base", -1.0, 1.0);
        options.mining = reader.Bool("mining");
        options.epsilon = reader.Number("epsilon", 0.0, 2.0);
        options.side = ReadSide(reader);
        return std::make_unique<MultiSimilarityLoss>(options);
      }};
  return info;
}

}  // namespace bcr
