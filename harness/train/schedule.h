#pragma once

#include <vector>

namespace bcr {

struct TrainOptions;

// The learning rate over training; the defaults are BoT's. How it falls and how it warms up,
// Optimisation says.
struct Schedule {
  double learning_rate = 3.5e-4;
  double warmup_epochs = 10;
  double warmup_factor = 0.01;                // of the rate, where training begins
  std::vector<double> milestones = {40, 70};  // of `step`: epochs, counted from 1, that begin lower
  double gamma = 0.1;                         // by this factor
};

// The rate of epoch `epoch` (from 0), where it changes with epochs. Warm-up is counted at the epoch's
// end and milestones by its number from 1, as BoT's code does; cosine and polynomial at its beginning,
// as PyTorch and fast-reid do.
double RateOfEpoch(const TrainOptions& options, int epoch);
// The rate after so many epochs (a fraction), where it changes with every step: warm-up factor f of
// the first step, f (1 - t/T) + t/T of step t of T, as fast-reid.
double RateOfStep(const TrainOptions& options, double epochs_done);

}  // namespace bcr
