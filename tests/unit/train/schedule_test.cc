// Learning rates against published points (fact sheet on re-identification, section 3.5).
#include "harness/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/train/trainer.h"

namespace bcr {
namespace {

TEST(Schedule, BagOfTricksValues) {
  TrainOptions bot;  // the defaults are BoT's, whose epochs count from 1
  const auto rate = [&](int number) { return RateOfEpoch(bot, number - 1); };
  EXPECT_NEAR(rate(1), 3.815e-5, 1e-9);
  EXPECT_NEAR(rate(2), 7.28e-5, 1e-9);
  EXPECT_NEAR(rate(5), 1.7675e-4, 1e-9);
  EXPECT_NEAR(rate(9), 3.1535e-4, 1e-9);
  EXPECT_NEAR(rate(10), 3.5e-4, 1e-12);
  EXPECT_NEAR(rate(39), 3.5e-4, 1e-12);
  EXPECT_NEAR(rate(40), 3.5e-5, 1e-12);
  EXPECT_NEAR(rate(69), 3.5e-5, 1e-12);
  EXPECT_NEAR(rate(70), 3.5e-6, 1e-13);
}

// Its epochs count from 0; the warm-up of 2000 iterations is over by then.
TEST(Schedule, FastReidsStrongBaseline) {
  TrainOptions sbs;
  sbs.epochs = 60;
  sbs.schedule.warmup_epochs = 10;
  sbs.schedule.warmup_factor = 0.1;
  sbs.optimisation = {.schedule = "cosine", .final_lr = 7e-7, .flat_epochs = 30};
  for (const int epoch : {10, 20, 30}) EXPECT_EQ(RateOfEpoch(sbs, epoch), 3.5e-4) << epoch;
  EXPECT_NEAR(RateOfEpoch(sbs, 31), 3.490e-4, 5e-8);
  EXPECT_NEAR(RateOfEpoch(sbs, 45), 1.754e-4, 5.01e-8);  // 1.7535e-4, rounded up
  EXPECT_NEAR(RateOfEpoch(sbs, 58), 4.517e-6, 5e-10);
  EXPECT_NEAR(RateOfEpoch(sbs, 59), 1.657e-6, 5e-10);
  EXPECT_NEAR(RateOfStep(sbs, 60), 7e-7, 1e-15);
}

// f (1 - t/T) + t/T at step t of T, from the first step on.
TEST(Schedule, FastReidsWarmUpOfEachStep) {
  TrainOptions options;
  options.schedule.warmup_factor = 0.1;
  options.optimisation.per_step = true;
  const auto at_step = [&](int t) { return RateOfStep(options, t * 10 / 2000.0) / 3.5e-4; };
  EXPECT_NEAR(at_step(0), 0.1, 1e-12);
  EXPECT_NEAR(at_step(500), 0.1 * 0.75 + 0.25, 1e-12);
  EXPECT_NEAR(at_step(1999), 0.1 * (1 - 1999 / 2000.0) + 1999 / 2000.0, 1e-12);
  EXPECT_NEAR(at_step(2000), 1, 1e-12);
  EXPECT_NEAR(RateOfStep(options, 38.999), 3.5e-4, 1e-12);
  EXPECT_NEAR(RateOfStep(options, 39), 3.5e-5, 1e-12) << "epoch 40 begins";
  options.optimisation.warmup_shape = "constant";
  EXPECT_NEAR(at_step(1999), 0.1, 1e-12);
  EXPECT_NEAR(at_step(2000), 1, 1e-12);
  EXPECT_NEAR(RateOfEpoch(options, 8), 3.5e-5, 1e-12);
  EXPECT_NEAR(RateOfEpoch(options, 9), 3.5e-4, 1e-12);
}

// torchreid's OSNet: cosine over 250 epochs to 0, no warm-up.
TEST(Schedule, CosineFromTheFirstEpoch) {
  TrainOptions osnet;
  osnet.epochs = 250;
  osnet.schedule.learning_rate = 1.5e-3;
  osnet.schedule.warmup_epochs = 0;
  osnet.optimisation.schedule = "cosine";
  EXPECT_EQ(RateOfEpoch(osnet, 0), 1.5e-3);
  EXPECT_NEAR(RateOfEpoch(osnet, 125), 7.5e-4, 1e-12);
  EXPECT_NEAR(RateOfEpoch(osnet, 249), 0.75e-3 * (1 + std::cos(M_PI * 249 / 250)), 1e-12);
}

TEST(Schedule, PolynomialAndConstant) {
  TrainOptions options;
  options.epochs = 20;
  options.schedule.warmup_epochs = 4;
  options.schedule.learning_rate = 1;
  options.optimisation = {.schedule = "polynomial", .final_lr = 0.1, .power = 2};
  EXPECT_NEAR(RateOfEpoch(options, 0), 0.01 + 0.99 / 4, 1e-12) << "within the warm-up";
  EXPECT_EQ(RateOfEpoch(options, 4), 1);
  EXPECT_NEAR(RateOfEpoch(options, 12), 0.1 + 0.9 * 0.25, 1e-12);
  EXPECT_NEAR(RateOfStep(options, 20), 0.1, 1e-12);
  EXPECT_NEAR(RateOfStep(options, 12), RateOfEpoch(options, 12), 1e-12);
  options.optimisation.flat_epochs = 12;
  EXPECT_EQ(RateOfEpoch(options, 12), 1);
  EXPECT_NEAR(RateOfEpoch(options, 16), 0.1 + 0.9 * 0.25, 1e-12);
  options.optimisation.flat_epochs = 30;
  EXPECT_EQ(RateOfEpoch(options, 19), 1) << "it never falls";
  options.optimisation = {.schedule = "constant"};
  EXPECT_NEAR(RateOfEpoch(options, 1), 0.01 + 0.99 / 2, 1e-12);
  for (const int epoch : {4, 10, 19}) EXPECT_EQ(RateOfEpoch(options, epoch), 1);
}

}  // namespace
}  // namespace bcr
