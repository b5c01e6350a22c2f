#include "harness/train/schedule.h"

namespace bcr {

double RateAt(const Schedule& schedule, double epochs_done) {
  double rate = schedule.learning_rate;
  if (schedule.warmup_epochs > 0 && epochs_done < schedule.warmup_epochs) {
    rate *= schedule.warmup_factor +
            (1.0 - schedule.warmup_factor) * epochs_done / schedule.warmup_epochs;
  }
  for (const double milestone : schedule.milestones) {
    if (epochs_done >= milestone) rate *= schedule.gamma;
  }
  return rate;
}

}  // namespace bcr
