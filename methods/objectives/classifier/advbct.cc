// Adversarial and boundary-aware compatibility: a discriminator shall not tell new features from old
// ones, and a new feature may lie no further from its class's old centre than a radius that is
// learned.
//   c_k: mean of the old unit features of class k, not normalised; r_k: the largest Euclidean
//   distance of one to c_k that is no outlier (methods/support/class_radii.h)
//   R_k = r_k + e_k where r_k < target, else r_k - e_k;  e_k = |r_k - target| s(v_k), v_k learned, s
//   the logistic function: R_k lies between r_k and the target
//   L_bound = mean of | n^ - c_y | - R_y over the images for which it is positive
//   L_adv = NLL(D(reverse(n)), new) + NLL(D(o), old), D: d_o - hidden - batch normalisation - ReLU -
//   2 logits; the gradient that leaves `reverse` is multiplied by -a(p), a(p) = 2 / (1 + e^(-10 p)) -
//   1, p the share of training done
//   L = L_bound + adversary * (E - e + 1) / E * L_adv, epoch e from 0 of E
// n: new features in the old width (B x d_o), n^ unit; D sees features as they are. Images of label
// -1 and of classes of one image (or none) have no bound. D and v are learned with the model.
// Defaults: target 1, hidden 100, adversary 1 (0: no discriminator), elastic true (false: R = r).
// Pan et al., "Boundary-Aware Backward-Compatible Representation via Adversarial Learning in Image
// Retrieval", CVPR 2023, as in their code (extract_feat.py, trainer.py, read), with two departures.
// There the statistics are of the old training list; here, of the new one, so that every class has
// them. Where radii are not learned, that code takes the smallest distance for r_k.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/class_radii.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct AdvBctOptions {
  double target = 1, adversary = 1;
  int64_t hidden = 100;
  bool elastic = true;
};

// Uniform values in [-bound, bound) from a named stream.
at::Tensor Uniform(std::vector<int64_t> shape, double bound, uint64_t seed, const char* stream,
                   const at::Device& device) {
  Random random(DeriveSeed(seed, std::string("advbct ") + stream));
  at::Tensor values = at::empty(shape, at::kFloat);
  for (int64_t i = 0; i < values.numel(); ++i)
    values.data_ptr<float>()[i] = static_cast<float>(random.Uniform(-bound, bound));
  return values.to(device).set_requires_grad(true);
}

// The centre and the radius of each class; radius -1 where it has fewer than two images.
struct Statistics {
  FloatMatrix centres;
  std::vector<double> radii;
};

Statistics StatisticsOf(const FloatMatrix& old_features, const LabelSet& labels) {
  FloatMatrix unit = old_features;
  NormalizeRows(unit);
  const ClassMeans means = MeansOf(unit, labels);
  std::vector<std::vector<double>> distances(means.count.size());
  for (size_t i = 0; i < unit.rows(); ++i) {
    if (labels.labels[i] < 0) continue;
    const auto k = static_cast<size_t>(labels.labels[i]);
    double square = 0;
    for (size_t j = 0; j < unit.cols(); ++j)
      square += std::pow(static_cast<double>(unit.row(i)[j]) - means.mean.row(k)[j], 2);
    distances[k].push_back(std::sqrt(square));
  }
  Statistics statistics{means.mean, {}};
  for (const std::vector<double>& of_class : distances)
    statistics.radii.push_back(of_class.size() < 2 ? -1 : LargestWithoutOutliers(of_class));
  return statistics;
}

class Discriminator {
 public:
  void Begin(int64_t width, int64_t hidden, uint64_t seed, const at::Device& device) {
    const double first = 1 / std::sqrt(static_cast<double>(width));
    const double second = 1 / std::sqrt(static_cast<double>(hidden));
    parameters_ = {Uniform({hidden, width}, first, seed, "weight 1", device),
                   Uniform({hidden}, first, seed, "bias 1", device),
                   at::ones({hidden}, device).set_requires_grad(true),
                   at::zeros({hidden}, device).set_requires_grad(true),
                   Uniform({2, hidden}, second, seed, "weight 2", device),
                   Uniform({2}, second, seed, "bias 2", device)};
  }

  // Mean negative log-likelihood that all features are of one kind.
  at::Tensor Loss(const at::Tensor& features, int64_t kind) const {
    const auto p = [&](size_t i) { return parameters_[i].to(features.scalar_type()); };
    at::Tensor x = at::linear(features, p(0), p(1));
    x = at::batch_norm(x, p(2), p(3), {}, {}, true, 0.1, 1e-5, false).relu();
    return -at::log_softmax(at::linear(x, p(4), p(5)), 1).select(1, kind).mean();
  }

