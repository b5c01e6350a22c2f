// The graph that fuses domains, against the same graph built in full.
#include "harness/nn/domain_fusion.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include "harness/core/files.h"
#include "harness/nn/fit_domains.h"
#include "harness/nn/layers.h"
#include "harness/nn/model.h"
#include "harness/nn/torchscript_file.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::Features;
using testing::Images;
using testing::Tensors;

constexpr int64_t kWidth = 6;

at::Tensor Rows(int64_t count, uint64_t seed = 1) {
  return Images(count, kWidth, 1, seed).select(1, 0).select(2, 0).contiguous();
}

// Nodes: the rows of each domain one after another, then the agents.
at::Tensor Adjacency(const std::vector<int64_t>& counts, bool rows_hear_agents) {
  const auto domains = static_cast<int64_t>(counts.size());
  int64_t rows = 0;
  for (const int64_t count : counts) rows += count;
  at::Tensor links = at::eye(rows + domains);
  links.slice(0, rows).slice(1, rows).fill_(1);
  int64_t row = 0;
  for (int64_t d = 0; d < domains; ++d) {
    for (int64_t i = 0; i < counts[static_cast<size_t>(d)] && rows_hear_agents; ++i, ++row) {
      links[row][rows + d] = 1;
      links[rows + d][row] = 1;
    }
  }
  const at::Tensor root = links.sum(1).rsqrt();
  return root.unsqueeze(1) * links * root.unsqueeze(0);
}

at::Tensor Dense(const at::Tensor& x, const at::Tensor& agents, const std::vector<int64_t>& counts,
                 const Tensors& t) {
  const at::Tensor nodes = at::cat({x, agents});
  const at::Tensor first =
      at::leaky_relu(Adjacency(counts, false).matmul(nodes).matmul(t.at("f.first.weight").t()) +
                         t.at("f.first.bias"),
                     0.2);
  const at::Tensor second =
      Adjacency(counts, true).matmul(first).matmul(t.at("f.second.weight").t()) +
      t.at("f.second.bias");
  return x + second.slice(0, 0, x.size(0));
}

at::Tensor Agent(const at::Tensor& rows, const Tensors& t) {
  const at::Tensor a = rows.matmul(t.at("f.attention.weight").t()) + t.at("f.attention.bias");
  return (a / a.sum() * rows).sum(0);
}

struct Built {
  TensorTable table;
  DomainFusion fusion;
  Tensors tensors;
  explicit Built(int64_t domains) : fusion({table, Initialiser(3)}, "f", kWidth, domains) {
    tensors = table.All();
    tensors.at("f.attention.bias").detach().fill_(4);  // attention of one sign
  }
  at::Tensor At(const ForwardContext& context, at::Tensor x) const {
    fusion.Forward(context, &x);
    return x;
  }
};

TEST(DomainFusion, WeightsOfTheGraphAreTheHandComputedOnes) {
  EXPECT_NEAR(AgentLink(4, 16), 0.158114, 1e-6);
  EXPECT_NEAR(AgentLink(2, 2), 0.353553, 1e-6);
  const at::Tensor toy = Adjacency({2, 2}, true);
  EXPECT_NEAR(toy[0][0].item<float>(), 0.5, 1e-6);
  EXPECT_NEAR(toy[0][4].item<float>(), 0.353553, 1e-6);
  EXPECT_NEAR(toy[4][5].item<float>(), 0.25, 1e-6);
  EXPECT_NEAR(Adjacency({16, 16, 16, 16}, true)[64][65].item<float>(), 1.0 / 20, 1e-6);
}

