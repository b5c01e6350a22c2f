#pragma once

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

struct ForwardContext;
struct LayerContext;

// Fusion of domains by a graph (MDIF): each domain of D has an agent, and an image's pooled feature
// takes up what its domain's agent learned of all agents.
//
//   agent    c_d = sum_i a_i x_i / sum_i a_i over the domain's rows of the batch, a_i = v x_i + b
//   layer 1  self loops on all nodes, agents linked with each other
//   layer 2  the same, and each row linked with the agent of its domain
//   X' = A2 LeakyReLU_0.2(A1 X W1 + b1) W2 + b2,   A = Deg^-1/2 (adjacency) Deg^-1/2
//   z = x + X'
//
// Rows have the weight 1/2 for themselves and 1 / sqrt(2 (D + n)) for the agent, where n rows of the
// batch are of the domain. In the order of the batch's domains; the graph itself is never built.
// Outside training the agents are running means, r_d <- 0.9 r_d + 0.1 c_d from 0, and a domain that
// is not in a batch is stood for by its own.
//
// Bai et al., "Unsupervised Multi-Source Domain Adaptation for Person Re-Identification", CVPR 2021,
// from an unofficial code (the authors' own was not found): a reconstruction. Other than there:
//   - outside training n is that of the last training batch, not the size of the batch at hand, so
//     that a feature does not depend on what it is extracted beside;
//   - images of any domain are linked with the agent of their own, not all of them with the target's;
//   - where the a_i of a domain nearly cancel, their sum is taken as a tenth of that of their absolute
//     values: the public code then divides by almost 0.
//
// Tensors <name>.attention.weight (1 x d) and bias (1), <name>.first and .second weight (d x d) and
// bias (d), all uniform within 1 / sqrt(d); <name>.agents (D x d) and <name>.rows (D, the n). Private
// to harness/nn.
class DomainFusion {
 public:
  DomainFusion() = default;
  DomainFusion(const LayerContext& context, const std::string& name, int64_t width,
               int64_t domains);
  // x: B x d, float32, replaced. Training takes the batch's agents and updates the running ones.
  void Forward(const ForwardContext& context, at::Tensor* x) const;
  bool made() const { return agents_ != nullptr; }

 private:
  struct Linear {
    const at::Tensor *weight = nullptr, *bias = nullptr;
  };
  static Linear MakeLinear(const LayerContext& context, const std::string& name, int64_t out,
                           int64_t in);
  at::Tensor BatchAgents(const ForwardContext& context, const at::Tensor& x) const;
  at::Tensor AgentOf(const at::Tensor& rows) const;
  at::Tensor LinkOf(int64_t domain) const;

  Linear attention_, first_, second_;
  const at::Tensor* agents_ = nullptr;
  const at::Tensor* rows_ = nullptr;
};

// 1 / sqrt(2 (domains + rows)).
double AgentLink(int64_t domains, int64_t rows);

}  // namespace bcr