  const std::vector<at::Tensor>& parameters() const { return parameters_; }

 private:
  std::vector<at::Tensor> parameters_;
};

class AdvBct : public Objective {
 public:
  explicit AdvBct(AdvBctOptions options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
    seed_ = set.seed;
    epochs_ = std::max(set.epochs, 1);
    discriminator_.Begin(static_cast<int64_t>(old_->features.cols()), options_.hidden, seed_,
                         at::Device(device_));
  }

  void OnLabels(const LabelSet& labels) override {
    const at::Device device(device_);
    const Statistics statistics = StatisticsOf(old_->features, labels);
    centres_ = FromMatrix(statistics.centres).to(device);
    radii_ = at::tensor(statistics.radii, at::kDouble).to(device);
    elastic_ = Uniform({labels.classes}, 1, seed_, "elastic", device);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor fresh = LossType(batch[Slot::kCompatible]);
    Bound(batch, UnitRows(fresh), terms);
    if (options_.adversary == 0) return;
    const at::Tensor old = LossType(batch[Slot::kOldFeatures]).detach().to(fresh.scalar_type());
    const double a = 2 / (1 + std::exp(-10 * batch.progress)) - 1;
    const at::Tensor reversed = fresh * -a + (fresh * (1 + a)).detach();
    const double decay = (epochs_ - batch.epoch + 1.0) / epochs_;
    terms.Add("adversary", (discriminator_.Loss(reversed, 0) + discriminator_.Loss(old, 1)) *
                               (options_.adversary * decay));
  }

  std::vector<at::Tensor> Parameters() override {
    std::vector<at::Tensor> all;
    // The trainer asks once before there are labels.
    if (options_.elastic && elastic_.defined()) all.push_back(elastic_);
    if (options_.adversary == 0) return all;
    const std::vector<at::Tensor>& own = discriminator_.parameters();
    all.insert(all.end(), own.begin(), own.end());
    return all;
  }

 private:
  void Bound(const Batch& batch, const at::Tensor& fresh, Terms& terms) const {
    const at::Tensor label = batch[Slot::kLabels].clamp_min(0);
    const at::Tensor radius = radii_.index_select(0, label).to(fresh.scalar_type());
    at::Tensor bound = radius;
    if (options_.elastic) {
      const at::Tensor share = elastic_.index_select(0, label).to(fresh.scalar_type()).sigmoid();
      bound = radius + (options_.target - radius) * share;
    }
    const at::Tensor gap = fresh - centres_.index_select(0, label).to(fresh.scalar_type());
    const at::Tensor distance = gap.pow(2).sum(1).clamp_min(1e-12).sqrt();
    const at::Tensor outside = (distance - bound).detach().gt(0).logical_and(radius.ge(0));
    const at::Tensor counted = outside.logical_and(batch[Slot::kValid]);
    terms.Add("boundary", MaskedMean(distance - bound, counted));
    terms.Log("outside", counted.to(at::kFloat).mean());
  }

  AdvBctOptions options_;
  const OldModel* old_ = nullptr;
  std::string device_;
  uint64_t seed_ = 0;
  int epochs_ = 1;
  at::Tensor centres_, radii_, elastic_;  // C x d_o, C, C (learned)
  Discriminator discriminator_;
};

}  // namespace

const ObjectiveInfo& objective_advbct() {
  static const ObjectiveInfo info = {
      .name = "advbct",
      .revision = 2,
      .about = "A discriminator that must not tell new from old features, and learned class radii",
      .source = "Pan et al., CVPR 2023, as in their code",
      .needs_old_model = true,
      .parameters = R"({"target": 1.0, "hidden": 100, "adversary": 1.0, "elastic": true})",
      // Behind the reversal the gradient is not the loss's: the tests show its factor.
      .gradient_checks = R"([{"adversary": 0.0, "target": 0.4},
                             {"adversary": 0.0, "elastic": false}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        AdvBctOptions options;
        options.target = reader.Number("target", 0.0, 2.0);
        options.hidden = reader.Integer("hidden", 1, 100'000);
        options.adversary = reader.Number("adversary", 0.0, 1e6);
        options.elastic = reader.Bool("elastic");
        return std::make_unique<AdvBct>(options);
      }};
  return info;
}

}  // namespace bcr
