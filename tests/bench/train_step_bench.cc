// Images per second of one training step (forward, cross-entropy, backward, Adam): our model in
// float32 and bfloat16, beside the same network written as a plain LibTorch loop with channels-last
// weights and LibTorch's own autocast, as a Python script would run it.
//
//   train_step_bench BACKBONE HEIGHT WIDTH BATCH [SECONDS [THREADS]]
//
// Both networks are compared before they are timed: same weights and images must give the same
// loss and the same gradients. Rounds of the four variants take turns, so that a disturbance of the
// machine meets all of them; the best round of each counts. One line of a markdown table is printed:
// images per second of each variant (ours fp32, plain fp32, ours bf16, plain bf16), then ours by
// plain in both precisions, then bf16 by fp32 of ours and of the plain loop.
#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/nn/model.h"
#include "harness/nn/precision.h"
#include "harness/nn/threads.h"
#include "tests/bench/adam.h"

namespace bcr {
namespace {

constexpr int64_t kClasses = 500;
using State = std::map<std::string, at::Tensor>;

// The residual networks (micro and ResNet) as a script would write them; the tensors' names and
// shapes say how deep and of which kind.
class Plain {
 public:
  Plain(const State& state, bool bf16) : bf16_(bf16) {
    for (const auto& [name, tensor] : state) {
      at::Tensor copy = tensor.detach().clone();
      if (copy.dim() == 4) copy = copy.contiguous(at::MemoryFormat::ChannelsLast);
      const bool fixed = name.find("running") != std::string::npos || name == "neck.bias" ||
                         name.find("tracked") != std::string::npos;
      tensors_[name] = fixed ? copy : copy.set_requires_grad(true);
      if (!fixed) parameters.push_back(tensors_[name]);
    }
  }

  at::Tensor Loss(const at::Tensor& images, const at::Tensor& labels) {
    at::Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    if (bf16_) {
      at::autocast::set_autocast_enabled(at::kCPU, true);
      at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
      at::autocast::set_autocast_cache_enabled(true);
    }
    x = Trunk(x);
    if (bf16_) {
      at::autocast::clear_cache();
      at::autocast::set_autocast_enabled(at::kCPU, false);
    }
    x = x.to(at::kFloat);
    const auto p = tensors_.find("pool.p");
    x = p == tensors_.end()
            ? x.mean({2, 3})
            : x.clamp_min(1e-6).pow(p->second).mean({2, 3}).pow(p->second.reciprocal());
    x = Norm(x, "neck");
    return at::cross_entropy_loss(at::linear(x, tensors_.at("head.weight")), labels);
  }

  std::vector<at::Tensor> parameters;

 private:
  at::Tensor Norm(const at::Tensor& x, const std::string& name) {
    return at::batch_norm(x, tensors_.at(name + ".weight"), tensors_.at(name + ".bias"),
                          tensors_.at(name + ".running_mean"), tensors_.at(name + ".running_var"),
                          true, 0.1, 1e-5, true);
  }
  at::Tensor ConvNorm(const at::Tensor& x, const std::string& conv, const std::string& norm,
                      int64_t stride) {
    const at::Tensor& weight = tensors_.at("backbone." + conv + ".weight");
    return Norm(at::conv2d(x, weight, {}, stride, weight.size(2) / 2), "backbone." + norm);
  }
  at::Tensor Block(const at::Tensor& x, const std::string& name, int64_t stride) {
    const bool bottleneck = Has(name + ".conv3");
    const int count = bottleneck ? 3 : 2, strided = bottleneck ? 2 : 1;
    at::Tensor y = x;
    for (int i = 1; i <= count; ++i) {
      const std::string k = std::to_string(i);
      y = ConvNorm(y, name + ".conv" + k, name + ".bn" + k, i == strided ? stride : 1);
      if (i < count) y = y.relu_();
    }
    const at::Tensor other = Has(name + ".downsample.0") ? ConvNorm(x, name + ".downsample.0",
                                                                    name + ".downsample.1", stride)
                                                         : x;
    return y.add_(other).relu_();
  }
  at::Tensor Trunk(at::Tensor x) {
    x = ConvNorm(x, "conv1", "bn1", 2).relu_();
    if (tensors_.at("backbone.conv1.weight").size(2) == 7) x = at::max_pool2d(x, 3, 2, 1);
    const auto name = [](int stage, int block) {
      return "layer" + std::to_string(stage) + "." + std::to_string(block);
    };
    for (int s = 1; Has(name(s, 0) + ".conv1"); ++s) {
      const int stride = s == 2 || s == 3 ? 2 : 1;
      for (int b = 0; Has(name(s, b) + ".conv1"); ++b)
        x = Block(x, name(s, b), b == 0 ? stride : 1);
    }
    return Has("conv_last") ? ConvNorm(x, "conv_last", "bn_last", 1).relu_() : x;
  }
  bool Has(const std::string& layer) const {
    return tensors_.count("backbone." + layer + ".weight") > 0;
  }

