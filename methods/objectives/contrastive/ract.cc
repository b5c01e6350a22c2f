// Regression-alleviating compatible training: once part of the gallery is new, a new query's old
// positive competes with new negatives as well, so it shall beat both kinds.
// n: new features in the old width, B x d_o, unit rows; o: old unit rows, without gradient; s: cosine;
// N_i: for each kind the `negatives` nearest rows of other identities (0: all of them). By `form`:
//   instance: L = mean_i -log e_i / (e_i + sum_N exp(s(n_i, o_k) / T) + sum_N exp(s(n_i, n_k) / T)),
//             e_i = exp(s(n_i, o_i) / T)
//   triplet:  L = mean over i, k of [|n_i - o_i| - |n_i - o_k| + margin]_+ and the same mean of
//             [|n_i - o_i| - |n_i - n_k| + margin]_+, summed
//   centre:   L = mean_i CE([old head on n_i ; new head's logits without the own class], old class):
//             C_o + C numbers; the old head is the old model's, or synthesised where it knows none of
//             the identities (methods/support/old_head.h, `scale`); images of identities that the old
//             head has no row of take no part. Needs a base learner with a head
// new_new false leaves the second kind out; the instance form is then `contrastive`'s. `detach`: n_k
// has no gradient, as in the published code, where features gathered over processes have none.
// Label -1 takes no part on either side; a row without a negative counts as 0 in the instance form.
// Defaults: form instance, `temperature` 0.01, negatives 10, margin 0.8, new_new true, detach true,
// scale 16. Zhang et al., "Hot-Refresh Model Upgrades with Regression-Free Compatible Training in
// Image Retrieval", ICLR 2022, as OpenCompatible computes contra_ract, triplet_ract and bct_ract
// (model/loss.py, trainer.py, config.json, read). The synthesised head is this project's.
#include <ATen/ATen.h>

#include <limits>

#include "harness/train/objective.h"
#include "methods/support/old_head.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct RactOptions {
  std::string form;
  double temperature = 0.01, margin = 0.8;
  int64_t negatives = 10;
  bool new_new = true, detach = true;
};

class Ract : public Objective {
 public:
  Ract(RactOptions options, double scale) : options_(std::move(options)), head_("auto", scale) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    if (options_.form == "centre") head_.OnLabels(*old_, labels, device_, "objective ract");
  }

  void Compute(const Batch& batch, Terms& terms) override {
    if (options_.form == "centre") {
      Centre(batch, terms);
      return;
    }
    const auto [fresh, old] = NewAndOld(batch);
    const at::Tensor rivals = options_.detach ? fresh.detach() : fresh;
    if (options_.form == "instance") {
      terms.Add("instance", Instance(batch, fresh, old, rivals));
      return;
    }
    const at::Tensor d = Distances(fresh, old), others = OtherIdentity(batch);
    const auto hinge = [&](const at::Tensor& distances) {
      return MarginLoss(d.diagonal(), distances, others, options_.negatives, options_.margin);
    };
    terms.Add("new_old", hinge(d));
    if (options_.new_new) terms.Add("new_new", hinge(Distances(fresh, rivals)));
  }

 private:
  at::Tensor Instance(const Batch& batch, const at::Tensor& fresh, const at::Tensor& old,
                      const at::Tensor& rivals) const {
    const at::Tensor others = OtherIdentity(batch);
    const at::Tensor to_old = fresh.matmul(old.t()) / options_.temperature;
    at::Tensor against = Largest(to_old, others, options_.negatives);
    if (options_.new_new) {
      const at::Tensor to_new = fresh.matmul(rivals.t()) / options_.temperature;
      against = at::cat({against, Largest(to_new, others, options_.negatives)}, 1);
    }
    const at::Tensor loss = at::softplus(LogSumExp(against) - to_old.diagonal());
    return MaskedMean(loss, batch[Slot::kValid]);
  }

  void Centre(const Batch& batch, Terms& terms) const {
    const at::Tensor& labels = batch[Slot::kLabels];
    const at::Tensor target = head_.Targets(labels);
    const at::Tensor old = head_.Logits(batch[Slot::kCompatible]);
    at::Tensor logits = old;
    if (options_.new_new) {
      const at::Tensor fresh = LossType(batch[Slot::kLogits]).to(old.scalar_type());
      const at::Tensor classes = at::arange(fresh.size(1), labels.options());
      const at::Tensor own = labels.unsqueeze(1).eq(classes.unsqueeze(0));
      logits = at::cat({old, fresh.masked_fill(own, -std::numeric_limits<double>::infinity())}, 1);
    }
    head_.AddLoss(logits, target, terms);
  }

  RactOptions options_;
  OldHead head_;
  const OldModel* old_ = nullptr;
  std::string device_;
};

std::unique_ptr<Objective> Make(JsonReader& reader) {
  RactOptions options;
  options.form = reader.Choice("form", {"instance", "triplet", "centre"});
  options.temperature = reader.Number("temperature", 1e-4, 100.0);
  options.negatives = reader.Integer("negatives", 0, 1'000'000);
  options.margin = reader.Number("margin", 0.0, 1000.0);
  options.new_new = reader.Bool("new_new");
  options.detach = reader.Bool("detach");
  return std::make_unique<Ract>(options, reader.Number("scale", 0.1, 1000.0));
}

}  // namespace

const ObjectiveInfo& objective_ract() {
  static const ObjectiveInfo info = {
      .name = "ract",
      .revision = 1,
      .about = "The own old feature shall beat old and new features of other identities",
      .source = "Zhang et al., ICLR 2022, as in OpenCompatible's code",
      .needs_old_model = true,
      .parameters = R"({"form": "instance", "temperature": 0.01, "negatives": 10, "margin": 0.8,
                        "new_new": true, "detach": true, "scale": 16.0})",
      // With `detach` the gradient is not that of the value; such forms have vectors of their own.
      .gradient_checks = R"([{"detach": false, "temperature": 0.1, "negatives": 3},
                             {"new_new": false, "temperature": 0.1},
                             {"form": "triplet", "detach": false, "negatives": 3},
                             {"form": "centre"}])",
      .make = Make,
      .needs_head = [](const Json& parameters) {
        return parameters.at("form") == "centre" && parameters.at("new_new") == true;
      }};
  return info;
}

}  // namespace bcr
