#include "harness/train/trainer.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/core/random.h"
#include "harness/core/time_split.h"
#include "harness/data/loader.h"
#include "harness/nn/torch_edge.h"
#include "harness/train/batch_filler.h"
#include "harness/train/batch_mixer.h"
#include "harness/train/checkpoint.h"
#include "harness/train/cluster_head.h"
#include "harness/train/epoch_batches.h"
#include "harness/train/epoch_features.h"
#include "harness/train/finite_weights.h"
#include "harness/train/head.h"
#include "harness/train/mean_teacher.h"
#include "harness/train/mixed_labels.h"
#include "harness/train/model_start.h"
#include "harness/train/parameter_groups.h"
#include "harness/train/prefixed.h"
#include "harness/train/second_student.h"
#include "harness/train/subset_store.h"
#include "harness/train/term_means.h"
#include "harness/train/train_step.h"

namespace bcr {

namespace {

// The loss is shown, and losses are checked, once in so many steps: reading it waits for the
// device.
constexpr int64_t kStepsBetweenReads = 50;

std::unique_ptr<LabelSource> MakeLabels(const TrainJob& job, const TrainPlugIns& plug_ins) {
  if (job.base.label_source == "ground-truth") {
    LabelSet given;
    given.labels = job.labels;
    given.classes = static_cast<int64_t>(job.classes.size());
    given.identities = true;
    return NewGroundTruth(given);
  }
  LabelContext context;
  context.truth = job.labels;
  context.cameras = job.cameras;
  context.domains = job.domains;
  context.seed = DeriveSeed(job.seed, "labels");
  for (const OldModel& old : job.old_models) {
    if (!old.alone) context.old_models.push_back(&old);
  }
  const auto make = [&](const LabelContext& of) {
    return MakeLabelSource(plug_ins.label_sources, job.base.label_source,
                           job.base.label_source_parameters, of);
  };
  return job.known_labels.empty() ? make(context) : NewMixedLabels(context, job.known_labels, make);
}

class TrainRun {
 public:
  TrainRun(const TrainJob& job, const TrainPlugIns& plug_ins,
           const std::vector<std::unique_ptr<Augmenter>>& augmenters)
      : job_(job),
        change_(ChainOf(augmenters)),
        mixer_(augmenters, DeriveSeed(job.seed, "mix")),
        images_(NewSubsetStore(*job.images, job.rows)),
        model_(StartModel(job)),
        head_scale_(HeadScaleOf(job.base.objectives, job.compatibility, plug_ins.objectives)),
        teacher_(NewTeacher(plug_ins)),
        second_(NewSecond(plug_ins)),
        filler_(job, *model_, head_scale_, ReadMaps(job.base, job.compatibility, plug_ins)),
        objectives_(MakeObjectives(job, plug_ins, model_->feature_width())),
        label_source_(MakeLabels(job, plug_ins)),
        features_(
            job, WhoLabels(), *images_, [this](FloatMatrix& rows) { return Remembered(rows); },
            [this](FloatMatrix& rows) { Refine(rows); }, time_) {
    if (second_) {
      for (ObjectiveInUse& use : second_->Objectives(plug_ins))
        objectives_.push_back(std::move(use));
    }
    SetGhostBatches(job.options.optimisation.ghost_batch);
    RegisterParts();
    if (job.judge) best_ = std::make_unique<BestEpoch>(Scored());
  }

  // Goes on where a checkpoint ends, if there is one. Throws where it does not fit: this object is
  // then of no use.
  void Resume() {
    if (job_.checkpoint_file.empty() ||
        !LoadCheckpoint(job_.checkpoint_file, Memory(), state_, [this] {
          TellLabels();
          CollectExtra();  // of a head that labels replace
        }))
      return;
    earlier_notes_ = state_.label_notes;
    if (teacher_) teacher_->Loaded();
    if (best_) best_->Loaded();
    if (second_) second_->teacher().Loaded();
    Say(fmt::format("{}: resuming after epoch {} of {}", job_.title, state_.epochs_done,
                    job_.options.epochs),
        job_.quiet);
  }

  TrainResult Run() {
    Progress progress(job_.title, Total(), "images", job_.quiet);
    for (int epoch = state_.epochs_done; epoch < job_.options.epochs; ++epoch) {
      const double start = NowSeconds();
      RunEpoch(epoch, progress);
      CheckFinite(epoch);
      if (best_) Judge(epoch);
      state_.epochs_done = epoch + 1;
      state_.seconds += NowSeconds() - start;
      if (!job_.checkpoint_file.empty()) SaveCheckpoint(job_.checkpoint_file, Memory(), state_);
      ThrowIfInterrupted();
    }
    return Result();
  }

