#include "harness/train/mean_teacher.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/nn/model.h"
#include "harness/nn/weights.h"
#include "harness/train/batch.h"
#include "harness/train/head.h"
#include "harness/train/prefixed.h"

namespace bcr {

struct MeanTeacher::State {
  TeacherChoice choice;
  double head_scale = 0;
  std::unique_ptr<Model> model;
  // Pairs of the same tensor: what is averaged, and what is taken over (counters of batches).
  std::vector<at::Tensor> own, students, own_counts, students_counts;
  int64_t steps = 0;
  at::Tensor steps_tensor;  // the same for checkpoints
  void Bind(Model& student);
};

namespace {

std::unique_ptr<Model> CopyOf(Model& student, const std::string& precision) {
  std::unique_ptr<Model> copy = Model::MakeBlank(student.spec());
  LoadState(*copy, student.State(), "mean teacher");
  copy->MoveTo(student.device());
  copy->SetPrecision(precision);
  return copy;
}

}  // namespace

MeanTeacher::MeanTeacher(const TeacherChoice& choice, Model& student, const std::string& precision,
                         double head_scale)
    : state_(new State{.choice = choice, .head_scale = head_scale}) {
  state_->model = CopyOf(student, precision);
  state_->steps_tensor = at::zeros({}, at::kLong);
  state_->Bind(student);
}

void MeanTeacher::State::Bind(Model& student) {
  own = model->Parameters();
  this->students = student.Parameters();
  own_counts.clear();
  students_counts.clear();
  if (choice.own_statistics) return;
  const std::vector<at::Tensor> parameters = own;
  const std::map<std::string, at::Tensor> theirs = student.State();
  for (const auto& [name, tensor] : model->State()) {
    const bool parameter = std::any_of(parameters.begin(), parameters.end(),
                                       [&](const at::Tensor& p) { return p.is_same(tensor); });
    if (parameter) continue;
    const bool averaged = tensor.is_floating_point();
    (averaged ? own : own_counts).push_back(tensor);
    (averaged ? students : students_counts).push_back(theirs.at(name));
  }
}

MeanTeacher::~MeanTeacher() = default;

void MeanTeacher::FreezeBackbone(bool frozen) { state_->model->FreezeBackbone(frozen); }

void MeanTeacher::Answer(const Batch& seen, Batch& told) {
  if (!state_->choice.answers) return;
  const at::NoGradGuard no_grad;
  state_->model->SetTraining(state_->choice.own_statistics);
  at::Tensor before, after;
  state_->model->Forward(seen[Slot::kImages], &before, &after, nullptr, seen.domains);
  told.Set(Slot::kTeacherFeatures, before);
  if (state_->model->spec().classes == 0) return;
  told.Set(Slot::kTeacherLogits,
           HeadLogits(after, state_->model->head_weight(), state_->head_scale));
}

void MeanTeacher::TakeHead(Model& student) {
  state_->model->ResetHead(student.spec().classes, 0);
  {
    const at::NoGradGuard no_grad;
    state_->model->head_weight().copy_(student.head_weight());
  }
  state_->Bind(student);
}

void MeanTeacher::Follow() {
  const at::NoGradGuard no_grad;
  const double t = static_cast<double>(state_->steps++);
  const TeacherChoice& choice = state_->choice;
  const double kept = choice.warm_up ? std::min(1 - 1 / (t + 1), choice.decay) : choice.decay;
  at::_foreach_lerp_(state_->own, state_->students, 1 - kept);
  for (size_t i = 0; i < state_->own_counts.size(); ++i)
    state_->own_counts[i].copy_(state_->students_counts[i]);
}

std::map<std::string, at::Tensor> MeanTeacher::Memory() {
  std::map<std::string, at::Tensor> memory;
  AddPrefixed(memory, "model.", state_->model->State());
  state_->steps_tensor.fill_(state_->steps);
  memory["steps"] = state_->steps_tensor;
  return memory;
}

void MeanTeacher::Loaded() { state_->steps = state_->steps_tensor.item<int64_t>(); }

Model& MeanTeacher::model() { return *state_->model; }

std::unique_ptr<Model> MeanTeacher::Release() { return std::move(state_->model); }

}  // namespace bcr