TEST(DomainFusion, EqualsTheWholeGraphWithPartsOfAnySize) {
  const Built built(2);
  const at::Tensor x = Rows(5).set_requires_grad(true);
  const at::Tensor fused = built.At({true, {{0, 0, 2}, {1, 2, 3}}}, x);
  const at::Tensor agents =
      at::stack({Agent(x.slice(0, 0, 2), built.tensors), Agent(x.slice(0, 2), built.tensors)});
  const at::Tensor dense = Dense(x, agents, {2, 3}, built.tensors);
  EXPECT_TRUE(at::allclose(fused, dense, 1e-4, 1e-5));
  // The same gradients, also of what the agents are made by.
  const at::Tensor weigh = Rows(5, 2);
  (fused * weigh).sum().backward();
  Tensors own = {{"x", x.grad().clone()}};
  for (const auto& [name, tensor] : built.tensors) {
    if (tensor.grad().defined()) own[name] = tensor.grad().clone();
    tensor.mutable_grad() = at::Tensor();
  }
  EXPECT_EQ(own.size(), 7U) << "x, and three layers of weight and bias";
  x.mutable_grad() = at::Tensor();
  (dense * weigh).sum().backward();
  EXPECT_TRUE(at::allclose(own.at("x"), x.grad(), 1e-4, 1e-5));
  for (const auto& [name, gradient] : own) {
    if (name == "x") continue;
    EXPECT_TRUE(at::allclose(gradient, built.tensors.at(name).grad(), 1e-4, 1e-5)) << name;
  }
}

TEST(DomainFusion, RunningAgentsFollowTheBatches) {
  const Built built(3);
  const at::Tensor x = Rows(4);
  built.At({true, {{0, 0, 1}, {2, 1, 3}}}, x);
  const at::Tensor first = built.tensors.at("f.agents").clone();
  EXPECT_TRUE(at::allclose(first[2], 0.1 * Agent(x.slice(0, 1), built.tensors), 1e-4, 1e-6));
  EXPECT_TRUE(at::equal(first[1], at::zeros({kWidth}))) << "not in the batch";
  built.At({true, {{2, 0, 4}}}, x);
  const at::Tensor second = built.tensors.at("f.agents");
  EXPECT_TRUE(at::allclose(second[2], 0.9 * first[2] + 0.1 * Agent(x, built.tensors), 1e-4, 1e-6));
  EXPECT_TRUE(at::equal(second[0], first[0]));
  EXPECT_TRUE(at::equal(built.tensors.at("f.rows"), at::tensor({1, 16, 4}, at::kLong)));
}

// The public code divides by the size of the batch at hand: 0.29 for one image of four domains,
// 0.087 for 62.
TEST(DomainFusion, OutsideTrainingTheBatchsSizePlaysNoPart) {
  const Built built(2);
  built.At({true, {{0, 0, 3}, {1, 3, 2}}}, Rows(5));
  const at::Tensor x = Rows(7, 5);
  const at::Tensor all = built.At({false, {{1, 0, 7}}}, x);
  for (int64_t i = 0; i < 7; ++i) {
    const at::Tensor one = built.At({false, {{1, 0, 1}}}, x.slice(0, i, i + 1));
    EXPECT_TRUE(at::allclose(one, all.slice(0, i, i + 1), 1e-5, 1e-6));
  }
  // As rows of a training batch beside the running agents.
  const at::Tensor dense =
      Dense(x.slice(0, 0, 5), built.tensors.at("f.agents"), {3, 2}, built.tensors);
  EXPECT_TRUE(at::allclose(all.slice(0, 3, 5), dense.slice(0, 3, 5), 1e-4, 1e-5));
}

TEST(DomainFusion, AttentionThatCancelsIsBounded) {
  const Built built(1);
  built.tensors.at("f.attention.weight").detach().zero_();
  built.tensors.at("f.attention.weight").detach()[0][0] = 1;
  built.tensors.at("f.attention.bias").detach().zero_();
  at::Tensor x = at::ones({2, kWidth});
  x[1][0] = -0.999999;  // attention 1 and -0.999999
  x[1][1] = -1;
  built.At({true, {{0, 0, 2}}}, x);
  // 1 / 0.2 each at most, so 10 in the second value; the quotient by the sum would be 2e6.
  EXPECT_NEAR(built.tensors.at("f.agents")[0][1].item<float>(), 0.1 * 10, 1e-3);
  built.At({true, {{0, 0, 2}}}, at::zeros({2, kWidth}));
  EXPECT_TRUE(built.tensors.at("f.agents").isfinite().all().item<bool>());
}

ModelSpec Spec(const std::vector<std::string>& domains) {
  ModelSpec spec;
  spec.height = 32;
  spec.width = 16;
  spec.classes = 4;
  spec.norm = "rectified";
  spec.fusion = "mdif";
  spec.domains = domains;
  return spec;
}

