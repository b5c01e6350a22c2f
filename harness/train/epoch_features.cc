#include "harness/train/epoch_features.h"

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/nn/embedder.h"
#include "harness/train/trainer.h"

namespace bcr {

EpochFeatures::EpochFeatures(const TrainJob& job, std::vector<Model*> models,
                             const ImageStore& images, Remember remember, Refine refine,
                             TimeSplit& time)
    : job_(job),
      models_(std::move(models)),
      images_(images),
      remember_(std::move(remember)),
      refine_(std::move(refine)),
      time_(time) {}

EpochStart EpochFeatures::Start(int epoch) {
  Drop();
  EpochStart start;
  start.epoch = epoch;
  start.features = [this]() -> const FloatMatrix& { return Current(); };
  start.features_of = [this](const std::string& name) -> const FloatMatrix& {
    return Earlier(name);
  };
  return start;
}

const FloatMatrix& EpochFeatures::Current() {
  if (!current_) {
    FloatMatrix rows;
    if (!remember_(rows)) rows = Extract();
    refine_(rows);
    current_ = std::move(rows);
  }
  return *current_;
}

FloatMatrix EpochFeatures::Extract() const {
  const ScopedTime timer(time_, "extraction");
  EmbedOptions options;
  options.batch_size = job_.options.extraction_batch;
  options.workers = job_.options.loader_workers;
  options.domains = job_.domains;
  options.quiet = true;
  FloatMatrix sum;
  for (Model* model : models_) {
    FloatMatrix rows = Embed(*model, images_, options);
    NormalizeRows(rows);
    if (sum.rows() == 0) {
      sum = std::move(rows);
      continue;
    }
    for (size_t i = 0; i < sum.rows() * sum.cols(); ++i) sum.data()[i] += rows.data()[i];
  }
  if (models_.size() > 1) NormalizeRows(sum);
  return sum;
}

const FloatMatrix& EpochFeatures::Earlier(const std::string& name) const {
  std::vector<std::string> known;
  for (const OldModel& old : job_.old_models) {
    if (old.name == name) return old.features;
    known.push_back(old.name);
  }
  throw Error(ErrorCode::kConfig, {job_.title, "features of the earlier model `" + name + "`",
                                   "an earlier model of this run", SuggestionFor(name, known)});
}

}  // namespace bcr
