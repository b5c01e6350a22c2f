// Optimisers against LibTorch's own over ten steps of a changing rate, and resumed as if they had never
// stopped; clipping and sums of gradients.
#include "harness/train/optimiser.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <functional>

#include "harness/core/error.h"
#include "harness/train/clip.h"
#include "harness/train/gradient_sum.h"
#include "harness/train/parts.h"

namespace bcr {
namespace {

using Tensors = std::vector<at::Tensor>;

constexpr int kSteps = 10;

Tensors Drawn(uint64_t seed) {
  at::manual_seed(seed);
  return {at::randn({4, 3}), at::randn({5}), at::randn({2, 2, 3, 3})};
}

Tensors Leaves(uint64_t seed) {
  Tensors leaves = Drawn(seed);
  for (at::Tensor& leaf : leaves) leaf.set_requires_grad(true);
  return leaves;
}

// Gradients that shrink, so that the largest square of AMSGrad lies behind.
void SetGradients(int step, const Tensors& parameters) {
  const Tensors drawn = Drawn(100 + static_cast<uint64_t>(step));
  for (size_t i = 0; i < drawn.size(); ++i)
    parameters[i].mutable_grad() = drawn[i] / (1.0 + step * step);
}

double RateOf(int step) { return 0.05 / (1 + step); }

struct Peer {
  OptimiserChoice ours;
  std::function<std::unique_ptr<torch::optim::Optimizer>(const Tensors&)> theirs;
};

std::unique_ptr<torch::optim::Optimizer> TorchAdam(const Tensors& p, double decay, bool amsgrad) {
  return std::make_unique<torch::optim::Adam>(
      p, torch::optim::AdamOptions(1).betas({0.8, 0.95}).weight_decay(decay).amsgrad(amsgrad));
}
std::unique_ptr<torch::optim::Optimizer> TorchAdamW(const Tensors& p, double decay, bool amsgrad) {
  return std::make_unique<torch::optim::AdamW>(
      p, torch::optim::AdamWOptions(1).betas({0.8, 0.95}).weight_decay(decay).amsgrad(amsgrad));
}
std::unique_ptr<torch::optim::Optimizer> TorchSgd(const Tensors& p, double momentum, double decay,
                                                  bool nesterov) {
  return std::make_unique<torch::optim::SGD>(
      p, torch::optim::SGDOptions(1).momentum(momentum).weight_decay(decay).nesterov(nesterov));
}

std::vector<Peer> Peers() {
  const auto adam = [](const char* kind, double decay, bool amsgrad) {
    return OptimiserChoice{.kind = kind,
                           .momentum = 0.8,
                           .second_beta = 0.95,
                           .weight_decay = decay,
                           .amsgrad = amsgrad};
  };
  const auto sgd = [](double momentum, double decay, bool nesterov) {
    return OptimiserChoice{
        .kind = "sgd", .momentum = momentum, .weight_decay = decay, .nesterov = nesterov};
  };
  std::vector<Peer> peers;
  for (const double decay : {0.0, 0.1}) {
    for (const bool amsgrad : {false, true}) {
      peers.push_back({adam("adam", decay, amsgrad),
                       [=](const Tensors& p) { return TorchAdam(p, decay, amsgrad); }});
      peers.push_back({adam("adamw", decay, amsgrad),
                       [=](const Tensors& p) { return TorchAdamW(p, decay, amsgrad); }});
    }
    for (const double momentum : {0.0, 0.9}) {
      peers.push_back({sgd(momentum, decay, false),
                       [=](const Tensors& p) { return TorchSgd(p, momentum, decay, false); }});
    }
    peers.push_back(
        {sgd(0.9, decay, true), [=](const Tensors& p) { return TorchSgd(p, 0.9, decay, true); }});
  }
  return peers;
}

std::string NameOf(const OptimiserChoice& choice) {
  return choice.kind + " decay " + std::to_string(choice.weight_decay) + " momentum " +
         std::to_string(choice.momentum) + (choice.amsgrad ? " amsgrad" : "") +
         (choice.nesterov ? " nesterov" : "");
}

void StepOurs(Optimiser& optimiser, int step, const Tensors& parameters) {
  optimiser.SetRate(RateOf(step));
  SetGradients(step, parameters);
  optimiser.Step();
}

TEST(Optimiser, MovesAsLibTorchDoes) {
  for (const Peer& peer : Peers()) {
    SCOPED_TRACE(NameOf(peer.ours));
    const Tensors ours = Leaves(1), theirs = Leaves(1);
    const auto optimiser = NewOptimiser(peer.ours);
    optimiser->SetParameters(ours);
    const auto torchs = peer.theirs(theirs);
    for (int step = 0; step < kSteps; ++step) {
      StepOurs(*optimiser, step, ours);
      torchs->param_groups()[0].options().set_lr(RateOf(step));
      SetGradients(step, theirs);
      torchs->step();
    }
    for (size_t i = 0; i < ours.size(); ++i) {
      EXPECT_LT((ours[i] - theirs[i]).abs().max().item<double>(), 1e-6);
      EXPECT_GT((ours[i] - Drawn(1)[i]).abs().max().item<double>(), 1e-3) << "nothing moved";
    }
  }
}

TEST(Optimiser, ResumedItGoesOnToTheSameBits) {
  for (const Peer& peer : Peers()) {
    SCOPED_TRACE(NameOf(peer.ours));
    const Tensors whole = Leaves(2), halved = Leaves(2);
    const auto undisturbed = NewOptimiser(peer.ours), first = NewOptimiser(peer.ours),
               second = NewOptimiser(peer.ours);
    undisturbed->SetParameters(whole);
    first->SetParameters(halved);
    std::map<std::string, at::Tensor> state;
    for (int step = 0; step < kSteps; ++step) {
      StepOurs(*undisturbed, step, whole);
      if (step == kSteps / 2) {
        first->Save(state);
        second->SetParameters(halved);
        second->Load(state);
      }
      StepOurs(step < kSteps / 2 ? *first : *second, step, halved);
    }
    for (size_t i = 0; i < whole.size(); ++i) EXPECT_TRUE(at::equal(whole[i], halved[i]));
  }
}

TEST(Optimiser, AnUnknownKindIsRefused) {
  try {
    NewOptimiser({.kind = "lion"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("`lion`"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("adamw"), std::string::npos) << error.what();
  }
}

// Of what has a gradient; a longest length that is not reached changes nothing.
TEST(Clip, ShortensAsLibTorchDoes) {
  for (const double longest : {0.5, 3.0, 1e6}) {
    Tensors ours = Leaves(3), theirs = Leaves(3);
    SetGradients(0, ours);
    SetGradients(0, theirs);
    for (Tensors* all : {&ours, &theirs}) (*all)[1].mutable_grad() = at::Tensor();
    ClipGradients(ours, longest);
    torch::nn::utils::clip_grad_norm_(theirs, longest);
    EXPECT_FALSE(ours[1].grad().defined());
    for (const size_t i : {0, 2}) {
      EXPECT_LT((ours[i].grad() - theirs[i].grad()).abs().max().item<double>(), 1e-6) << longest;
      EXPECT_EQ(at::equal(ours[i].grad(), Drawn(100)[i]), longest > 1e3);
    }
  }
  ClipGradients({}, 1);
}

TEST(GradientSum, IsGivenBackWithTheLatest) {
  const Tensors p = Leaves(4);
  GradientSum sum;
  for (int batch = 0; batch < 3; ++batch) {
    SetGradients(batch, p);
    if (batch == 0) p[1].mutable_grad() = at::Tensor();
    if (batch == 2) break;
    sum.Take(p);
    for (const at::Tensor& parameter : p) EXPECT_FALSE(parameter.grad().defined());
  }
  sum.Give(p);
  const Tensors first = Drawn(100), second = Drawn(101), third = Drawn(102);
  EXPECT_TRUE(at::allclose(p[0].grad(), first[0] + second[0] / 2 + third[0] / 5));
  EXPECT_TRUE(at::allclose(p[1].grad(), second[1] / 2 + third[1] / 5));
  SetGradients(5, p);
  sum.Give(p);
  EXPECT_TRUE(at::equal(p[0].grad(), Drawn(105)[0] / 26.0)) << "nothing was left";
}

// Parts with optimisers of their own are not clipped: the model's gradient is 3, 4 long, theirs 10.
TEST(Parts, TheGradientOfTheModelsPartsIsClipped) {
  const auto part = [](const char* name, bool of_model, double gradient) {
    LearnedPart made{.name = name,
                     .parameters = {at::zeros({1}).set_requires_grad(true)},
                     .optimiser = {.kind = "sgd", .momentum = 0},
                     .of_model = of_model};
    made.parameters[0].mutable_grad() = at::full({1}, gradient);
    return made;
  };
  const LearnedPart a = part("model", true, 3), b = part("model.2", true, 4),
                    own = part("own", false, 10);
  Parts parts;
  for (const LearnedPart* one : {&a, &b, &own}) parts.Register(*one);
  parts.SetRate(1);
  parts.Step(1);
  EXPECT_NEAR(a.parameters[0].item<double>(), -0.6, 1e-5);
  EXPECT_NEAR(b.parameters[0].item<double>(), -0.8, 1e-5);
  EXPECT_EQ(own.parameters[0].item<double>(), -10);
}

}  // namespace
}  // namespace bcr
