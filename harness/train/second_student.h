#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/data/loader.h"
#include "harness/train/batch_filler.h"
#include "harness/train/mean_teacher.h"
#include "harness/train/objectives_in_use.h"
#include "harness/train/trainer.h"

namespace at {
class Tensor;
}

namespace bcr {

class Model;

// The second of two models that learn side by side (BaseRecipe::students; mutual mean-teaching, Ge et
// al., ICLR 2020): it starts from other weights, sees the same rows in every batch, changed in another
// way, learns by the base's objectives alone, and each of both is told what the other's mean teacher
// says. Compatibility terms pull on the first student, which is what is made of the training; this one
// is dropped at its end. The trainer calls it where it calls its own model.
class SecondStudent {
 public:
  // `job` is that of the whole training. `teacher`: how its teacher follows it.
  SecondStudent(const TrainJob& job, const TrainPlugIns& plug_ins, const TeacherChoice& teacher,
                double head_scale);
  ~SecondStudent();

  // The base's objectives once more, prepared, with ObjectiveInUse::student 1.
  std::vector<ObjectiveInUse> Objectives(const TrainPlugIns& plug_ins) const;
  // The batches of an epoch with changes of its own.
  std::unique_ptr<BatchLoader> Load(const ImageStore& images,
                                    const std::vector<std::vector<int64_t>>& batches,
                                    const ChangeImage& change, int epoch) const;
  const TrainJob& job() const { return job_; }
  Model& model() { return *model_; }
  MeanTeacher& teacher() { return *teacher_; }
  BatchFiller& filler() { return filler_; }
  // What a resumed run needs, by name; loading writes into the tensors.
  std::map<std::string, at::Tensor> Memory();

 private:
  const TrainJob job_;
  const std::unique_ptr<Model> model_;
  const std::unique_ptr<MeanTeacher> teacher_;
  BatchFiller filler_;
};

}  // namespace bcr
