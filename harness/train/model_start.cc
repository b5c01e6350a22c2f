#include "harness/train/model_start.h"

#include <ATen/core/Tensor.h>

#include "harness/core/random.h"
#include "harness/nn/weights.h"
#include "harness/train/trainer.h"

namespace bcr {

std::unique_ptr<Model> StartModel(const TrainJob& job) {
  ModelSpec spec = job.spec;
  spec.classes = job.base.head ? static_cast<int64_t>(job.classes.size()) : 0;
  std::unique_ptr<Model> model = Model::Make(spec, DeriveSeed(job.seed, "init"));
  if (!job.init_backbone.empty()) LoadBackbone(*model, job.init_backbone);
  if (!job.init_weights.empty()) {
    const SavedModel start = LoadModel(job.init_weights);
    std::map<std::string, at::Tensor> tensors = start.model->State();
    tensors.erase("head.weight");
    LoadState(*model, tensors, job.init_weights, {"head."});
  }
  model->MoveTo(job.device);
  model->SetPrecision(job.precision);
  return model;
}

}  // namespace bcr
