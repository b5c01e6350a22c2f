#include "harness/nn/domain_fusion.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <vector>

#include "harness/nn/layers.h"

namespace bcr {
namespace {

constexpr double kKept = 0.9;        // of a running agent
constexpr double kSlope = 0.2;       // of LeakyReLU below 0
constexpr double kLeastShare = 0.1;  // of the sum of absolute attention that is divided by
constexpr double kTiny = 1e-12;      // attention that is 0 throughout gives an agent of 0
constexpr int64_t kPublishedRows =
    16;  // of a domain in a batch of the public code, until one is seen

}  // namespace

double AgentLink(int64_t domains, int64_t rows) {
  return 1.0 / std::sqrt(2.0 * static_cast<double>(domains + rows));
}

DomainFusion::Linear DomainFusion::MakeLinear(const LayerContext& context, const std::string& name,
                                              int64_t out, int64_t in) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(in));
  const auto add = [&](const std::string& tensor, const std::vector<int64_t>& shape) {
    return &context.tensors.Add(tensor, context.initialiser.Uniform(tensor, shape, bound),
                                TensorTable::Kind::kTrained);
  };
  Linear linear;
  linear.weight = add(name + ".weight", {out, in});
  linear.bias = add(name + ".bias", {out});
  return linear;
}

DomainFusion::DomainFusion(const LayerContext& context, const std::string& name, int64_t width,
                           int64_t domains)
    : attention_(MakeLinear(context, name + ".attention", 1, width)),
      first_(MakeLinear(context, name + ".first", width, width)),
      second_(MakeLinear(context, name + ".second", width, width)) {
  using Kind = TensorTable::Kind;
  agents_ = &context.tensors.Add(name + ".agents", at::zeros({domains, width}), Kind::kFixed);
  rows_ = &context.tensors.Add(name + ".rows", at::full({domains}, kPublishedRows, at::kLong),
                               Kind::kFixed);
}

at::Tensor DomainFusion::AgentOf(const at::Tensor& rows) const {
  const at::Tensor attention = at::linear(rows, *attention_.weight, *attention_.bias);
  const at::Tensor sum = attention.sum();
  const at::Tensor least = attention.abs().sum() * kLeastShare + kTiny;
  const at::Tensor divisor = at::where(sum.abs() < least, at::where(sum < 0, -least, least), sum);
  return (attention / divisor * rows).sum(0);
}

at::Tensor DomainFusion::BatchAgents(const ForwardContext& context, const at::Tensor& x) const {
  std::vector<at::Tensor> agents = agents_->clone().unbind(0);
  for (const DomainRun& run : context.runs) {
    at::Tensor& agent = agents[static_cast<size_t>(run.domain)];
    agent = AgentOf(x.narrow(0, run.begin, run.count));
    const c10::NoGradGuard no_grad;
    agents_->select(0, run.domain).mul_(kKept).add_(agent.detach(), 1 - kKept);
    rows_->select(0, run.domain).fill_(run.count);
  }
  return at::stack(agents);
}

// The weight between a row of the domain and its agent, as in the last training batch.
at::Tensor DomainFusion::LinkOf(int64_t domain) const {
  return (2 * (rows_->select(0, domain) + agents_->size(0))).to(at::kFloat).rsqrt();
}

void DomainFusion::Forward(const ForwardContext& context, at::Tensor* x) const {
  const at::Tensor agents = context.training ? BatchAgents(context, *x) : *agents_;
  // All agents are linked with all alike: behind the first layer they are one and the same.
  const at::Tensor agent = at::leaky_relu(
      at::linear(agents.mean(0, /*keepdim=*/true), *first_.weight, *first_.bias), kSlope);
  const at::Tensor rows = at::leaky_relu(at::linear(*x, *first_.weight, *first_.bias), kSlope);
  std::vector<at::Tensor> heard;
  for (const DomainRun& run : context.runs) {
    const at::Tensor of_agent = agent * LinkOf(run.domain);
    const bool whole = context.runs.size() == 1;
    heard.push_back(0.5 * (whole ? rows : rows.narrow(0, run.begin, run.count)) + of_agent);
  }
  *x = *x + at::linear(at::cat(heard, 0), *second_.weight, *second_.bias);
}

}  // namespace bcr
