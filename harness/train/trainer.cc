#include "harness/train/trainer.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/core/random.h"
#include "harness/core/time_split.h"
#include "harness/data/loader.h"
#include "harness/data/sampler.h"
#include "harness/nn/embedder.h"
#include "harness/nn/torch_edge.h"
#include "harness/nn/weights.h"
#include "harness/train/checkpoint.h"
#include "harness/train/epoch_means.h"
#include "harness/train/ground_truth.h"
#include "harness/train/optimiser.h"
#include "harness/train/subset_store.h"
#include "harness/train/width.h"

namespace bcr {

namespace {

struct WeightedObjective {
  std::string name;
  double weight = 1;
  std::unique_ptr<Objective> objective;
};

class TrainRun {
 public:
  TrainRun(const TrainJob& job, const TrainPlugIns& plug_ins) : job_(job) {
    images_ = NewSubsetStore(*job.images, job.rows);
    MakeModel();
    MakeObjectives(plug_ins);
    MakeLabels(plug_ins);
    std::vector<at::Tensor> parameters = model_->Parameters();
    for (const WeightedObjective& use : objectives_) {
      for (const at::Tensor& p : use.objective->Parameters()) parameters.push_back(p);
    }
    for (auto& [name, tensor] : extra_) parameters.push_back(tensor);
    optimiser_ = NewAdam(parameters, job.options.weight_decay);
  }

  TrainResult Run() {
    state_.history = &history_;
    state_.label_notes = &label_notes_;
    if (!job_.checkpoint_file.empty() && LoadCheckpoint(job_.checkpoint_file, Parts(), state_)) {
      earlier_notes_ = label_notes_;
      Say(fmt::format("{}: resuming after epoch {} of {}", job_.title, state_.epochs_done,
                      job_.options.epochs),
          job_.quiet);
    }
    Progress progress(job_.title, Total(), "images", job_.quiet);
    for (int epoch = state_.epochs_done; epoch < job_.options.epochs; ++epoch) {
      const double start = NowSeconds();
      RunEpoch(epoch, progress);
      CheckFinite(epoch);
      state_.epochs_done = epoch + 1;
      state_.seconds += NowSeconds() - start;
      if (!job_.checkpoint_file.empty()) SaveCheckpoint(job_.checkpoint_file, Parts(), state_);
      ThrowIfInterrupted();
    }
    return Result();
  }

 private:
  TrainParts Parts() {
    TrainParts parts;
    parts.model = model_.get();
    parts.optimiser = optimiser_.get();
    parts.objective_states = &objective_states_;
    parts.extra = &extra_;
    for (const WeightedObjective& use : objectives_)
      parts.objectives.push_back(use.objective.get());
    return parts;
  }

  void MakeModel() {
    ModelSpec spec = job_.spec;
    spec.classes = job_.base.head ? static_cast<int64_t>(job_.classes.size()) : 0;
    model_ = Model::Make(spec, DeriveSeed(job_.seed, "init"));
    if (!job_.init_backbone.empty()) LoadBackbone(*model_, job_.init_backbone);
    if (!job_.init_weights.empty()) {
      const SavedModel start = LoadModel(job_.init_weights);
      std::map<std::string, at::Tensor> tensors = start.model->State();
      tensors.erase("head.weight");
      LoadState(*model_, tensors, job_.init_weights, {"head."});
    }
    model_->MoveTo(job_.device);
    model_->SetPrecision(job_.precision);
    if (job_.old_model == nullptr) return;
    const auto& old = job_.old_model->features;
    old_features_ = at::from_blob(const_cast<float*>(old.data()), {Rows(), OldWidth()}, at::kFloat)
                        .clone()
                        .to(at::Device(job_.device));
    if (job_.widths == "project") {
      extra_["projection"] = OrthogonalProjection(OldWidth(), model_->feature_width(),
                                                  DeriveSeed(job_.seed, "projection"))
                                 .to(at::Device(job_.device))
                                 .set_requires_grad(true);
    }
  }

