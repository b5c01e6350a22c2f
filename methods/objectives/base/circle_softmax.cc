// Circle loss with class labels: softmax over cosines, each logit weighted by how far its cosine still
// is from where it shall be.
//   c_ij = <x^_i, w^_j>
//   z_iy = g [1 + m - c_iy]_+ (c_iy - (1 - m)),  z_ij = g [c_ij + m]_+ (c_ij - m) for j != y_i,
//   L = mean_i -log softmax(z_i)[y_i];  the brackets have no gradient
// x: after-neck features (B x d); w: the rows of the identity head (C x d), both made unit. No bias.
// Label -1 takes no part.
// The head's logits are g c for everybody else (Slot::kLogits, OldModel::head_scale), as fast-reid
// takes them for its accuracy and for distillation.
// Defaults: `scale` g 64, `margin` m 0.35, as in fast-reid's strong baseline. Sun et al., "Circle Loss:
// A Unified Perspective of Pair Similarity Optimization", CVPR 2020, arXiv:2002.10857; fast-reid's
// CircleSoftmax, read.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/cosine_head.h"

namespace bcr {

namespace {

class CircleSoftmax : public Objective {
 public:
  CircleSoftmax(double scale, double margin) : scale_(scale), margin_(margin) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor cosines = HeadCosines(batch);
    const at::Tensor fixed = cosines.detach();
    const at::Tensor own = (1 + margin_ - fixed).clamp_min(0.0) * (cosines - (1 - margin_));
    const at::Tensor other = (fixed + margin_).clamp_min(0.0) * (cosines - margin_);
    AddSoftmax(at::where(OwnClass(batch, cosines), own, other) * scale_, cosines, batch, terms);
  }

 private:
  double scale_, margin_;
};

}  // namespace

const ObjectiveInfo& objective_circle_softmax() {
  static const ObjectiveInfo info = {
      .name = "circle-softmax",
      .revision = 1,
      .about =
          "Softmax over cosines that are weighted by how far they are from where they shall be",
      .source = "Sun et al., CVPR 2020, with class labels; defaults of fast-reid's strong baseline",
      .parameters = R"({"scale": 64.0, "margin": 0.35})",
      .gradient_checks = "[]",  // the brackets are constants: vectors of its own show the gradient
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double scale = reader.Number("scale", 0.1, 1000.0);
        return std::make_unique<CircleSoftmax>(scale, reader.Number("margin", 0.0, 1.0));
      },
      .needs_head = [](const Json&) { return true; },
      .head_scale = [](const Json& parameters) { return parameters.at("scale").get<double>(); },
      .classifies = true};
  return info;
}

}  // namespace bcr
