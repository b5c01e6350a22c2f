// The one function of the training library that the program looks up by name.
#include <build_stamp.gen.h>

#include <nlohmann/json.hpp>

#include "harness/app/data_command.h"
#include "harness/app/engines.h"
#include "harness/app/plug_in_lists.h"
#include "harness/app/plug_ins.h"
#include "harness/app/train_library.h"
#include "harness/data/thumbnail.h"
#include "harness/nn/device.h"
#include "harness/nn/device_block_source.h"
#include "harness/nn/export_model.h"
#include "harness/run/extract.h"
#include "harness/run/generate.h"
#include "harness/run/runner.h"

namespace bcr {
namespace {

RunOutcome Run(const RunRequest& request) { return RunAll(request, AllPlugIns()); }

std::string PlanText(const RunRequest& request) { return DescribePlan(request, AllPlugIns()); }

std::vector<std::string> Extract(const ExtractRequest& request) {
  return ExtractSets(request, AllPlugIns());
}

Generated Generate(const GenerateRequest& request) { return GenerateImages(request, AllPlugIns()); }

BlockSourceMaker SourceOn(const std::string& device) {
  return [device](const RowSource& query, const RowSource& gallery, Distance distance,
                  const FeatureIndex* query_index, const FeatureIndex* gallery_index) {
    return NewDeviceBlockSource(query, gallery, distance, device, query_index, gallery_index);
  };
}

}  // namespace
}  // namespace bcr

extern "C" const void* bcreid_train_library() {
  static const bcr::TrainLibrary table = {.build = BCR_BUILD_STAMP,
                                          .run = bcr::Run,
                                          .plan_text = bcr::PlanText,
                                          .data = bcr::RunData,
                                          .extract = bcr::Extract,
                                          .generate = bcr::Generate,
                                          .export_model = bcr::ExportModel,
                                          .plug_ins = bcr::PlugInLists,
                                          .engines = bcr::EngineFacts,
                                          .resolve_device = bcr::ResolveDevice,
                                          .block_source = bcr::SourceOn,
                                          .images = bcr::ImagesByName,
                                          .thumbnail = bcr::Thumbnail};
  return &table;
}
