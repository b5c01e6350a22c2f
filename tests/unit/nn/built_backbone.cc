#include "tests/unit/nn/built_backbone.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bcr::testing {
namespace {

// Kinks of ReLU ask for short steps; a derivative that is zero (of a shift in front of batch norm) asks
// for long ones, or rounding is all there is. A wrong derivative is wrong at each of them.
constexpr double kSteps[] = {1e-7, 1e-8, 1e-9, 1e-6, 1e-5, 1e-4};
constexpr double kGoodEnough = 1e-6;
constexpr size_t kSingleTensors = 6;  // each takes two forward passes

}  // namespace

double GradientError(const std::string& reference, int64_t height, int64_t width) {
  // Grouped convolutions in double precision run group by group: threads would cost more than the
  // work.
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const BuiltBackbone built(reference);
  for (const auto& [name, tensor] : built.tensors.All())
    if (tensor.is_floating_point()) at::Tensor(tensor).set_data(tensor.detach().to(at::kDouble));
  const at::Tensor images = Images(3, height, width).to(at::kDouble);
  auto generator = at::detail::createCPUGenerator(2);
  const auto draw = [&](const at::Tensor& like) {
    return at::empty(like.sizes().vec(), at::kDouble).normal_(0, 1, generator);
  };
  at::Tensor weights;
  const auto loss = [&] {
    const at::Tensor map = built.Map(images, true);
    at::Tensor pooled;
    built.backbone->Pool(
        map,
        [](const at::Tensor& region) {
          return region.mean({2, 3});
        },
        &pooled);
    built.backbone->AfterPooling({true, {}}, &pooled);
    if (!weights.defined()) weights = draw(pooled);
    return (pooled * weights).sum();
  };
  loss().backward();
  const auto along = [&](std::vector<at::Tensor> parameters) {
    double analytic = 0;
    std::vector<at::Tensor> starts, directions;
    for (const at::Tensor& parameter : parameters) {
      starts.push_back(parameter.detach().clone());
      directions.push_back(draw(parameter) / std::sqrt(parameter.numel()));
      analytic += (parameter.grad() * directions.back()).sum().item<double>();
    }
    c10::NoGradGuard no_grad;
    const auto move = [&](double distance) {
      for (size_t i = 0; i < parameters.size(); ++i)
        parameters[i].copy_(starts[i] + distance * directions[i]);
    };
    double least = std::numeric_limits<double>::infinity();
    for (const double step : kSteps) {
      move(step);
      const double above = loss().item<double>();
      move(-step);
      const double numeric = (above - loss().item<double>()) / (2 * step);
      least = std::min(least, std::abs(numeric - analytic) / (std::abs(analytic) + 1e-3));
      if (least < kGoodEnough) break;
    }
    move(0);
    return least;
  };
  const std::vector<at::Tensor> all = built.tensors.Trained();
  double worst = along(all);
  for (size_t i = 0; i < all.size(); i += all.size() / kSingleTensors)
    worst = std::max(worst, along({all[i]}));
  at::set_num_threads(threads);
  return worst;
}

}  // namespace bcr::testing
