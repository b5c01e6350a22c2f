// AMDIM: the sheet's vector, the whole objective against a plain slow version, which images are views of
// one another, and training by it.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "methods/support/local_nce.h"
#include "tests/unit/methods/pair_batch.h"
#include "tests/unit/methods/stopped_training.h"

namespace bcr {
namespace {

using testing::LossOf;
using testing::MakeNamed;
using testing::ToyJob;

at::Tensor Drawn(at::IntArrayRef shape, uint64_t seed) {
  Random random(seed);
  const at::Tensor values = at::empty(shape, at::kDouble);
  for (int64_t i = 0; i < values.numel(); ++i) values.data_ptr<double>()[i] = random.Normal();
  return values;
}

struct Slow {
  double loss = 0, square = 0;
};

// Word for word as local_nce.h says.
Slow SlowNce(const at::Tensor& sources, const at::Tensor& targets, double clip) {
  const auto s = sources.accessor<double, 2>();
  const auto t = targets.accessor<double, 3>();
  const int64_t n = t.size(0), places = t.size(1), width = t.size(2);
  Slow slow;
  const auto score = [&](int64_t i, int64_t j, int64_t l) {
    double dot = 0;
    for (int64_t r = 0; r < width; ++r) dot += s[i][r] * t[j][l][r];
    const double raw = dot / std::sqrt(static_cast<double>(width));
    slow.square += raw * raw / static_cast<double>(n * n * places);
    return clip * std::tanh(raw / clip);
  };
  for (int64_t i = 0; i < n; ++i) {
    std::vector<double> own;
    double others = 0;
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t l = 0; l < places; ++l) {
        const double c = score(i, j, l);
        if (j == i)
          own.push_back(c);
        else
          others += std::exp(c);
      }
    }
    for (const double c : own)
      slow.loss -= std::log(std::exp(c) / (std::exp(c) + others)) / static_cast<double>(n * places);
  }
  return slow;
}

TEST(LocalNce, TheSheetsVector) {
  const at::Tensor sources = at::tensor({1., 0., 1., 0., 0., 1., 0., 1.}, at::kDouble).view({2, 4});
  const at::Tensor targets =
      at::tensor({2., 0., 1., 0., 1., 1., 0., 0., 0., 2., 0., 2., 0., 0., 1., 1.}, at::kDouble)
          .view({2, 2, 4});
  at::Tensor loss, square;
  ComputeLocalNce(sources, targets, 10, &loss, &square);
  EXPECT_NEAR(loss.item<double>(), 0.67448529, 5e-9);
  EXPECT_NEAR(0.05 * square.item<double>(), 0.0453125, 1e-15);
  EXPECT_NEAR((0.46842815 + 0.95811696 + 0.31327909 + 0.95811696) / 4, loss.item<double>(), 1e-8);
}

TEST(LocalNce, ValueAndGradientAreThoseOfThePlainVersion) {
  for (const double clip : {0.7, 20.0}) {
    const at::Tensor sources = Drawn({3, 4}, 1).mul_(2).set_requires_grad(true);
    const at::Tensor targets = Drawn({3, 5, 4}, 2).mul_(2).set_requires_grad(true);
    at::Tensor loss, square;
    ComputeLocalNce(sources, targets, clip, &loss, &square);
    const auto slow = [&] { return SlowNce(sources.detach(), targets.detach(), clip); };
    EXPECT_NEAR(loss.item<double>(), slow().loss, 1e-12);
    EXPECT_NEAR(square.item<double>(), slow().square, 1e-12);
    (loss + 3 * square).backward();
    for (const at::Tensor& leaf : {sources, targets}) {
      double* const values = leaf.data_ptr<double>();
      for (int64_t i = 0; i < leaf.numel(); ++i) {
        const double kept = values[i];
        const auto at = [&](double value) {
          values[i] = value;
          const Slow there = slow();
          values[i] = kept;
          return there.loss + 3 * there.square;
        };
        const double numeric = (at(kept + 1e-5) - at(kept - 1e-5)) / 2e-5;
        EXPECT_NEAR(leaf.grad().view({-1})[i].item<double>(), numeric, 1e-8);
      }
    }
  }
}

