#pragma once

#include <vector>

namespace bcr {

// Linear warm-up, then step decay. Warm-up factor at epoch e (fractional) of W: f + (1 - f) * e /
// W.
struct Schedule {
  double learning_rate = 3.5e-4;
  double warmup_epochs = 10;
  double warmup_factor = 0.01;
  std::vector<double> milestones = {40, 70};  // epochs at which the rate is multiplied by gamma
  double gamma = 0.1;
};

// Rate after so many epochs (fractions allowed). An epoch trains at one rate, that of its end:
// counted from 1, epoch e trains at RateAt(s, e), as the BoT code does.
double RateAt(const Schedule& schedule, double epochs_done);

}  // namespace bcr