  bool bf16_;
  State tensors_;
};

struct Variant {
  std::string name;
  std::function<at::Tensor()> loss;
  std::vector<at::Tensor> parameters;
  double best = 0;  // images per second
};

double TimeRound(Variant& variant, Adam& adam, int64_t batch, double seconds) {
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto start = now();
  int64_t images = 0;
  double taken = 0;
  do {
    const at::Tensor loss = variant.loss();
    adam.ZeroGrad();
    loss.backward();
    adam.Step();
    images += batch;
    taken = std::chrono::duration<double>(now() - start).count();
  } while (taken < seconds);
  return static_cast<double>(images) / taken;
}

// The largest relative difference of loss and gradients.
double Difference(const Variant& a, const Variant& b) {
  const at::Tensor left = a.loss(), right = b.loss();
  left.backward();
  right.backward();
  double worst = std::abs(left.item<double>() - right.item<double>()) / left.item<double>();
  double sums[2] = {0, 0};
  for (const at::Tensor& p : a.parameters) sums[0] += p.grad().pow(2).sum().item<double>();
  for (const at::Tensor& p : b.parameters) sums[1] += p.grad().pow(2).sum().item<double>();
  return std::max(worst, std::abs(std::sqrt(sums[0] / sums[1]) - 1));
}

int Run(const ModelSpec& spec, int64_t batch, double seconds) {
  const at::Tensor images = at::randn({batch, 3, spec.height, spec.width});
  const at::Tensor labels = at::randint(kClasses, {batch}, at::kLong);
  std::vector<std::unique_ptr<Model>> models;
  std::vector<std::unique_ptr<Plain>> plains;
  std::vector<Variant> variants;
  for (const char* precision : {"fp32", "bf16"}) {
    models.push_back(Model::Make(spec, 1));
    Model* model = models.back().get();
    model->SetTraining(true);
    model->SetPrecision(precision);
    plains.push_back(std::make_unique<Plain>(model->State(), std::string(precision) == "bf16"));
    Plain* plain = plains.back().get();
    variants.push_back({std::string("ours ") + precision,
                        [=] {
                          at::Tensor logits;
                          model->Forward(images, nullptr, nullptr, &logits);
                          return at::cross_entropy_loss(logits, labels);
                        },
                        model->Parameters()});
    variants.push_back({std::string("plain ") + precision,
                        [=] { return plain->Loss(images, labels); }, plain->parameters});
    const double allowed = std::string(precision) == "fp32" ? 1e-3 : 2e-2;
    const double difference = Difference(variants[variants.size() - 2], variants.back());
    std::fprintf(stderr, "%s, %s: loss and gradient differ by %.1e (allowed %.0e)\n",
                 spec.backbone.c_str(), precision, difference, allowed);
    if (!(difference < allowed)) return 1;
  }
  std::vector<Adam> adams;
  for (const Variant& variant : variants) adams.emplace_back(variant.parameters);
  for (int round = 0; round < 4; ++round) {
    for (size_t i = 0; i < variants.size(); ++i)
      variants[i].best =
          std::max(variants[i].best, TimeRound(variants[i], adams[i], batch, seconds));
  }
  std::printf("| %s | %dx%d | %d |", spec.backbone.c_str(), spec.height, spec.width,
              static_cast<int>(batch));
  for (const Variant& variant : variants) std::printf(" %.1f |", variant.best);
  std::printf(" %.2f | %.2f | %.2f | %.2f |\n", variants[0].best / variants[1].best,
              variants[2].best / variants[3].best, variants[2].best / variants[0].best,
              variants[3].best / variants[1].best);
  return 0;
}

}  // namespace
}  // namespace bcr

int main(int argc, char** argv) {
  if (argc < 5 || argc > 7) {
    std::fprintf(stderr,
                 "usage: train_step_bench BACKBONE HEIGHT WIDTH BATCH [SECONDS [THREADS]]\n");
    return 2;
  }
  bcr::ModelSpec spec;
  spec.backbone = argv[1];
  spec.height = std::atoi(argv[2]);
  spec.width = std::atoi(argv[3]);
  spec.classes = bcr::kClasses;
  bcr::SetTorchThreads(argc == 7 ? std::atoi(argv[6]) : 2);
  at::manual_seed(1);
  return bcr::Run(spec, std::atol(argv[4]), argc >= 6 ? std::atof(argv[5]) : 3.0);
}