TEST(LocalNce, OneImageHasNothingToBeToldFrom) {
  const at::Tensor source = Drawn({1, 4}, 1).set_requires_grad(true);
  at::Tensor loss, square;
  ComputeLocalNce(source, Drawn({1, 3, 4}, 2), 20, &loss, &square);
  EXPECT_EQ(loss.item<double>(), 0);
  loss.backward();
  EXPECT_EQ(source.grad().abs().max().item<double>(), 0);
}

constexpr int kWidth = 6, kInner = 2, kLast = 3;  // of features and maps

struct Views {
  std::unique_ptr<Objective> objective;
  Batch batch;

  // Features and maps of as many rows as there are labels.
  Views(const std::vector<int64_t>& labels, const std::vector<int64_t>& rows,
        const Json& parameters = {{"width", 4}, {"clip", 3.0}, {"side", "after-neck"}}) {
    objective = MakeNamed("amdim", parameters);
    TrainingSet set;
    set.feature_width = kWidth;
    set.map_widths = {kInner, kLast};
    set.seed = 7;
    objective->Prepare(set);
    batch.rows = rows;
    batch.labels = labels;
    const auto n = static_cast<int64_t>(labels.size());
    batch.Set(Slot::kAfterNeck, Drawn({n, kWidth}, 3).set_requires_grad(true));
    batch.Set(Slot::kMap, Drawn({n, kLast, 2, 1}, 4).set_requires_grad(true));
    batch.Set(Slot::kInnerMap, Drawn({n, kInner, 2, 2}, 5).set_requires_grad(true));
  }
  double Loss() { return LossOf(*objective, batch).item<double>(); }
};

at::Tensor Of(const at::Tensor& values, const std::vector<int64_t>& places) {
  return values.detach().index_select(0, at::tensor(places, at::kLong));
}

// n x L x width, by the learned map.
at::Tensor Mapped(const at::Tensor& map, const std::vector<int64_t>& places, const at::Tensor& by) {
  return Of(map, places)
      .flatten(2)
      .transpose(1, 2)
      .matmul(by.detach().to(at::kDouble).t())
      .contiguous();
}

// All terms but the one whose source is drawn, and that with each of the cells that could be.
TEST(Amdim, IsTheSumOfItsDirections) {
  const std::vector<int64_t> first = {0, 1, 4}, second = {3, 2, 5};
  Views views({8, 5, 5, 8, 9, 9}, {8, 5, 5, 8, 9, 9});
  const std::vector<at::Tensor> learned = views.objective->Parameters();
  ASSERT_EQ(learned.size(), 3U);
  Terms terms;
  views.objective->Compute(views.batch, terms);
  ASSERT_EQ(terms.names(), (std::vector<std::string>{"global_to_map", "global_to_inner",
                                                     "map_to_map", "regulariser"}));
  double expected[2] = {0, 0}, squares = 0;
  std::vector<Slow> drawn[2];
  for (const bool back : {false, true}) {
    const auto& from = back ? second : first;
    const auto& to = back ? first : second;
    const at::Tensor global =
        Of(views.batch[Slot::kAfterNeck], from).matmul(learned[0].detach().to(at::kDouble).t());
    const at::Tensor last = Mapped(views.batch[Slot::kMap], to, learned[1]);
    const at::Tensor inner = Mapped(views.batch[Slot::kInnerMap], to, learned[2]);
    const at::Tensor own = Mapped(views.batch[Slot::kMap], from, learned[1]);
    for (const int map : {0, 1}) {
      const Slow slow = SlowNce(global, map == 0 ? last : inner, 3);
      expected[map] += slow.loss / 2;
      squares += slow.square / 2;
    }
    for (int choice = 0; choice < 8; ++choice) {
      std::vector<at::Tensor> cells;
      for (int64_t i = 0; i < 3; ++i) cells.push_back(own[i][(choice >> i) & 1]);
      drawn[back].push_back(SlowNce(at::stack(cells), last, 3));
    }
  }
  EXPECT_NEAR(terms.value(0).item<double>(), expected[0], 1e-12);
  EXPECT_NEAR(terms.value(1).item<double>(), expected[1], 1e-12);
  int fitting = 0;
  for (const Slow& there : drawn[0]) {
    for (const Slow& back : drawn[1]) {
      if (std::abs((there.loss + back.loss) / 2 - terms.value(2).item<double>()) > 1e-12) continue;
      ++fitting;
      EXPECT_NEAR(terms.value(3).item<double>(),
                  0.05 * (squares + (there.square + back.square) / 2), 1e-12);
    }
  }
  EXPECT_EQ(fitting, 1);
}