  void MakeObjectives(const TrainPlugIns& plug_ins) {
    TrainingSet set;
    set.rows = Rows();
    set.feature_width = model_->feature_width();
    set.cameras = job_.cameras;
    set.old_model = job_.old_model;
    set.seed = DeriveSeed(job_.seed, "objectives");
    set.device = job_.device;
    set.epochs = job_.options.epochs;
    set.warmup_epochs = job_.options.schedule.warmup_epochs;
    const auto add = [&](const ObjectiveUse& use, const std::string& where) {
      const ObjectiveInfo& info = FindObjective(plug_ins.objectives, use.objective);
      if (info.needs_old_model && job_.old_model == nullptr) {
        throw Error(ErrorCode::kConfig,
                    {where, "objective `" + use.objective + "` without an old model",
                     "an old model", "Use it in a method's recipe, not in a base recipe."});
      }
      auto objective = MakeObjective(info, ParseJson(use.parameters, where), where);
      objective->Prepare(set);
      objectives_.push_back({use.objective, use.weight, std::move(objective)});
    };
    for (const ObjectiveUse& use : job_.base.objectives) add(use, "base " + job_.base.name);
    for (const ObjectiveUse& use : job_.compatibility) add(use, job_.title);
  }

  void MakeLabels(const TrainPlugIns& plug_ins) {
    const bool truth = job_.base.label_source == "ground-truth";
    const LabelSet given{job_.labels, static_cast<int64_t>(job_.classes.size()), job_.old_class_of};
    labels_source_ =
        truth ? NewGroundTruth(given)
              : MakeLabelSource(plug_ins.label_sources, job_.base.label_source,
                                job_.base.label_source_parameters, job_.labels, job_.cameras);
  }

  const FloatMatrix& Features() {
    if (!epoch_features_) {
      const ScopedTime timer(time_, "extraction");
      EmbedOptions options;
      options.batch_size = job_.options.extraction_batch;
      options.workers = job_.options.loader_workers;
      options.quiet = true;
      epoch_features_ = Embed(*model_, *images_, options);
      NormalizeRows(*epoch_features_);
    }
    return *epoch_features_;
  }

  std::vector<std::vector<int64_t>> SampleBatches(int epoch) {
    EpochStart start;
    start.epoch = epoch;
    start.features = [this]() -> const FloatMatrix& { return Features(); };
    epoch_features_.reset();
    const double before = NowSeconds();
    const double extracting = Spent("extraction");
    const bool changed = labels_source_->Refresh(start, labels_);
    time_.Add("clustering", NowSeconds() - before - (Spent("extraction") - extracting));
    if (changed) {
      for (const WeightedObjective& use : objectives_) use.objective->OnLabels(labels_);
    }
    for (size_t i = 0; i < objective_states_.size(); ++i)
      objectives_[i].objective->Load(objective_states_[i]);
    objective_states_.clear();
    for (const WeightedObjective& use : objectives_) use.objective->BeginEpoch(start);
    epoch_features_.reset();
    label_notes_ = earlier_notes_;
    for (const Json& note : labels_source_->Notes()) label_notes_.push_back(note);

    SamplerOptions sampler;
    sampler.identities_per_batch = job_.options.identities_per_batch;
    sampler.images_per_identity = job_.options.images_per_identity;
    sampler.batches_per_epoch = job_.options.batches_per_epoch;
    sampler.kind = job_.base.sampler == "other-cameras" ? SamplerOptions::Kind::kOtherCameras
                                                        : SamplerOptions::Kind::kRandomIdentity;
    const uint64_t seed =
        DeriveSeed(DeriveSeed(job_.seed, "sampler"), static_cast<uint64_t>(epoch));
    std::vector<std::vector<int64_t>> batches =
        SampleEpoch(labels_.labels, job_.cameras, sampler, seed);
    if (batches.empty()) {
      throw Error(ErrorCode::kTraining,
                  {job_.title, "fewer than two identities to sample from", "at least two",
                   "The training list is too small, or the clustering collapsed."});
    }
    return batches;
  }

  double Spent(const std::string& kind) const {
    const auto found = time_.seconds().find(kind);
    return found == time_.seconds().end() ? 0.0 : found->second;
  }

