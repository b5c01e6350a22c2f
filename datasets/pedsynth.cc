#include <fmt/core.h>

#include "datasets/market_layout.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/writer.h"
#include "harness/core/dataset.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

// Draws the pictures where they are missing, then reads them the way Market-1501 is read.
std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context,
                              const std::string& domain) {
  const pedsynth::Options options = pedsynth::ParseOptions(ref, domain);
  const std::string root = ref.path.empty()
                               ? JoinPath(context.generated_folder, pedsynth::FolderName(options))
                               : ref.path;
  pedsynth::EnsureWritten(options, root, {.threads = 0, .quiet = context.quiet});
  return OpenMarketLayout(ref, "pedsynth-" + domain, pedsynth::kRevision, root, nullptr);
}

std::unique_ptr<Dataset> OpenA(const DataRef& ref, const OpenContext& context) {
  return Open(ref, context, "a");
}

std::unique_ptr<Dataset> OpenB(const DataRef& ref, const OpenContext& context) {
  return Open(ref, context, "b");
}

DatasetInfo Describe(const std::string& domain, const std::string& about) {
  DatasetInfo info;
  info.name = "pedsynth-" + domain;
  info.revision = pedsynth::kRevision;
  info.about = about;
  info.example = fmt::format("pedsynth-{},identities=300,seed=2", domain);
  info.options = pedsynth::DescribeOptions();
  info.needs_path = false;
  return info;
}

}  // namespace

const DatasetInfo& dataset_pedsynth_a() {
  static const DatasetInfo info = [] {
    DatasetInfo made =
        Describe("a", "drawn pedestrians: a sunny town, bright clothes, fair cameras");
    made.open = OpenA;
    return made;
  }();
  return info;
}

const DatasetInfo& dataset_pedsynth_b() {
  static const DatasetInfo info = [] {
    DatasetInfo made =
        Describe("b", "drawn pedestrians: a winter city, dark layers, coarse steep cameras");
    made.open = OpenB;
    return made;
  }();
  return info;
}

}  // namespace bcr