 private:
  std::unique_ptr<MeanTeacher> NewTeacher(const TrainPlugIns& plug_ins) {
    const auto choice = TeacherOf(job_.base.objectives, job_.compatibility, plug_ins.objectives);
    if (!choice) return nullptr;
    return std::make_unique<MeanTeacher>(*choice, *model_, job_.precision, head_scale_);
  }

  std::unique_ptr<SecondStudent> NewSecond(const TrainPlugIns& plug_ins) {
    if (job_.base.students == 1) return nullptr;
    const auto choice = TeacherOf(job_.base.objectives, job_.compatibility, plug_ins.objectives);
    BCR_CHECK(choice.has_value(), "two students without a mean teacher");
    return std::make_unique<SecondStudent>(job_, plug_ins, *choice, head_scale_);
  }

  // Whose features are clustered: of two students both teachers' mean.
  std::vector<Model*> WhoLabels() {
    if (second_) return {&teacher_->model(), &second_->teacher().model()};
    return {model_.get()};
  }

  TrainParts Memory() {
    CollectExtra();
    return {*model_, parts_, objectives_, *label_source_, labels_, extra_};
  }

  void CollectExtra() {
    extra_ = filler_.projections();
    if (teacher_) AddPrefixed(extra_, "teacher.", teacher_->Memory());
    if (second_) AddPrefixed(extra_, "second.", second_->Memory());
    if (best_) AddPrefixed(extra_, "best.", best_->Memory());
  }

  void SetGhostBatches(int images) {
    model_->SetGhostBatch(images);
    if (teacher_) teacher_->model().SetGhostBatch(images);
    if (!second_) return;
    second_->model().SetGhostBatch(images);
    second_->teacher().model().SetGhostBatch(images);
  }

  // The model, what objectives learn beside it and the projections are one part, or one for each group
  // of parameters; a second student likewise; further parts are the objectives' own. Called again when
  // labels change: what an objective learns, or the head, may be replaced.
  void RegisterParts() {
    std::vector<at::Tensor> beside[2];
    for (const ObjectiveInUse& use : objectives_) {
      for (const at::Tensor& p : use.objective->Parameters()) beside[use.student].push_back(p);
    }
    for (const auto& [name, tensor] : filler_.projections()) beside[0].push_back(tensor);
    for (const LearnedPart& part : ModelParts(*model_, beside[0], job_.options))
      parts_.Register(part);
    if (second_) {
      for (LearnedPart part : ModelParts(second_->model(), beside[1], job_.options)) {
        part.name = "second." + part.name;
        parts_.Register(part);
      }
    }
    for (size_t i = 0; i < objectives_.size(); ++i) {
      for (LearnedPart part : objectives_[i].objective->OwnParts()) {
        part.name = "objective." + std::to_string(i) + "." + part.name;
        parts_.Register(part);
      }
    }
  }

  void TellLabels() {
    if (job_.base.cluster_head) GiveHeads();
    filler_.SetLabels(labels_);
    if (second_) second_->filler().SetLabels(labels_);
    for (const ObjectiveInUse& use : objectives_) use.objective->OnLabels(labels_);
    RegisterParts();
  }

  void GiveHeads() {
    GiveClusterHead(*model_, labels_.classes, job_.seed);
    if (teacher_) teacher_->TakeHead(*model_);
    if (!second_) return;
    GiveClusterHead(second_->model(), labels_.classes, second_->job().seed);
    second_->teacher().TakeHead(second_->model());
  }

  // Every model that has a head, student or teacher, begins with the same rows.
  void SetHeads(const FloatMatrix& unit_rows) {
    std::vector<Model*> models = {model_.get()};
    if (teacher_) models.push_back(&teacher_->model());
    if (second_) models.insert(models.end(), {&second_->model(), &second_->teacher().model()});
    for (Model* model : models) SetClusterRows(*model, unit_rows, labels_);
  }

  // By the first objective that remembers all images.
  bool Remembered(FloatMatrix& rows) const {
    return std::any_of(objectives_.begin(), objectives_.end(),
                       [&](const ObjectiveInUse& use) { return use.objective->Remembered(rows); });
  }

  void Refine(FloatMatrix& rows) const {
    for (const ObjectiveInUse& use : objectives_) {
      // What both students refine is refined once.
      if (use.student == 0) use.objective->Refined(rows);
    }
  }