  void RunEpoch(int epoch, Progress& progress) {
    const std::vector<std::vector<int64_t>> batches = SampleBatches(epoch);
    const ScopedTime timer(time_, "training");
    const double rate = RateAt(job_.options.schedule, epoch + 1);
    optimiser_->SetRate(rate);
    model_->SetTraining(true);
    const uint64_t seed =
        DeriveSeed(DeriveSeed(job_.seed, "augment"), static_cast<uint64_t>(epoch));
    const auto loader = NewTrainingLoader(*images_, batches, job_.options.augment, seed,
                                          job_.options.loader_workers);
    EpochMeans means;
    LoadedBatch loaded;
    for (size_t step = 0; loader->Next(loaded); ++step) {
      Batch batch;
      batch.epoch = epoch;
      batch.epoch_progress =
          epoch + static_cast<double>(step) / static_cast<double>(batches.size());
      batch.progress = batch.epoch_progress / job_.options.epochs;
      Fill(batch, loaded);
      const double loss = TrainStep(batch, means);
      ++state_.steps;
      state_.images += static_cast<int64_t>(loaded.rows.size());
      // The bar's total is an estimate (sampler passes vary), so it advances by epochs.
      progress.Update(static_cast<int64_t>((batch.progress) * static_cast<double>(Total())),
                      "epoch " + std::to_string(epoch + 1) + "/" +
                          std::to_string(job_.options.epochs) + " loss " +
                          std::to_string(loss).substr(0, 5));
      if (Interrupted()) ThrowIfInterrupted();
    }
    Json entry = means.ToJson();
    entry["epoch"] = epoch + 1;
    entry["learning_rate"] = rate;
    entry["steps"] = batches.size();
    history_.push_back(entry);
  }

  void Fill(Batch& batch, const LoadedBatch& loaded) {
    const auto n = static_cast<int64_t>(loaded.rows.size());
    const at::Device device(job_.device);
    std::vector<int64_t> labels, cameras;
    for (const int64_t row : loaded.rows) {
      labels.push_back(labels_.labels[static_cast<size_t>(row)]);
      cameras.push_back(job_.cameras[static_cast<size_t>(row)]);
    }
    const at::Tensor images = at::from_blob(const_cast<float*>(loaded.pixels.data()),
                                            {n, 3, images_->height(), images_->width()}, at::kFloat)
                                  .clone()
                                  .to(device);
    const at::Tensor rows = at::tensor(loaded.rows, at::kLong).to(device);
    at::Tensor before, after;
    model_->Forward(images, &before, &after, nullptr);
    batch.Set(Slot::kImages, images);
    batch.Set(Slot::kBeforeNeck, before);
    batch.Set(Slot::kAfterNeck, after);
    batch.Set(Slot::kLabels, at::tensor(labels, at::kLong).to(device));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
    batch.Set(Slot::kOrigin, at::zeros({n}, at::TensorOptions(at::kLong).device(device)));
    batch.Set(Slot::kCameras, at::tensor(cameras, at::kLong).to(device));
    batch.Set(Slot::kRows, rows);
    if (job_.old_model != nullptr) {
      batch.Set(Slot::kOldFeatures, old_features_.index_select(0, rows));
      const at::Tensor projection =
          extra_.count("projection") != 0 ? extra_.at("projection") : at::Tensor();
      const at::Tensor& compared = job_.side == FeatureSide::kAfterNeck ? after : before;
      batch.Set(Slot::kCompatible,
                CompatibleFeatures(compared, OldWidth(), job_.widths, projection));
    }
    for (const WeightedObjective& use : objectives_) use.objective->Transform(batch);
    if (model_->spec().classes > 0) {
      batch.Set(Slot::kHeadWeight, model_->head_weight());
      batch.Set(Slot::kLogits, at::linear(batch[Slot::kAfterNeck], model_->head_weight()));
    }
  }

