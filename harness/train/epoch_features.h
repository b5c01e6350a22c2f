#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/core/time_split.h"
#include "harness/train/training_set.h"

namespace bcr {

class ImageStore;
class Model;
struct TrainJob;

// Features of the whole training set for those who ask for them before an epoch.
class EpochFeatures {
 public:
  // Fills in rows that an objective remembers; false where none does (Objective::Remembered).
  using Remember = std::function<bool(FloatMatrix& rows)>;
  // Changes the rows as objectives refine them (Objective::Refined).
  using Refine = std::function<void(FloatMatrix& rows)>;
  // All references outlive this. Of several models the mean of what they say is taken, made unit again.
  // Extraction is timed as "extraction" in `time`.
  EpochFeatures(const TrainJob& job, std::vector<Model*> models, const ImageStore& images,
                Remember remember, Refine refine, TimeSplit& time);
  // What label source and objectives are handed before this epoch. Valid until the next call or
  // Drop().
  EpochStart Start(int epoch);
  void Drop() { current_.reset(); }

 private:
  const FloatMatrix& Current();
  FloatMatrix Extract() const;
  const FloatMatrix& Earlier(const std::string& name) const;

  const TrainJob& job_;
  const std::vector<Model*> models_;
  const ImageStore& images_;
  const Remember remember_;
  const Refine refine_;
  TimeSplit& time_;
  std::optional<FloatMatrix> current_;
};

}  // namespace bcr
