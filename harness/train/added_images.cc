#include "harness/train/added_images.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"
#include "harness/data/joined_store.h"
#include "harness/train/augmenter.h"
#include "harness/train/subset_store.h"
#include "harness/train/trainer.h"

namespace bcr {
namespace {

// A job without labels holds the true ones all the same, for reporting alone.
bool HasLabels(const TrainJob& job) { return job.base.label_source == "ground-truth"; }

// Checks what an augmenter gives for one row each, before it is mixed with the rest.
void Check(const AddedImages& added, const TrainJob& job, const std::string& name) {
  const size_t rows = added.images->size();
  const size_t classes = HasLabels(job) ? job.classes.size() : 0;
  BCR_CHECK(added.labels.size() == rows && added.origins.size() == rows,
            "an augmenter gave another number of labels or origins than images");
  for (const int64_t label : added.labels) {
    if (label >= -1 && label < static_cast<int64_t>(classes)) continue;
    throw Error(
        ErrorCode::kConfig,
        {"augmenter " + name, "an image of class " + std::to_string(label),
         "-1, or one of " + std::to_string(classes) + " classes that the model may know", ""});
  }
}

void AppendRows(const FloatMatrix& more, FloatMatrix& matrix) {
  FloatMatrix all(matrix.rows() + more.rows(), matrix.cols());
  std::copy_n(matrix.data(), matrix.rows() * matrix.cols(), all.data());
  std::copy_n(more.data(), more.rows() * more.cols(), all.row(matrix.rows()));
  matrix = std::move(all);
}

}  // namespace

struct ExtendedJob::State {
  const TrainJob* given;
  std::optional<TrainJob> extended;
  std::unique_ptr<ImageStore> seen, joined;  // the job's own rows; those and all added ones
  std::vector<AddedImages> added;
  Json described = Json::array();
  std::vector<std::unique_ptr<TemporaryFolder>> folders;

  std::string Keep(const Json& inputs, const FillFolder& make) {
    if (given->added.keep) return given->added.keep(inputs, make);
    folders.push_back(std::make_unique<TemporaryFolder>());
    make(folders.back()->path(), "");
    return folders.back()->path();
  }

  AugmentedList OwnList(const AugmenterInfo& info) const {
    AugmentedList list{seen.get(), given->labels, DeriveSeed(given->seed, "added." + info.name)};
    if (!HasLabels(*given)) list.labels.assign(given->labels.size(), -1);
    return list;
  }

  void Add(const Augmenter& augmenter, const AugmenterInfo& info, const AugmenterUse& use) {
    if (!seen) seen = NewSubsetStore(*given->images, given->rows);
    const AugmentedList own = OwnList(info);
    const auto& shared = given->added.shared;
    const bool shares = info.shares && shared;
    const uint64_t seed = shares ? DeriveSeed(shared->seed, info.name) : own.seed;
    const Json inputs = {{"augmenter", info.name},
                         {"revision", info.revision},
                         {"parameters", ParseJson(use.parameters, info.name)},
                         {"list", shares ? shared->list : given->added.list},
                         {"seed", seed}};
    const auto make = [&](const std::string& folder, const std::string& work_folder) {
      const MakingPlace place{folder, work_folder, given->device, given->title + ": " + info.name,
                              given->quiet};
      if (!shares) return augmenter.MakeImages(own, place);
      const std::unique_ptr<ImageStore> all = shared->open();
      augmenter.MakeImages({all.get(), std::vector<int64_t>(all->size(), -1), seed}, place);
    };
    const std::string folder = Keep(inputs, make);
    added.push_back(augmenter.OpenImages(own, folder));
    Check(added.back(), *given, info.name);
    described.push_back({{"augmenter", info.name},
                         {"images", added.back().images->size()},
                         {"per_batch", added.back().per_batch}});
    if (given->added.keep)
      described.back()["kept"] = std::filesystem::path(folder).filename().string();
  }

  // The columns of the training list, behind those of the job's own rows.
  void Join() {
    TrainJob& job = extended.emplace(*given);
    std::vector<const ImageStore*> stores = {seen.get()};
    job.origins.resize(job.rows.size(), 0);
    const int64_t camera =
        job.cameras.empty() ? 0 : *std::max_element(job.cameras.begin(), job.cameras.end()) + 1;
    for (const AddedImages& some : added) {
      const size_t rows = some.images->size();
      stores.push_back(some.images.get());
      job.labels.insert(job.labels.end(), some.labels.begin(), some.labels.end());
      job.origins.insert(job.origins.end(), some.origins.begin(), some.origins.end());
      if (!job.known_labels.empty()) job.known_labels.resize(job.known_labels.size() + rows, false);
      if (!job.cameras.empty()) job.cameras.resize(job.cameras.size() + rows, camera);
      if (!job.domains.empty()) job.domains.resize(job.domains.size() + rows, 0);
      job.extra_per_batch += some.per_batch;
      AskEarlierModels(*some.images, job);
    }
    joined = NewJoinedStore(stores);
    job.images = joined.get();
    job.rows.resize(joined->size());
    for (size_t row = 0; row < job.rows.size(); ++row) job.rows[row] = static_cast<int64_t>(row);
  }

  void AskEarlierModels(const ImageStore& images, TrainJob& job) const {
    for (size_t i = 0; i < job.old_models.size(); ++i) {
      if (!job.added.old_features) {
        throw Error(ErrorCode::kConfig,
                    {job.title, "added images beside earlier models",
                     "a way to ask an earlier model for its features of them",
                     "Leave the augmenter out of methods with a compatibility term."});
      }
      AppendRows(job.added.old_features(i, images), job.old_models[i].features);
    }
  }
};

ExtendedJob::ExtendedJob(const TrainJob& job,
                         const std::vector<std::unique_ptr<Augmenter>>& augmenters,
                         const TrainPlugIns& plug_ins)
    : state_(std::make_unique<State>()) {
  state_->given = &job;
  for (size_t i = 0; i < augmenters.size(); ++i) {
    const AugmenterUse& use = job.base.augmenters[i];
    if (augmenters[i]->adds_images())
      state_->Add(*augmenters[i], FindAugmenter(plug_ins.augmenters, use.augmenter), use);
  }
  if (!state_->added.empty()) state_->Join();
}

ExtendedJob::~ExtendedJob() = default;

const TrainJob& ExtendedJob::job() const {
  return state_->extended ? *state_->extended : *state_->given;
}

const Json& ExtendedJob::added() const { return state_->described; }

}  // namespace bcr