TEST(Amdim, TwoImagesOfALabelAreViewsAndNoOthers) {
  Views pairs({0, 0, 1, 1}, {0, 0, 1, 1});
  Views more({0, 0, 1, 1, -1, 2}, {0, 0, 1, 1, 2, 3});
  for (const Slot slot : {Slot::kAfterNeck, Slot::kMap, Slot::kInnerMap})
    pairs.batch.Set(slot, Of(more.batch[slot], {0, 1, 2, 3}));
  EXPECT_EQ(more.Loss(), pairs.Loss());
  LossOf(*more.objective, more.batch).backward();
  for (const Slot slot : {Slot::kAfterNeck, Slot::kMap, Slot::kInnerMap}) {
    const at::Tensor& gradient = more.batch[slot].grad();
    EXPECT_GT(gradient.slice(0, 0, 4).abs().max().item<double>(), 0);
    EXPECT_EQ(gradient.slice(0, 4).abs().max().item<double>(), 0);
  }
}

TEST(Amdim, TheSourceCellIsDrawnAnewInEachEpoch) {
  Views views({0, 0, 1, 1, 2, 2}, {0, 0, 1, 1, 2, 2});
  std::set<double> values;
  for (int epoch = 0; epoch < 10; ++epoch) {
    views.batch.epoch = epoch;
    values.insert(views.Loss());
    values.insert(views.Loss());
    EXPECT_LE(values.size(), static_cast<size_t>(epoch + 1)) << "drawn anew within an epoch";
  }
  EXPECT_GT(values.size(), 1U);
}

struct ViewsJob : ToyJob {
  ViewsJob() {
    plug_ins = {objective_table(), label_source_table(), augmenter_table()};
    job.base.label_source = "each-image";
    job.base.head = false;
    job.base.sampler = "two-views";
    job.base.augmenters = {{.augmenter = "resized-crop"}, {.augmenter = "grayscale"}};
    job.base.objectives = {{.objective = "amdim"}};
  }
};

// Neither what has been learned nor the labels are lost with a stop, and the loss falls.
TEST(Amdim, TrainsOnImagesWithoutLabels) {
  ViewsJob toy;
  toy.job.options.epochs = 6;
  const Json history = testing::TrainWithAndWithoutStops(toy).history;
  EXPECT_LT(history.back().at("loss"), history.front().at("loss"));
  EXPECT_EQ(history.front().at("steps"), 6) << "48 images in batches of 8, twice each";
}

TEST(Amdim, ABackboneWithoutMapsIsRefused) {
  ViewsJob toy;
  toy.job.spec.backbone = "vit_micro";
  try {
    Train(toy.job, toy.plug_ins);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("vit_micro"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("micro16, micro32, resnet18"));
  }
}

TEST(Amdim, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(MakeNamed("amdim", {{"width", 0}}), Error);
  EXPECT_THROW(MakeNamed("amdim", {{"clip", 0.0}}), Error);
  EXPECT_THROW(MakeNamed("amdim", {{"side", "both"}}), Error);
}

}  // namespace
}  // namespace bcr