  double TrainStep(Batch& batch, EpochMeans& means) {
    at::Tensor total;
    for (const WeightedObjective& use : objectives_) {
      Terms terms;
      use.objective->Compute(batch, terms);
      for (size_t i = 0; i < terms.names().size(); ++i) {
        const double value = terms.value(i).item<double>();
        const std::string name = use.name + "." + terms.names()[i];
        if (!std::isfinite(value)) ThrowNotFinite(batch, name);
        means.Add(name, value);
        const at::Tensor weighted = terms.value(i) * use.weight;
        total = total.defined() ? total + weighted : weighted;
      }
      for (const auto& [name, value] : terms.logged()) means.Add(use.name + "." + name, value);
    }
    optimiser_->ZeroGrad();
    total.backward();
    for (const WeightedObjective& use : objectives_) use.objective->AfterBackward(batch);
    optimiser_->Step();
    for (const WeightedObjective& use : objectives_) use.objective->AfterStep(batch);
    const auto loss = total.item<double>();
    means.Add("loss", loss);
    return loss;
  }

  // Finite losses can still end in an infinite step: such weights are never stored.
  void CheckFinite(int epoch) {
    for (const auto& [name, tensor] : model_->State()) {
      if (!tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>()) continue;
      throw Error(ErrorCode::kTraining,
                  {job_.title,
                   "weights `" + name + "` are not finite after epoch " + std::to_string(epoch + 1),
                   "finite weights",
                   "Lower the learning rate (--set profile.lr=...) or the term's weight."});
    }
  }

  [[noreturn]] void ThrowNotFinite(const Batch& batch, const std::string& term) const {
    throw Error(
        ErrorCode::kTraining,
        {job_.title, "term " + term + " is not finite in epoch " + std::to_string(batch.epoch + 1),
         "a finite loss", "Lower the learning rate (--set profile.lr=...) or the term's weight."});
  }

  TrainResult Result() {
    TrainResult result;
    if (extra_.count("projection") != 0) {
      const at::Tensor p = extra_.at("projection").detach().cpu().contiguous();
      result.projection =
          FloatMatrix(static_cast<size_t>(p.size(0)), static_cast<size_t>(p.size(1)));
      std::copy_n(p.data_ptr<float>(), p.numel(), result.projection.data());
    }
    model_->SetTraining(false);
    result.model = std::move(model_);
    result.history = history_;
    result.label_notes = label_notes_;
    result.steps = state_.steps;
    result.images = state_.images;
    result.seconds = state_.seconds;
    result.time = time_.seconds();
    return result;
  }

  int64_t Rows() const { return static_cast<int64_t>(job_.rows.size()); }
  int64_t OldWidth() const { return static_cast<int64_t>(job_.old_model->features.cols()); }
  int64_t Total() const {
    const int64_t batch =
        int64_t{job_.options.identities_per_batch} * job_.options.images_per_identity;
    const int64_t per_epoch =
        job_.options.batches_per_epoch > 0 ? job_.options.batches_per_epoch * batch : Rows();
    return per_epoch * job_.options.epochs;
  }

  const TrainJob& job_;
  std::unique_ptr<ImageStore> images_;
  std::unique_ptr<Model> model_;
  std::vector<WeightedObjective> objectives_;
  std::unique_ptr<LabelSource> labels_source_;
  std::unique_ptr<Optimiser> optimiser_;
  std::vector<std::map<std::string, at::Tensor>>
      objective_states_;  // of a loaded checkpoint, until handed over
  std::map<std::string, at::Tensor> extra_;
  at::Tensor old_features_;
  LabelSet labels_;
  std::optional<FloatMatrix> epoch_features_;
  TrainState state_;
  TimeSplit time_;
  Json history_ = Json::array(), label_notes_ = Json::array(), earlier_notes_ = Json::array();
};

}  // namespace

void CheckRecipe(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
                 const TrainPlugIns& plug_ins) {
  const auto check = [&](const ObjectiveUse& use, const std::string& where) {
    MakeObjective(FindObjective(plug_ins.objectives, use.objective),
                  ParseJson(use.parameters, where), where);
  };
  for (const ObjectiveUse& use : base.objectives) check(use, "base " + base.name);
  for (const ObjectiveUse& use : compatibility) check(use, "compatibility term");
  if (base.label_source == "ground-truth") return;
  MakeLabelSource(plug_ins.label_sources, base.label_source, base.label_source_parameters, {}, {});
}

TrainResult Train(const TrainJob& job, const TrainPlugIns& plug_ins) {
  TrainResult result;
  TranslateTorch([&] { result = TrainRun(job, plug_ins).Run(); }, job.title);
  return result;
}

}  // namespace bcr