// With agents that have seen batches.
std::unique_ptr<Model> Trained(const std::vector<std::string>& domains) {
  auto model = Model::Make(Spec(domains), 1);
  model->SetTraining(true);
  for (uint64_t step = 0; step < 3; ++step) {
    ImageDomains of = {0, 0};
    of.resize(2 * domains.size());
    for (size_t i = 0; i < of.size(); ++i) of[i] = static_cast<int64_t>(i / 2);
    at::Tensor after;
    const c10::NoGradGuard no_grad;
    model->Forward(Images(static_cast<int64_t>(of.size()), 32, 16, step), nullptr, &after, nullptr,
                   of);
  }
  model->SetTraining(false);
  return model;
}

TEST(FusedModel, FeaturesDoNotDependOnTheTestBatch) {
  const auto model = Trained({"a", "b"});
  const at::Tensor images = Images(9, 32, 16, 8);
  const at::Tensor all = Features(*model, images);
  for (const int64_t i : {0, 8}) {
    const at::Tensor one = Features(*model, images.slice(0, i, i + 1));
    EXPECT_TRUE(at::allclose(one, all.slice(0, i, i + 1), 1e-4, 1e-4));
  }
}

TEST(FusedModel, FusionStandsBehindTheFeatureBeforeTheNeck) {
  const auto model = Trained({"a", "b"});
  const at::Tensor images = Images(3, 32, 16, 8);
  at::Tensor before, after, again, other;
  model->Forward(images, &before, &after, nullptr);
  model->State().at("fusion.second.weight").detach().zero_();
  model->State().at("fusion.second.bias").detach().zero_();
  model->Forward(images, &again, &other, nullptr);
  EXPECT_TRUE(at::equal(before, again));
  EXPECT_FALSE(at::allclose(after, other, 1e-3, 1e-3));
}

TEST(FusedModel, EveryParameterLearns) {
  const auto model = Trained({"a", "b"});
  model->SetTraining(true);
  at::Tensor logits;
  model->Forward(Images(4, 32, 16), nullptr, nullptr, &logits, {0, 1, 0, 1});
  at::cross_entropy_loss(logits, at::arange(4)).backward();
  for (const auto& [name, tensor] : model->State()) {
    if (!tensor.requires_grad()) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_TRUE(tensor.grad().isfinite().all().item<bool>()) << name;
  }
}

TEST(FusedModel, IsSavedOpenedAndTraced) {
  const TemporaryFolder folder;
  const auto model = Trained({"a", "b"});
  SaveModel(folder.path(), *model, {"0", "1", "2", "3"}, {});
  const SavedModel saved = LoadModel(folder.path());
  EXPECT_EQ(saved.model->spec().fusion, "mdif");
  std::istringstream bytes(TorchScriptOf(*model, {}));
  torch::jit::Module script = torch::jit::load(bytes);
  const c10::NoGradGuard no_grad;
  for (const int64_t count : {1, 3}) {
    const at::Tensor images = Images(count, 32, 16);
    const at::Tensor features = Features(*model, images);
    EXPECT_TRUE(testing::SameBytes(Features(*saved.model, images), features));
    EXPECT_TRUE(at::allclose(script.forward({images}).toTensor(), features, 1e-4, 1e-4));
  }
}

TEST(FusedModel, AgentsGoByDataSet) {
  const auto from = Trained({"a", "b"});
  const auto to = Model::Make(Spec({"b", "a", "new"}), 2);
  LoadState(*to, FitDomains(from->State(), from->spec(), *to), "test");
  const at::Tensor given = from->State().at("fusion.agents"),
                   taken = to->State().at("fusion.agents");
  EXPECT_TRUE(at::equal(taken[0], given[1]));
  EXPECT_TRUE(at::equal(taken[1], given[0]));
  EXPECT_TRUE(at::equal(taken[2], given[1])) << "the last one";
  EXPECT_TRUE(at::equal(to->State().at("fusion.rows"), at::full({3}, 2, at::kLong)));
}

}  // namespace
}  // namespace bcr
