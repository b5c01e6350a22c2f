// Normalisation with statistics of each domain.
#include "harness/nn/norm.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include "harness/core/files.h"
#include "harness/nn/domain_order.h"
#include "harness/nn/fit_domains.h"
#include "harness/nn/layers.h"
#include "harness/nn/model.h"
#include "harness/nn/torchscript_file.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::Copy;
using testing::Features;
using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;
using testing::SameBytes;
using testing::Tensors;

ModelSpec Spec(const std::string& norm, const std::vector<std::string>& domains) {
  ModelSpec spec;
  spec.height = 32;
  spec.width = 16;
  spec.norm = norm;
  spec.domains = domains;
  return spec;
}

// A few training batches, so that statistics, scales and gates are no longer those of the start.
void Disturb(Model& model) {
  Random random(7);
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : model.State()) {
    if (!tensor.is_floating_point() || tensor.dim() > 2) continue;
    for (int64_t i = 0; i < tensor.numel(); ++i)
      tensor.view({-1})[i].add_(0.2 * random.Uniform());  // variances stay positive
  }
}

TEST(RectifyingGate, OfTheHandComputedChannel) {
  const at::Tensor x = at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).view({1, 1, 2, 2});
  const at::Tensor gate = RectifyingGate(x, at::tensor({0.5F, -1.0F}).view({1, 2}));
  EXPECT_EQ(gate.sizes().vec(), (std::vector<int64_t>{1, 1}));
  EXPECT_NEAR(gate.item<float>(), 0.489752, 1e-6);
}

TEST(RectifyingGate, IsOneHalfAtTheStartAndKnowsMapsOfOnePlace) {
  const at::Tensor x = Images(2, 1, 1);
  EXPECT_TRUE(at::equal(RectifyingGate(x, at::zeros({3, 2})), at::full({2, 3}, 0.5F)));
  // sigma is the root of 1e-5 where there is one place.
  const at::Tensor gate = RectifyingGate(x, at::tensor({0.0F, 1.0F}).expand({3, 2}));
  EXPECT_NEAR(gate[0][0].item<float>(), 1 / (1 + std::exp(-std::sqrt(1e-5))), 1e-6);
}

TEST(RectifyingGate, GradientsAgreeWithDifferences) {
  const at::Tensor x = Images(2, 3, 2).to(at::kDouble).set_requires_grad(true);
  const at::Tensor weight = at::tensor({0.4, -0.3, 0.2, 0.6, -0.5, 0.1}, at::kDouble)
                                .view({3, 2})
                                .set_requires_grad(true);
  const at::Tensor weigh = at::arange(6, at::kDouble).view({2, 3});
  const auto loss = [&] { return (RectifyingGate(x, weight) * weigh).sum(); };
  loss().backward();
  for (const at::Tensor& of : {x, weight}) {
    const at::Tensor flat = of.detach().view({-1}), grad = of.grad().reshape({-1});
    for (int64_t i = 0; i < flat.numel(); ++i) {
      const double step = 1e-6, here = flat[i].item<double>();
      flat[i] = here + step;
      const double above = loss().item<double>();
      flat[i] = here - step;
      const double below = loss().item<double>();
      flat[i] = here;
      EXPECT_NEAR(grad[i].item<double>(), (above - below) / (2 * step), 1e-7);
    }
  }
}

TEST(DomainOrder, PartsOfAnySizeAreBroughtTogetherAndBack) {
  const DomainOrder order({2, 0, 2, 2, 0}, 5, 4);
  ASSERT_EQ(order.runs().size(), 2U);
  EXPECT_EQ(order.runs()[0].domain, 0);
  EXPECT_EQ(order.runs()[0].count, 2);
  EXPECT_EQ(order.runs()[1].domain, 2);
  EXPECT_EQ(order.runs()[1].begin, 2);
  EXPECT_EQ(order.runs()[1].count, 3);
  const at::Tensor rows = at::arange(5);
  const at::Tensor sorted = order.Sorted(rows);
  EXPECT_TRUE(at::equal(sorted, at::tensor({1, 4, 0, 2, 3}, at::kLong)));
  EXPECT_TRUE(at::equal(order.Restored(sorted), rows));
}

TEST(DomainOrder, ASingleOrNoNameStandsForTheWholeBatch) {
  EXPECT_EQ(DomainOrder({1}, 5, 3).runs()[0].domain, 1);
  EXPECT_EQ(DomainOrder({}, 5, 3).runs()[0].domain, 2) << "the last one";
  EXPECT_TRUE(DomainOrder({0, 1}, 2, 0).runs().empty()) << "of a network that knows none";
}

