#include "harness/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "harness/train/trainer.h"

namespace bcr {

namespace {

// What the rate is multiplied by after so many epochs of warm-up.
double WarmUp(const TrainOptions& options, double epochs_done) {
  const Schedule& s = options.schedule;
  if (!(s.warmup_epochs > 0) || epochs_done >= s.warmup_epochs) return 1;
  if (options.optimisation.warmup_shape == "constant") return s.warmup_factor;
  return s.warmup_factor + (1.0 - s.warmup_factor) * epochs_done / s.warmup_epochs;
}

// The rate after `warmed` epochs of warm-up and `gone` epochs of training.
double Rate(const TrainOptions& options, double warmed, double gone) {
  const Schedule& s = options.schedule;
  const Optimisation& how = options.optimisation;
  double rate = s.learning_rate * WarmUp(options, warmed);
  if (how.schedule == "step") {
    const double number = std::floor(gone) + 1;
    for (const double milestone : s.milestones) {
      if (number >= milestone) rate *= s.gamma;
    }
    return rate;
  }
  const double begin = std::max<double>(how.flat_epochs, s.warmup_epochs);
  if (how.schedule == "constant" || gone <= begin) return rate;
  const double share = std::min(1.0, (gone - begin) / (options.epochs - begin));
  const double left = how.schedule == "cosine" ? (1 + std::cos(std::numbers::pi * share)) / 2
                                               : std::pow(1 - share, how.power);
  return how.final_lr + (rate - how.final_lr) * left;
}

}  // namespace

double RateOfEpoch(const TrainOptions& options, int epoch) {
  return Rate(options, epoch + 1, epoch);
}

double RateOfStep(const TrainOptions& options, double epochs_done) {
  return Rate(options, epochs_done, epochs_done);
}

}  // namespace bcr
