#pragma once

#include <map>
#include <memory>
#include <string>

#include "harness/train/teacher_choice.h"

namespace at {
class Tensor;
}

namespace bcr {

class Batch;
class Model;

// A second model whose parameters are a running mean of those that are trained:
//   theta' <- a_t theta' + (1 - a_t) theta   after each step t = 0, 1, ... of the optimisers
// with a_t of TeacherChoice. It begins as a copy and is never trained itself. Tarvainen and Valpola,
// arXiv:1703.01780; in their code, as in the re-identification port in OpenUnReID, buffers are not
// averaged: own_statistics.
class MeanTeacher {
 public:
  // `student` outlives it, and is where it stays. `head_scale`: of the logits, as HeadScaleOf says.
  MeanTeacher(const TeacherChoice& choice, Model& student, const std::string& precision,
              double head_scale);
  ~MeanTeacher();
  // As the student's (Model::FreezeBackbone).
  void FreezeBackbone(bool frozen);
  // Sets Slot::kTeacherFeatures and (where there is a head) Slot::kTeacherLogits, without gradient, where
  // the choice asks for answers: what it says of the images of `seen`, told in `told`.
  void Answer(const Batch& seen, Batch& told);
  void Answer(Batch& batch) { Answer(batch, batch); }
  void Follow();
  // Takes over the student's head, which was replaced, and follows that one from now on.
  void TakeHead(Model& student);

  // What a resumed run needs, by name; loading writes into the tensors, and Loaded comes after it.
  std::map<std::string, at::Tensor> Memory();
  void Loaded();
  Model& model();
  std::unique_ptr<Model> Release();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
