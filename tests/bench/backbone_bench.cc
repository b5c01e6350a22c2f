// Images per second of a backbone's forward pass and of a training step (forward, batch norm neck,
// cross-entropy over 500 classes, backward, Adam), one side of scripts/bench_backbones:
//
//   backbone_bench BACKBONE HEIGHT WIDTH BATCH THREADS
//
// It answers lines of standard input with lines: `check` with the features' sums of two images,
// `forward SECONDS` and `step SECONDS` with images per second. tests/bench/backbone_peer.py answers
// the same for PyTorch, with the same weights.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "harness/nn/model.h"
#include "harness/nn/threads.h"
#include "tests/bench/adam.h"
#include "tests/unit/nn/formula_weights.h"

namespace bcr {
namespace {

constexpr int64_t kClasses = 500;

double ImagesPerSecond(int64_t batch, double seconds, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  int64_t images = 0;
  double taken = 0;
  do {
    work();
    images += batch;
    taken = std::chrono::duration<double>(Clock::now() - start).count();
  } while (taken < seconds);
  return static_cast<double>(images) / taken;
}

void Check(const ModelSpec& spec) {
  const auto model = Model::MakeBlank(spec);
  const at::Tensor images = testing::FillByFormula(*model, 2);
  at::Tensor features;
  model->Forward(images, &features, nullptr, nullptr);
  features = features.detach().to(at::kDouble);
  const at::Tensor sums = features.matmul(at::arange(features.size(1), at::kDouble).cos());
  std::printf("%.9g %.9g %.9g\n", features.abs().max().item<double>(), sums[0].item<double>(),
              sums[1].item<double>());
}

int Answer(const ModelSpec& spec, int64_t batch) {
  const auto model = Model::Make(spec, 1);
  const at::Tensor images = at::randn({batch, 3, spec.height, spec.width});
  const at::Tensor labels = at::randint(kClasses, {batch}, at::kLong);
  Adam adam(model->Parameters());
  std::string what;
  while (std::cin >> what) {
    double seconds = 0;
    if (what == "check") {
      Check(spec);
    } else if (std::cin >> seconds) {
      const bool step = what == "step";
      model->SetTraining(step);
      const c10::InferenceMode inference(!step);
      std::printf("%.4g\n", ImagesPerSecond(batch, seconds, [&] {
                    at::Tensor out;
                    model->Forward(images, nullptr, step ? nullptr : &out, step ? &out : nullptr);
                    if (!step) return;
                    const at::Tensor loss = at::cross_entropy_loss(out, labels);
                    adam.ZeroGrad();
                    loss.backward();
                    adam.Step();
                  }));
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace bcr

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: backbone_bench BACKBONE HEIGHT WIDTH BATCH THREADS\n");
    return 2;
  }
  bcr::ModelSpec spec;
  spec.backbone = argv[1];
  spec.height = std::atoi(argv[2]);
  spec.width = std::atoi(argv[3]);
  spec.pooling = "avg";
  spec.classes = bcr::kClasses;
  bcr::SetTorchThreads(std::atoi(argv[5]));
  at::manual_seed(1);
  return bcr::Answer(spec, std::atol(argv[4]));
}
