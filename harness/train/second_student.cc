#include "harness/train/second_student.h"

#include <ATen/core/Tensor.h>

#include "harness/core/random.h"
#include "harness/nn/model.h"
#include "harness/train/model_start.h"
#include "harness/train/prefixed.h"

namespace bcr {

namespace {

// What the second student is told of the job: no earlier model, and a seed of its own.
TrainJob JobOfSecond(const TrainJob& job) {
  TrainJob second = job;
  second.title += " (second student)";
  second.seed = DeriveSeed(job.seed, "second student");
  if (!job.second_init_weights.empty()) second.init_weights = job.second_init_weights;
  second.compatibility.clear();
  second.old_models.clear();
  second.widths = "equal";
  return second;
}

}  // namespace

SecondStudent::SecondStudent(const TrainJob& job, const TrainPlugIns& plug_ins,
                             const TeacherChoice& teacher, double head_scale)
    : job_(JobOfSecond(job)),
      model_(StartModel(job_)),
      teacher_(std::make_unique<MeanTeacher>(teacher, *model_, job.precision, head_scale)),
      filler_(job_, *model_, head_scale, ReadMaps(job_.base, {}, plug_ins)) {}

SecondStudent::~SecondStudent() = default;

std::vector<ObjectiveInUse> SecondStudent::Objectives(const TrainPlugIns& plug_ins) const {
  std::vector<ObjectiveInUse> uses = MakeObjectives(job_, plug_ins, model_->feature_width());
  for (ObjectiveInUse& use : uses) {
    use.name = "second." + use.name;
    use.student = 1;
  }
  return uses;
}

std::unique_ptr<BatchLoader> SecondStudent::Load(const ImageStore& images,
                                                 const std::vector<std::vector<int64_t>>& batches,
                                                 const ChangeImage& change, int epoch) const {
  const uint64_t seed = DeriveSeed(DeriveSeed(job_.seed, "augment"), static_cast<uint64_t>(epoch));
  return NewTrainingLoader(images, batches, change, seed, job_.options.loader_workers);
}

std::map<std::string, at::Tensor> SecondStudent::Memory() {
  std::map<std::string, at::Tensor> memory;
  AddPrefixed(memory, "model.", model_->State());
  AddPrefixed(memory, "teacher.", teacher_->Memory());
  return memory;
}

}  // namespace bcr