// (x - mean) / sqrt(variance + 1e-5) of some rows over all but the channels.
at::Tensor Standardised(const at::Tensor& x) {
  const at::Tensor mean = x.mean({0, 2, 3}, true);
  const at::Tensor variance = (x - mean).pow(2).mean({0, 2, 3}, true);
  return (x - mean) / (variance + 1e-5).sqrt();
}

TEST(DomainNorm, EachDomainHasStatisticsOfItsOwn) {
  TensorTable table;
  const BatchNorm norm({table, Initialiser(1), {NormKind::kDomain, 3}}, "bn", 3);
  const at::Tensor x = at::cat({Images(2, 4, 3, 1), 5 * Images(3, 4, 3, 2) + 2});
  at::Tensor y = x;
  norm.Forward({true, {{0, 0, 2}, {2, 2, 3}}}, &y);
  EXPECT_TRUE(at::allclose(y.slice(0, 0, 2), Standardised(x.slice(0, 0, 2)), 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(y.slice(0, 2, 5), Standardised(x.slice(0, 2, 5)), 1e-4, 1e-5));
  const Tensors all = table.All();
  EXPECT_TRUE(at::allclose(all.at("bn.bank2.running_mean"), 0.1 * x.slice(0, 2, 5).mean({0, 2, 3}),
                           1e-4, 1e-5));
  EXPECT_EQ(all.at("bn.bank0.num_batches_tracked").item<int64_t>(), 1);
  EXPECT_EQ(all.at("bn.bank1.num_batches_tracked").item<int64_t>(), 0) << "not in the batch";
  EXPECT_TRUE(at::equal(all.at("bn.bank1.running_mean"), at::zeros({3})));
  EXPECT_FALSE(all.contains("bn.weight"));
}

TEST(DomainNorm, OutsideTrainingTheBankOfTheDomainIsUsed) {
  TensorTable table;
  const BatchNorm norm({table, Initialiser(1), {NormKind::kDomain, 2}}, "bn", 3);
  const Tensors all = table.All();
  all.at("bn.bank0.running_mean").fill_(1);
  all.at("bn.bank1.running_mean").fill_(3);
  const at::Tensor x = Images(4, 2, 2);
  const double root = std::sqrt(1 + 1e-5);
  at::Tensor first = x, last = x, both = x;
  norm.Forward({false, {{0, 0, 4}}}, &first);
  norm.Forward({}, &last);
  norm.Forward({false, {{0, 0, 1}, {1, 1, 3}}}, &both);
  EXPECT_TRUE(at::allclose(first, (x - 1) / root, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(last, (x - 3) / root, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(both, at::cat({first.slice(0, 0, 1), last.slice(0, 1, 4)})));
}

TEST(DomainNorm, RectifiedOutputIsWeighedByTheGateOfTheRawInput) {
  TensorTable table;
  const BatchNorm norm({table, Initialiser(1), {NormKind::kRectified, 1}}, "bn", 3);
  const at::Tensor gate = table.All().at("bn.bank0.gate");
  EXPECT_EQ(gate.sizes().vec(), (std::vector<int64_t>{3, 2}));
  const at::Tensor x = Images(2, 4, 3);
  at::Tensor y = x;
  norm.Forward({true, {}}, &y);
  EXPECT_TRUE(at::allclose(y, 0.5 * Standardised(x), 1e-4, 1e-5));
  gate.detach().fill_(0.7);
  y = x;
  norm.Forward({true, {}}, &y);
  const at::Tensor mean = x.mean({2, 3}), sigma = (x.var({2, 3}) + 1e-5).sqrt();
  const at::Tensor expected = at::sigmoid(0.7 * (mean + sigma)).unsqueeze(2).unsqueeze(3);
  EXPECT_TRUE(at::allclose(y, expected * Standardised(x), 1e-4, 1e-5));
}

// Every normalisation of the backbone, shortcuts included; the neck has no gate.
TEST(DomainModel, AllLayersHaveBanks) {
  const auto plain = Model::MakeBlank(Spec("plain", {}));
  const auto model = Model::MakeBlank(Spec("rectified", {"a", "b"}));
  const Tensors state = model->State();
  size_t norms = 0;
  for (const auto& [name, tensor] : plain->State()) {
    if (!name.ends_with(".running_mean")) continue;
    ++norms;
    const std::string norm = name.substr(0, name.size() - 13);
    EXPECT_FALSE(state.contains(name));
    EXPECT_TRUE(state.contains(norm + ".bank1.running_mean")) << norm;
    EXPECT_EQ(state.contains(norm + ".bank1.gate"), norm != "neck") << norm;
  }
  EXPECT_EQ(norms, 17U) << "stem, six blocks of two, two shortcuts, the closing one, the neck";
  EXPECT_EQ(state.at("neck.bank0.bias").requires_grad(), false);
}

TEST(DomainModel, MixedBatchesAreTreatedAsIfSorted) {
  const auto model = Model::Make(Spec("rectified", {"a", "b"}), 1);
  Disturb(*model);
  const at::Tensor images = Images(5, 32, 16);
  const at::Tensor places = at::tensor({1, 4, 0, 2, 3}, at::kLong);
  for (const bool training : {false, true}) {
    model->SetTraining(training);
    at::Tensor before, after, sorted_before, sorted_after;
    model->Forward(images, &before, &after, nullptr, {1, 0, 1, 1, 0});
    model->Forward(images.index_select(0, places), &sorted_before, &sorted_after, nullptr,
                   {0, 0, 1, 1, 1});
    EXPECT_TRUE(at::equal(before.index_select(0, places), sorted_before));
    EXPECT_TRUE(at::equal(after.index_select(0, places), sorted_after));
  }
}

TEST(DomainModel, ADomainsFeaturesDoNotDependOnTheOthersInTheBatch) {
  const auto model = Model::Make(Spec("domain", {"a", "b"}), 1);
  model->SetTraining(true);
  const at::Tensor images = Images(6, 32, 16);
  at::Tensor alone, beside;
  model->Forward(images.slice(0, 0, 4), &alone, nullptr, nullptr, {0});
  model->Forward(images, &beside, nullptr, nullptr, {0, 0, 0, 0, 1, 1});
  EXPECT_TRUE(at::allclose(alone, beside.slice(0, 0, 4), 1e-4, 1e-5));
}

TEST(DomainModel, OneImageOfADomainHasNoStatistics) {
  const auto model = Model::Make(Spec("domain", {"a", "b"}), 1);
  model->SetTraining(true);
  const std::string message = MessageOf(ErrorCode::kTraining, [&] {
    model->Forward(Images(3, 32, 16), nullptr, nullptr, nullptr, {0, 0, 1});
  });
  EXPECT_THAT(message, HasSubstr("one image of domain 1"));
}

TEST(DomainModel, NormAndDomainsGoTogether) {
  MessageOf(ErrorCode::kConfig, [] { Model::MakeBlank(Spec("domain", {})); });
  MessageOf(ErrorCode::kConfig, [] { Model::MakeBlank(Spec("plain", {"a"})); });
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [] { Model::MakeBlank(Spec("domian", {"a"})); }),
              HasSubstr("domain"));
}

TEST(DomainModel, IsSavedAndOpenedWithItsDomains) {
  const TemporaryFolder folder;
  const auto model = Model::Make(Spec("rectified", {"a", "b"}), 1);
  Disturb(*model);
  SaveModel(folder.path(), *model, {}, {});
  const SavedModel saved = LoadModel(folder.path());
  EXPECT_EQ(saved.model->spec().norm, "rectified");
  EXPECT_EQ(saved.model->spec().domains, (std::vector<std::string>{"a", "b"}));
  const at::Tensor images = Images(2, 32, 16);
  EXPECT_TRUE(SameBytes(Features(*saved.model, images), Features(*model, images)));
}

TEST(DomainModel, ItsTorchScriptTreatsImagesAsOfTheLastDomain) {
  const auto model = Model::Make(Spec("rectified", {"a", "b"}), 1);
  Disturb(*model);
  std::istringstream bytes(TorchScriptOf(*model, {}));
  torch::jit::Module script = torch::jit::load(bytes);
  const c10::NoGradGuard no_grad;
  for (const int64_t count : {1, 3}) {
    const at::Tensor images = Images(count, 32, 16);
    at::Tensor last, first;
    model->Forward(images, nullptr, &last, nullptr, {1});
    model->Forward(images, nullptr, &first, nullptr, {0});
    EXPECT_TRUE(at::allclose(script.forward({images}).toTensor(), last, 1e-4, 1e-5));
    EXPECT_FALSE(at::allclose(first, last, 1e-2, 1e-2));
  }
}

// Normalisation is the business of layers that all families share. A transformer has it in its neck.
TEST(DomainModel, EveryFamilyKnowsDomains) {
  const at::Tensor images = Images(4, 64, 32);
  for (const char* backbone :
       {"resnet18", "resnet18,ibn=a", "osnet_x0_25", "mobilenet_v2", "mgn_micro16", "vit_micro"}) {
    SCOPED_TRACE(backbone);
    ModelSpec spec = Spec("plain", {});
    spec.backbone = backbone;
    spec.height = 64;
    spec.width = 32;
    const auto plain = Model::Make(spec, 1);
    spec.norm = "rectified";
    spec.domains = {"a", "b"};
    const auto model = Model::MakeBlank(spec);
    LoadState(*model, FitDomains(plain->State(), plain->spec(), *model), "test");
    EXPECT_TRUE(at::allclose(Features(*model, images), Features(*plain, images), 1e-5, 1e-6));
    model->SetTraining(true);
    at::Tensor after;
    model->Forward(images, nullptr, &after, nullptr, {1, 0, 0, 1});
    after.pow(2).mul(at::arange(after.size(1))).sum().backward();
    size_t banks = 0;
    for (const auto& [name, tensor] : model->State()) {
      if (!tensor.requires_grad()) continue;
      ASSERT_TRUE(tensor.grad().defined()) << name;
      EXPECT_TRUE(tensor.grad().isfinite().all().item<bool>()) << name;
      banks += name.ends_with(".bank1.weight") ? 1 : 0;
    }
    EXPECT_GE(banks, 1U);
  }
}

TEST(DomainOf, IsByNameAndElseTheLast) {
  const ModelSpec spec = Spec("domain", {"a", "b", "a", "c"});
  EXPECT_EQ(spec.DomainOf("b"), 1);
  EXPECT_EQ(spec.DomainOf("a"), 2) << "the last one of that name";
  EXPECT_EQ(spec.DomainOf("unknown"), 3);
}

// A plain model's weights in every bank, or in gated ones, are the network that it was: to the bit.
TEST(FitDomains, ANetworkStartsAsWhatItStartsFrom) {
  const auto plain = Model::Make(Spec("plain", {}), 1);
  Disturb(*plain);
  const at::Tensor images = Images(3, 32, 16);
  const at::Tensor expected = Features(*plain, images);
  for (const char* norm : {"domain", "rectified"}) {
    const auto model = Model::Make(Spec(norm, {"a", "b"}), 2);
    LoadState(*model, FitDomains(plain->State(), plain->spec(), *model), "test");
    for (const int64_t domain : {0, 1}) {
      at::Tensor features;
      model->Forward(images, nullptr, &features, nullptr, {domain});
      EXPECT_TRUE(SameBytes(features.detach(), expected)) << norm << " " << domain;
    }
  }
}

TEST(FitDomains, BanksGoByDataSetAndNewOnesTakeTheLast) {
  const auto from = Model::Make(Spec("rectified", {"a", "b"}), 1);
  Disturb(*from);
  const auto to = Model::Make(Spec("rectified", {"b", "new", "a"}), 2);
  LoadState(*to, FitDomains(from->State(), from->spec(), *to), "test");
  const Tensors given = from->State(), taken = to->State();
  for (const char* part : {".weight", ".running_var", ".gate"}) {
    const std::string norm = "backbone.layer2.0.downsample.1.bank";
    EXPECT_TRUE(at::equal(taken.at(norm + "0" + part), given.at(norm + "1" + part))) << part;
    EXPECT_TRUE(at::equal(taken.at(norm + "1" + part), given.at(norm + "1" + part))) << part;
    EXPECT_TRUE(at::equal(taken.at(norm + "2" + part), given.at(norm + "0" + part))) << part;
  }
}

TEST(FitDomains, APlainNetworkTakesTheLastBankAndRefusesGates) {
  const auto from = Model::Make(Spec("domain", {"a", "b"}), 1);
  Disturb(*from);
  const auto to = Model::Make(Spec("plain", {}), 2);
  LoadState(*to, FitDomains(from->State(), from->spec(), *to), "test");
  EXPECT_TRUE(
      at::equal(to->State().at("neck.running_var"), from->State().at("neck.bank1.running_var")));
  const auto gated = Model::Make(Spec("rectified", {"a", "b"}), 1);
  const std::string message = MessageOf(ErrorCode::kData, [&] {
    LoadState(*to, FitDomains(gated->State(), gated->spec(), *to), "test");
  });
  EXPECT_THAT(message, HasSubstr(".gate"));
}

TEST(FitDomains, LeavesPlainNetworksAsTheyAre) {
  const auto from = Model::Make(Spec("plain", {}), 1), to = Model::Make(Spec("plain", {}), 2);
  EXPECT_TRUE(testing::SameState(FitDomains(from->State(), from->spec(), *to), from->State()));
}

}  // namespace
}  // namespace bcr
