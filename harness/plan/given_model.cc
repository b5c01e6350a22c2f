#include "harness/plan/given_model.h"

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/features/feature_table.h"
#include "harness/features/row_source.h"
#include "harness/plan/request.h"
#include "protocols/setting.h"

namespace bcr {
namespace {

void AddFeatures(GivenModel& model) {
  std::string hashes;
  for (const char* split : {"train", "query", "gallery"}) {
    const std::string folder = GivenFeaturesOf(model, split);
    if (!FolderExists(folder))
      throw Error(ErrorCode::kMissing,
                  {folder, "no such folder",
                   "the old model's features of the " + std::string(split) + " images",
                   "`bcreid extract MODEL DATA --splits all` writes all three."});
    const FeatureTable table = OpenFeatureTable({folder}, {.needs_cameras = false});
    const auto width = static_cast<int>(table.rows->cols());
    if (model.feature_width != 0 && width != model.feature_width)
      throw Error(ErrorCode::kData,
                  {folder, "rows of width " + std::to_string(width),
                   std::to_string(model.feature_width) + ", as in its other folders",
                   "All three must come of one model."});
    model.feature_width = width;
    hashes += table.hash + "\n";
  }
  model.hash = HashOf(hashes);
  model.facts = Json::object();
}

}  // namespace

std::string GivenFeaturesOf(const GivenModel& model, const std::string& split) {
  return JoinPath(model.reference.path, split);
}

OpenModelOptions GivenModelOptions(const RunRequest& request, const std::string& device) {
  OpenModelOptions options;
  options.trust = request.trust;
  options.device = device;
  options.precision = request.precision;
  return options;
}

std::shared_ptr<const GivenModel> FindGivenModel(const RunRequest& request) {
  if (request.old_model.empty()) return nullptr;
  const auto model = std::make_shared<GivenModel>();
  model->reference = ParseModelReference(request.old_model);
  if (model->IsFeatures()) {
    AddFeatures(*model);
    return model;
  }
  OpenedModel opened = OpenModel(model->reference, GivenModelOptions(request, "cpu"));
  model->hash = opened.hash;
  model->facts = opened.facts;
  model->notes = opened.notes;
  model->height = opened.extractor->height();
  model->width = opened.extractor->width();
  model->resize = opened.extractor->resize();
  model->feature_width = opened.extractor->feature_width();
  return model;
}

void TakeGiven(const GivenModel& given, Setting& setting) {
  const ModelNode& old = NodeOf(setting, setting.upgrade.old_model);
  if (!old.compatible_with.empty())
    throw Error(ErrorCode::kUsage,
                {"--old in setting " + setting.name, old.name + " is compatible with others",
                 "a setting whose old model stands alone", "Choose another setting."});
  setting.name += "-old-" + given.hash.substr(0, 8);
}

}  // namespace bcr
