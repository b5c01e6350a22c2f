// AM-Softmax (CosFace): softmax over cosines with an additive margin at the own class.
//   c_ij = <x^_i, w^_j>,  z_ij = s (c_ij - m 1[j = y_i]),  L = mean_i -log softmax(z_i)[y_i]
// x: after-neck features (B x d); w: the rows of the identity head (C x d), learned with the model and
// stored with it, so that later models may ask this head; both made unit. No bias. `gate` caffe: the
// margin is taken off where c_iy > m alone, as the released layer does; none: everywhere, as the paper
// says. Label -1 takes no part.
// The head's logits are s c for everybody else (Slot::kLogits, OldModel::head_scale). The loss starts
// high, at log(1 + (C - 1) e^(s m)): 17 for 751 classes.
// Defaults: `scale` s 30, `margin` m 0.35, gate none. Wang et al., "Additive Margin Softmax for Face
// Verification", arXiv:1801.05599; happynear/AMSoftmax, read. Left out of that code: rows that are
// renormalised in place, with a gradient that is not projected. The same loss is CosFace's, Wang et al.,
// CVPR 2018, arXiv:1801.09414.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/cosine_head.h"

namespace bcr {

namespace {

class AmSoftmax : public Objective {
 public:
  AmSoftmax(double scale, double margin, bool gated)
      : scale_(scale), margin_(margin), gated_(gated) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor cosines = HeadCosines(batch);
    at::Tensor reduced = OwnClass(batch, cosines);
    if (gated_) reduced = reduced.logical_and(cosines > margin_);
    const at::Tensor margins = reduced.to(cosines.scalar_type()) * margin_;
    AddSoftmax((cosines - margins) * scale_, cosines, batch, terms);
  }

 private:
  double scale_, margin_;
  bool gated_;
};

}  // namespace

const ObjectiveInfo& objective_am_softmax() {
  static const ObjectiveInfo info = {
      .name = "am-softmax",
      .revision = 1,
      .about = "Softmax over cosines with a margin off the own one (CosFace)",
      .source = "Wang et al., arXiv:1801.05599; CosFace, CVPR 2018",
      .parameters = R"({"scale": 30.0, "margin": 0.35, "gate": "none"})",
      .gradient_checks = R"([{}, {"gate": "caffe"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double scale = reader.Number("scale", 0.1, 1000.0);
        const double margin = reader.Number("margin", 0.0, 2.0);
        return std::make_unique<AmSoftmax>(scale, margin,
                                           reader.Choice("gate", {"none", "caffe"}) == "caffe");
      },
      .needs_head = [](const Json&) { return true; },
      .head_scale = [](const Json& parameters) { return parameters.at("scale").get<double>(); },
      .classifies = true};
  return info;
}

}  // namespace bcr
