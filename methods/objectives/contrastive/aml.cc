// Asymmetric metric learning: the anchor is a new feature, its positives and negatives are old ones.
// Unit rows of B x d_o matrices, new n_i in the old width, old o_j without gradient;
// d_ij = |n_i - o_j|, s_ij = <n_i, o_j>; P_i: old features of other images of the identity, with
// `plus` (Contr+ of the paper) that of the own image too; N_i: the `negatives` most similar old
// features of other identities (0: all of them). By `form`, summed over the anchor's pairs, mean
// over the anchors that have a positive and a negative:
//   contrastive:      sum_P d_ip^2 / 2 + sum_N [margin - d_ik]_+^2 / 2         (margin 0.7)
//   triplet:          sum_PN [d_ip^2 - d_ik^2 + margin]_+                     (margin 0.1)
//   multi-similarity: (1/a) log(1 + sum_P exp(-a (s_ip - b0))) +
//                     (1/b) log(1 + sum_N exp(b (s_ik - b0))),  a = 2, b = 40, b0 = 0.5
//   regression:       1 - s_ii = d_ii^2 / 2, for every row, with or without a label
// Label -1 takes no part on either side. An anchor without another image of its identity has no
// positive unless `plus`. Defaults: form contrastive, plus false, negatives 5, margin -1: the form's.
// Budnik and Avrithis, "Asymmetric Metric Learning for Knowledge Transfer", CVPR 2021, as their code
// computes it (aml: lib/layers, lib/cli.py, lib/datasets, read; the triplet margin is its class's
// default). There each anchor has one positive and 5 mined negatives of 5 identities; here pairs are
// those of the batch.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/multi_similarity.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct AmlOptions {
  std::string form;
  bool plus = false;
  int64_t negatives = 5;
  double margin = 0;
};

// Each anchor's loss (B) by its cosines to old features (B x B), its positives (B x B bool) and the
// cosines to its negatives (B x k, -infinity where there is none).
at::Tensor Contrastive(const at::Tensor& s, const at::Tensor& positives,
                       const at::Tensor& negatives, double margin) {
  const at::Tensor none = negatives.isinf();
  const at::Tensor d = (2 - 2 * negatives.masked_fill(none, 0.0)).clamp_min(1e-12).sqrt();
  const at::Tensor pushed = (margin - d).clamp_min(0.0).pow(2).masked_fill(none, 0.0) / 2;
  return (1 - s).masked_fill(positives.logical_not(), 0.0).sum(1) + pushed.sum(1);
}

at::Tensor Triplet(const at::Tensor& s, const at::Tensor& positives, const at::Tensor& negatives,
                   double margin) {
  const at::Tensor gap = 2 * (negatives.unsqueeze(1) - s.unsqueeze(2)) + margin;  // B x B x k
  return gap.clamp_min(0.0).masked_fill(positives.logical_not().unsqueeze(2), 0.0).sum({1, 2});
}

class Aml : public Objective {
 public:
  explicit Aml(AmlOptions options) : options_(std::move(options)) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    const at::Tensor s = fresh.matmul(old.t());
    if (options_.form == "regression") {
      terms.Add(options_.form, (1 - s.diagonal()).mean());
      return;
    }
    at::Tensor positives = SameIdentity(batch);
    if (!options_.plus) positives = positives.logical_and(OwnImage(batch).logical_not());
    const at::Tensor others = OtherIdentity(batch);
    const at::Tensor usable = positives.any(1).logical_and(others.any(1));
    const at::Tensor negatives = Largest(s, others, options_.negatives);
    terms.Add(options_.form, MaskedMean(EachAnchor(s, positives, negatives), usable));
    terms.Log("anchors_share", usable.to(at::kFloat).mean());
  }

 private:
  at::Tensor EachAnchor(const at::Tensor& s, const at::Tensor& positives,
                        const at::Tensor& negatives) const {
    if (options_.form == "contrastive")
      return Contrastive(s, positives, negatives, options_.margin);
    if (options_.form == "triplet") return Triplet(s, positives, negatives, options_.margin);
    return MultiSimilarity(s, positives, negatives, {.alpha = 2, .beta = 40, .base = 0.5});
  }

  AmlOptions options_;
};

std::unique_ptr<Objective> Make(JsonReader& reader) {
  AmlOptions options;
  options.form =
      reader.Choice("form", {"contrastive", "triplet", "multi-similarity", "regression"});
  options.plus = reader.Bool("plus");
  options.negatives = reader.Integer("negatives", 0, 1'000'000);
  options.margin = reader.Number("margin", -1.0, 4.0);
  if (options.margin < 0) options.margin = options.form == "triplet" ? 0.1 : 0.7;
  return std::make_unique<Aml>(options);
}

}  // namespace

const ObjectiveInfo& objective_aml() {
  static const ObjectiveInfo info = {
      .name = "aml",
      .revision = 1,
      .about = "Metric learning whose anchors are new and whose positives and negatives are old",
      .source = "Budnik and Avrithis, CVPR 2021, as in their code",
      .needs_old_model = true,
      .parameters = R"({"form": "contrastive", "plus": false, "negatives": 5, "margin": -1.0})",
      .gradient_checks = R"([{}, {"plus": true, "margin": 1.5}, {"form": "triplet"},
                             {"form": "multi-similarity", "plus": true, "negatives": 0},
                             {"form": "regression"}])",
      .make = Make};
  return info;
}

}  // namespace bcr
