// Supervised contrastive loss. s_ij: cosines of the B x d features of `side`; P_i: other images of
// the identity; j over all other images with a label; t: `temperature`:
//   L_i = -(1/|P_i|) sum_{p in P_i} [s_ip / t - LSE_{j != i}(s_ij / t)],  0 where P_i is empty
//   L = t / base_temperature times the mean of L_i (base_temperature 0: without the factor)
// `mean`: all: over the rows with a label, as in the authors' code; with-positive: over the anchors
// that have a positive, as in pytorch-metric-learning. That library gives 0 to a batch of one identity;
// here, as in the authors' code, its images are still told apart. Label -1 takes no part.
// Defaults: temperature 0.07, base_temperature 0.07, mean all (the authors' code), side before-neck;
// pytorch-metric-learning has temperature 0.1, no factor and with-positive.
// Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, L_out; code SupContrast, read.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/feature_side.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct SupConOptions {
  double temperature = 0.07, base_temperature = 0.07;
  bool all = true;  // over which the mean is
  Slot side = Slot::kBeforeNeck;
};

class SupCon : public Objective {
 public:
  explicit SupCon(SupConOptions options) : options_(options) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[options_.side]);
    const at::Tensor scores = x.matmul(x.t()) / options_.temperature;
    const at::Tensor positives = Positives(batch);
    const at::Tensor beside = positives.logical_or(OtherIdentity(batch));
    const at::Tensor total = LogSumExp(Largest(scores, beside, 0));
    const at::Tensor each = RowMean(total.unsqueeze(1) - scores, positives);
    const at::Tensor counted = options_.all ? batch[Slot::kValid] : positives.any(1);
    const double factor =
        options_.base_temperature > 0 ? options_.temperature / options_.base_temperature : 1;
    terms.Add("contrast", MaskedMean(each, counted) * factor);
  }

 private:
  SupConOptions options_;
};

}  // namespace

const ObjectiveInfo& objective_supcon() {
  static const ObjectiveInfo info = {
      .name = "supcon",
      .revision = 1,
      .about = "Supervised contrast: an image finds those of its identity among the whole batch",
      .source =
          "Khosla et al., NeurIPS 2020, as in its code; the other mean of "
          "pytorch-metric-learning",
      .parameters = R"({"temperature": 0.07, "base_temperature": 0.07, "mean": "all",
                        "side": "before-neck"})",
      .gradient_checks =
          R"([{}, {"temperature": 0.5, "base_temperature": 0.0, "mean": "with-positive",
                   "side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        SupConOptions options;
        options.temperature = reader.Number("temperature", 1e-4, 100.0);
        options.base_temperature = reader.Number("base_temperature", 0.0, 100.0);
        options.all = reader.Choice("mean", {"all", "with-positive"}) == "all";
        options.side = ReadSide(reader);
        return std::make_unique<SupCon>(options);
      }};
  return info;
}

}  // namespace bcr