  // Everything that may look at the whole training set before an epoch.
  void Prepare(int epoch) {
    const EpochStart start = features_.Start(epoch);
    const double before = NowSeconds();
    const double extracting = time_.Of("extraction");
    const bool changed = label_source_->Refresh(start, labels_);
    time_.Add("clustering", NowSeconds() - before - (time_.Of("extraction") - extracting));
    if (changed) TellLabels();
    if (changed && job_.base.cluster_head) SetHeads(start.features());
    for (const ObjectiveInUse& use : objectives_) use.objective->BeginEpoch(start);
    features_.Drop();
    state_.label_notes = earlier_notes_;
    for (const Json& note : label_source_->Notes()) state_.label_notes.push_back(note);
  }

  void FreezeBackbone(int epoch) {
    const bool frozen = epoch < job_.options.optimisation.freeze_backbone_epochs;
    model_->FreezeBackbone(frozen);
    if (teacher_) teacher_->FreezeBackbone(frozen);
    if (!second_) return;
    second_->model().FreezeBackbone(frozen);
    second_->teacher().FreezeBackbone(frozen);
  }

  // Says where in training a batch stands; `done` is the share of the epoch before it.
  void Begin(int epoch, double done, Batch& batch) const {
    batch.epoch = epoch;
    batch.epoch_progress = epoch + done;
    batch.progress = batch.epoch_progress / job_.options.epochs;
  }

  void RunEpoch(int epoch, Progress& progress) {
    Prepare(epoch);
    const std::vector<std::vector<int64_t>> batches = EpochBatches(job_, labels_, epoch);
    const ScopedTime timer(time_, "training");
    const Optimisation& how = job_.options.optimisation;
    double rate = RateOfEpoch(job_.options, epoch);
    parts_.SetRate(rate);
    model_->SetTraining(true);
    if (second_) second_->model().SetTraining(true);
    FreezeBackbone(epoch);
    const uint64_t seed =
        DeriveSeed(DeriveSeed(job_.seed, "augment"), static_cast<uint64_t>(epoch));
    const auto loader =
        NewTrainingLoader(*images_, batches, change_, seed, job_.options.loader_workers);
    const auto second_loader = second_ ? second_->Load(*images_, batches, change_, epoch) : nullptr;
    const int64_t before = state_.steps;
    TermMeans means;
    LoadedBatch loaded, second_loaded;
    for (size_t step = 0; loader->Next(loaded); ++step) {
      const double done = static_cast<double>(step) / static_cast<double>(batches.size());
      Batch batch, beside;
      Begin(epoch, done, batch);
      if (how.per_step) {
        rate = RateOfStep(job_.options, batch.epoch_progress);
        parts_.SetRate(rate);
      }
      const StepPlace place = PlaceOf(static_cast<int64_t>(step),
                                      static_cast<int64_t>(batches.size()), how.accumulate, before);
      std::vector<StepStudent> students = {{filler_, teacher_.get(), loaded, batch}};
      if (second_) {
        second_loader->Next(second_loaded);
        Begin(epoch, done, beside);
        students.push_back({second_->filler(), &second_->teacher(), second_loaded, beside});
      }
      RunStep({objectives_, parts_, mixer_, job_.device, how.clip_norm}, place, students, means);
      ++state_.steps;
      state_.images += static_cast<int64_t>(batch.rows.size());
      Show(batch, means, progress);
      if (Interrupted()) ThrowIfInterrupted();
    }
    Json entry = means.ToJson(job_.title, epoch);
    entry["epoch"] = epoch + 1;
    entry["learning_rate"] = rate;
    entry["steps"] = batches.size();
    state_.history.push_back(entry);
  }

  void Show(const Batch& batch, TermMeans& means, Progress& progress) {
    if (state_.steps % kStepsBetweenReads == 0)
      shown_loss_ = " loss " + std::to_string(means.Read(job_.title, batch.epoch)).substr(0, 5);
    // The bar's total is an estimate (sampler passes vary), so it advances by epochs.
    progress.Update(
        static_cast<int64_t>(batch.progress * static_cast<double>(Total())),
        fmt::format("epoch {}/{}{}", batch.epoch + 1, job_.options.epochs, shown_loss_));
  }

  Model& ScoredModel() { return job_.base.teacher_is_scored ? teacher_->model() : *model_; }

  // What is handed over at the end.
  std::map<std::string, at::Tensor> Scored() {
    std::map<std::string, at::Tensor> scored;
    AddPrefixed(scored, "model.", ScoredModel().State());
    // Its rows change with the labels, and it is not handed over.
    if (job_.base.cluster_head) scored.erase("model.head.weight");
    AddPrefixed(scored, "projection.", filler_.projections());
    return scored;
  }

