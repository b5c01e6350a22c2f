#include <nlohmann/json.hpp>

#include "harness/plan/builder.h"
#include "harness/plan/given_model.h"

namespace bcr {

size_t PlanBuilder::Given(std::shared_ptr<const GivenModel> model) {
  Step made;
  made.title = "given " + model->reference.Text();
  made.folder = "models";
  // Neither where it lies nor what it is called: the same file elsewhere is the same model.
  made.inputs = {{"given", model->IsFeatures() ? "features" : "network"},
                 {"hash", model->hash},
                 {"facts", model->facts}};
  if (!model->IsFeatures()) {
    made.inputs["device"] = device_.substr(0, device_.find(':'));
    made.inputs["precision"] = request_.precision;
  }
  ModelWork work;
  work.labels = "unknown";
  work.init = "given";
  work.spec.backbone = model->reference.Text();
  work.options.epochs = 0;
  work.given = std::move(model);
  made.work = std::move(work);
  return Add(std::move(made));
}

}  // namespace bcr
