#include "harness/train/model_start.h"

#include <ATen/core/Tensor.h>

#include <algorithm>

#include "harness/core/random.h"
#include "harness/nn/fit_domains.h"
#include "harness/nn/weights.h"
#include "harness/train/trainer.h"

namespace bcr {

std::unique_ptr<Model> StartModel(const TrainJob& job) {
  ModelSpec spec = job.spec;
  spec.classes = job.base.head ? static_cast<int64_t>(job.classes.size()) : 0;
  std::unique_ptr<Model> model = Model::Make(spec, DeriveSeed(job.seed, "init"));
  if (!job.init_backbone.empty())
    LoadBackbone(*model, job.init_backbone,
                 job.init_partial ? PartialLoad::kAllowed : PartialLoad::kRefused);
  if (!job.init_weights.empty()) {
    const SavedModel start = LoadModel(job.init_weights);
    std::map<std::string, at::Tensor> tensors = start.model->State();
    std::vector<std::string> drawn = {"head."};
    // An embedding of another width has another neck too; what stands before it is taken over.
    if (start.model->spec().embedding != spec.embedding)
      drawn.insert(drawn.end(), {"embedding.", "neck."});
    // The exponent of generalised means starts as in a new model where the other one has none.
    if (start.model->spec().pooling != model->spec().pooling) drawn.emplace_back("pool.");
    if (start.model->spec().fusion != spec.fusion) drawn.emplace_back("fusion.");
    std::erase_if(tensors, [&](const auto& tensor) {
      return std::any_of(drawn.begin(), drawn.end(), [&](const std::string& beginning) {
        return tensor.first.starts_with(beginning);
      });
    });
    LoadState(*model, FitDomains(tensors, start.model->spec(), *model), job.init_weights, drawn);
  }
  model->MoveTo(job.device);
  model->SetPrecision(job.precision);
  return model;
}

}  // namespace bcr
