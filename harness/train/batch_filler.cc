#include "harness/train/batch_filler.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/core/random.h"
#include "harness/data/loader.h"
#include "harness/nn/model.h"
#include "harness/train/head.h"
#include "harness/train/soft_labels.h"
#include "harness/train/trainer.h"
#include "harness/train/upload.h"
#include "harness/train/width.h"

namespace bcr {

namespace {

// What a batch shows of one earlier model.
struct OldSlots {
  at::Tensor features, compatible;
};

at::Tensor UploadRows(const FloatMatrix& matrix, const std::string& device) {
  return at::from_blob(const_cast<float*>(matrix.data()),
                       {static_cast<int64_t>(matrix.rows()), static_cast<int64_t>(matrix.cols())},
                       at::kFloat)
      .clone()
      .to(at::Device(device));
}

// One value per training row; 0 where the job gives none.
at::Tensor UploadColumn(const std::vector<int64_t>& values, size_t rows,
                        const std::string& device) {
  return Upload(values.empty() ? std::vector<int64_t>(rows, 0) : values, device);
}

// What training begins with; undefined where the map to the earlier width is not learned.
at::Tensor NewProjection(const TrainJob& job, const OldModel& old, int64_t width) {
  if (old.alone) return {};
  if (job.widths == "orthogonal") return at::zeros({width, width});
  if (job.widths != "project") return {};
  // With one earlier model the stream is the one that was used before there could be several.
  const uint64_t stream = DeriveSeed(job.seed, "projection");
  const auto earlier = std::count_if(job.old_models.begin(), job.old_models.end(),
                                     [](const OldModel& other) { return !other.alone; });
  const uint64_t seed = earlier == 1 ? stream : DeriveSeed(stream, old.name);
  return OrthogonalProjection(static_cast<int64_t>(old.features.cols()), width, seed);
}

}  // namespace

struct BatchFiller::State {
  const TrainJob& job;
  Model& model;
  double head_scale;
  bool maps;
  at::Tensor labels, others, cameras, domains, origins;  // N, and N x V
  std::vector<at::Tensor> old_features;                  // of each earlier model, N x d_o
  std::map<std::string, at::Tensor> projections;
  LabelSet given;
  std::vector<OldSlots> old;  // of the batch in work
  size_t shown = 0;
  void SetLogits(Batch& batch) const;
};

void BatchFiller::State::SetLogits(Batch& batch) const {
  if (model.spec().classes == 0) return;
  const at::Tensor head = model.head_weight();
  batch.Set(Slot::kHeadWeight, head);
  batch.Set(Slot::kLogits, HeadLogits(batch[Slot::kAfterNeck], head, head_scale));
}

BatchFiller::BatchFiller(const TrainJob& job, Model& model, double head_scale, bool maps)
    : state_(new State{.job = job, .model = model, .head_scale = head_scale, .maps = maps}) {
  const size_t rows = job.rows.size();
  state_->cameras = UploadColumn(job.cameras, rows, job.device);
  state_->domains = UploadColumn(job.domains, rows, job.device);
  state_->origins = UploadColumn(job.origins, rows, job.device);
  for (const OldModel& old : job.old_models) {
    state_->old_features.push_back(UploadRows(old.features, job.device));
    at::Tensor learned = NewProjection(job, old, model.feature_width());
    if (learned.defined())
      state_->projections[old.name] = learned.to(at::Device(job.device)).set_requires_grad(true);
  }
}

BatchFiller::~BatchFiller() = default;

std::map<std::string, at::Tensor>& BatchFiller::projections() { return state_->projections; }

at::Tensor BatchFiller::MapTo(const std::string& old_model) const {
  const auto learned = state_->projections.find(old_model);
  if (learned == state_->projections.end()) return {};
  if (state_->job.widths == "project") return learned->second;
  const auto of = std::find_if(state_->job.old_models.begin(), state_->job.old_models.end(),
                               [&](const OldModel& old) { return old.name == old_model; });
  return RotationRows(learned->second, static_cast<int64_t>(of->features.cols()));
}

void BatchFiller::SetLabels(const LabelSet& labels) {
  const std::string& device = state_->job.device;
  state_->given = labels;
  state_->labels = Upload(labels.labels, device);
  std::vector<at::Tensor> others;
  for (const Labelling& other : labels.others) others.push_back(Upload(other.labels, device));
  state_->others = others.empty() ? at::Tensor() : at::stack(others, 1);
}

void BatchFiller::Fill(LoadedBatch& loaded, Batch& batch) {
  const ModelSpec& spec = state_->model.spec();
  const std::string& device = state_->job.device;
  batch.rows = loaded.rows;
  batch.origins = loaded.origins;
  for (const int64_t row : loaded.rows) {
    const auto place = static_cast<size_t>(row);
    batch.labels.push_back(state_->given.labels[place]);
    if (loaded.origins.empty() && !state_->job.origins.empty())
      batch.origins.push_back(state_->job.origins[place]);
    if (!state_->job.domains.empty()) batch.domains.push_back(state_->job.domains[place]);
  }
  const at::Tensor images = UploadImages(std::move(loaded.pixels), spec.height, spec.width, device);
  const at::Tensor rows = Upload(loaded.rows, device);
  at::Tensor before, after;
  std::vector<at::Tensor> maps;
  state_->model.Forward(images, &before, &after, nullptr, batch.domains,
                        state_->maps ? &maps : nullptr);
  batch.Set(Slot::kImages, images);
  batch.Set(Slot::kBeforeNeck, before);
  batch.Set(Slot::kAfterNeck, after);
  if (state_->maps) {
    batch.Set(Slot::kInnerMap, maps[0]);
    batch.Set(Slot::kMap, maps[1]);
  }
  batch.Set(Slot::kRows, rows);
  batch.Set(Slot::kLabels, state_->labels.index_select(0, rows));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  batch.Set(Slot::kOrigin, loaded.origins.empty() ? state_->origins.index_select(0, rows)
                                                  : Upload(loaded.origins, device));
  batch.Set(Slot::kCameras, state_->cameras.index_select(0, rows));
  batch.Set(Slot::kDomains, state_->domains.index_select(0, rows));
  if (state_->others.defined()) batch.Set(Slot::kOtherLabels, state_->others.index_select(0, rows));
  if (!state_->given.soft.empty())
    batch.Set(Slot::kSoftLabels,
              DenseRows(state_->given.soft, loaded.rows, state_->given.classes, device));
  state_->old.clear();
  for (const at::Tensor& features : state_->old_features)
    state_->old.push_back({features.index_select(0, rows), {}});
  Show(0, batch);
}

void BatchFiller::Show(size_t old_model, Batch& batch) {
  if (state_->old.empty()) return;
  state_->shown = old_model;
  const OldSlots& slots = state_->old[old_model];
  batch.Set(Slot::kOldFeatures, slots.features);
  batch.Set(Slot::kCompatible, slots.compatible);
}

void BatchFiller::Keep(const Batch& batch) {
  if (!state_->old.empty()) state_->old[state_->shown].features = batch[Slot::kOldFeatures];
}

void BatchFiller::Derive(Batch& batch) {
  const TrainJob& job = state_->job;
  const Slot compared = job.side == FeatureSide::kAfterNeck ? Slot::kAfterNeck : Slot::kBeforeNeck;
  for (size_t i = 0; i < state_->old.size(); ++i) {
    const OldModel& old = job.old_models[i];
    state_->old[i].compatible =
        CompatibleFeatures(batch[compared], static_cast<int64_t>(old.features.cols()),
                           old.alone ? "truncate" : job.widths, MapTo(old.name));
  }
  Show(0, batch);
  state_->SetLogits(batch);
}

void BatchFiller::FillMixed(const at::Tensor& images, const Batch& batch, Batch& mixed) {
  at::Tensor after;
  state_->model.Forward(images, nullptr, &after, nullptr, batch.domains);
  mixed.Set(Slot::kAfterNeck, after);
  state_->SetLogits(mixed);
  for (const Slot slot : {Slot::kLabels, Slot::kValid}) mixed.Set(slot, batch[slot]);
  mixed.labels = batch.labels;
  mixed.domains = batch.domains;
  mixed.progress = batch.progress;
  mixed.epoch = batch.epoch;
  mixed.epoch_progress = batch.epoch_progress;
}

}  // namespace bcr