  void Judge(int epoch) {
    const CheckpointChoice& choice = job_.options.checkpoint;
    if ((epoch + 1) % choice.every != 0 && epoch + 1 < job_.options.epochs) return;
    const ScopedTime timer(time_, "extraction");
    const double value = job_.judge(ScoredModel());
    state_.history.back()[choice.by + "_map"] = value;
    best_->Consider(epoch, value, Scored());
  }

  void CheckFinite(int epoch) {
    std::map<std::string, at::Tensor> weights = model_->State();
    if (teacher_) AddPrefixed(weights, "teacher.", teacher_->model().State());
    if (second_) {
      AddPrefixed(weights, "second.", second_->model().State());
      AddPrefixed(weights, "second.teacher.", second_->teacher().model().State());
    }
    RequireFiniteWeights(weights, job_.title, epoch);
  }

  TrainResult Result() {
    TrainResult result;
    if (best_) {
      best_->Restore(Scored());
      result.checkpoint = {{"by", job_.options.checkpoint.by},
                           {"epoch", best_->epoch() + 1},
                           {"value", best_->value()}};
    }
    for (const OldModel& old : job_.old_models) {
      result.projections.emplace_back();
      const at::Tensor map = filler_.MapTo(old.name);
      if (!map.defined()) continue;
      const at::Tensor p = map.detach().cpu().contiguous();
      FloatMatrix& matrix = result.projections.back();
      matrix = FloatMatrix(static_cast<size_t>(p.size(0)), static_cast<size_t>(p.size(1)));
      std::copy_n(p.data_ptr<float>(), p.numel(), matrix.data());
    }
    if (job_.base.teacher_is_scored) model_ = teacher_->Release();
    model_->SetTraining(false);
    model_->FreezeBackbone(false);
    if (job_.base.cluster_head) model_->ResetHead(0, 0);  // its classes are the last epoch's
    result.model = std::move(model_);
    result.history = state_.history;
    result.label_notes = state_.label_notes;
    result.steps = state_.steps;
    result.images = state_.images;
    result.seconds = state_.seconds;
    result.time = time_.seconds();
    return result;
  }

  int64_t Total() const {
    const int64_t batch =
        int64_t{job_.options.identities_per_batch} * job_.options.images_per_identity +
        job_.extra_per_batch;
    const int64_t per_epoch = job_.options.batches_per_epoch > 0
                                  ? job_.options.batches_per_epoch * batch
                                  : static_cast<int64_t>(job_.rows.size());
    return per_epoch * job_.options.epochs;
  }

  const TrainJob& job_;
  const ChangeImage change_;
  const BatchMixer mixer_;
  TimeSplit time_;
  std::unique_ptr<ImageStore> images_;
  std::unique_ptr<Model> model_;
  const double head_scale_;
  std::unique_ptr<MeanTeacher> teacher_;   // null: no objective asks for one
  std::unique_ptr<SecondStudent> second_;  // null: there is one student
  std::unique_ptr<BestEpoch> best_;        // null: the last epoch is kept
  BatchFiller filler_;
  std::vector<ObjectiveInUse> objectives_;
  std::unique_ptr<LabelSource> label_source_;
  EpochFeatures features_;
  Parts parts_;
  LabelSet labels_;
  TrainState state_;
  std::map<std::string, at::Tensor> extra_;  // what a checkpoint holds of the teacher and of widths
  Json earlier_notes_ = Json::array();
  std::string shown_loss_;  // for the bar; nothing until it was first read
};

}  // namespace

TrainResult Train(const TrainJob& job, const TrainPlugIns& plug_ins) {
  TrainResult result;
  TranslateTorch(
      [&] {
        const auto augmenters =
            MakeAugmenters(plug_ins.augmenters, job.base.augmenters, "base " + job.base.name);
        const ExtendedJob extended(job, augmenters, plug_ins);
        const auto begin = [&] {
          return std::make_unique<TrainRun>(extended.job(), plug_ins, augmenters);
        };
        std::unique_ptr<TrainRun> run = begin();
        try {
          run->Resume();
        } catch (const Error& error) {
          if (error.code() == ErrorCode::kInterrupted) throw;
          Say(fmt::format("damaged: {} {}: the training starts anew", error.what(), job.title));
          std::error_code ignored;
          std::filesystem::remove(job.checkpoint_file, ignored);
          run.reset();
          run = begin();
        }
        result = run->Run();
        result.added = extended.added();
      },
      job.title);
  return result;
}

}  // namespace bcr
