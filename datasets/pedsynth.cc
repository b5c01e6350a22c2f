#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include "datasets/market_layout.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/plan.h"
#include "datasets/pedsynth/writer.h"
#include "harness/core/dataset.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr size_t kMostNamed = 3;

// Where the pictures are or will be.
std::string RootOf(const DataRef& ref, const pedsynth::Options& options,
                   const OpenContext& context) {
  const std::string name = pedsynth::FolderName(options);
  const std::string root = ref.path.empty() ? JoinPath(context.generated_folder, name) : ref.path;
  const bool look = !context.scratch_folder.empty() && !FolderExists(root);
  return look ? JoinPath(context.scratch_folder, name) : root;
}

// The names that the options fix, junk left out as the reader does.
std::set<std::string> DrawnNames(const pedsynth::Options& options) {
  std::set<std::string> names;
  for (size_t group = 0; group < pedsynth::GroupCount(options); ++group) {
    for (const pedsynth::Shot& shot : pedsynth::PlanGroup(options, group)) {
      if (shot.kind != pedsynth::Kind::kJunk) names.insert(shot.path);
    }
  }
  return names;
}

std::string Counted(const char* what, const std::vector<std::string>& names) {
  std::string text = fmt::format("{} {}", names.size(), what);
  for (size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    text += (i == 0 ? ": " : ", ") + names[i];
  }
  return text + (names.size() > kMostNamed ? ", ..." : "");
}

// Drawn data are what their options say: a folder that lost or gained pictures is another data set
// under the same name. In words what differs; "" where nothing does.
std::string DifferenceFromDrawn(const pedsynth::Options& options, const Dataset& data) {
  const std::set<std::string> drawn = DrawnNames(options);
  std::set<std::string> found;
  for (const Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    for (const ImageRecord& image : data.images(split)) found.insert(image.name);
  }
  std::vector<std::string> lost, added;
  std::set_difference(drawn.begin(), drawn.end(), found.begin(), found.end(),
                      std::back_inserter(lost));
  std::set_difference(found.begin(), found.end(), drawn.begin(), drawn.end(),
                      std::back_inserter(added));
  const auto junk = static_cast<size_t>(options.junk);
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (!lost.empty()) add(Counted("pictures missing", lost));
  if (!added.empty()) add(Counted("pictures that were not drawn", added));
  if (data.report().junk_dropped != junk) {
    add(fmt::format("{} junk pictures instead of {}", data.report().junk_dropped, junk));
  }
  return text;
}

std::unique_ptr<Dataset> Read(const DataRef& ref, const std::string& domain,
                              const std::string& root) {
  return OpenMarketLayout(ref, "pedsynth-" + domain, pedsynth::kRevision, root, nullptr);
}

// A folder of the user's choice: whatever was done to it may have been meant.
std::unique_ptr<Dataset> OpenTheUsers(const DataRef& ref, const pedsynth::Options& options,
                                      const std::string& root,
                                      const pedsynth::WriteContext& context) {
  pedsynth::EnsureWritten(options, root, context);
  auto data = Read(ref, options.domain, root);
  std::string difference = DifferenceFromDrawn(options, *data);
  if (difference.empty()) {
    if (const auto change = pedsynth::FindChange(options, root)) difference = change->Text();
  }
  if (difference.empty()) return data;
  throw Error(ErrorCode::kData, {root, difference, "the pictures that its pedsynth.txt stands for",
                                 "Remove this folder: it will be drawn anew."});
}

// A folder below the generated ones is ours, and mended.
std::unique_ptr<Dataset> OpenOurs(const DataRef& ref, const pedsynth::Options& options,
                                  const std::string& root, const pedsynth::WriteContext& context) {
  pedsynth::EnsureSound(options, root, context);
  auto data = Read(ref, options.domain, root);
  const std::string difference = DifferenceFromDrawn(options, *data);
  if (difference.empty()) return data;
  pedsynth::DrawAnew(options, root, root + ": " + difference, context);
  return Read(ref, options.domain, root);
}

// Draws the pictures where they are missing, then reads them the way Market-1501 is read.
std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context,
                              const std::string& domain) {
  const pedsynth::Options options = pedsynth::ParseOptions(ref, domain);
  const std::string root = RootOf(ref, options, context);
  const pedsynth::WriteContext writing = {0, context.quiet, context.take};
  return ref.path.empty() ? OpenOurs(ref, options, root, writing)
                          : OpenTheUsers(ref, options, root, writing);
}

template <char kDomain>
std::unique_ptr<Dataset> OpenDrawn(const DataRef& ref, const OpenContext& context) {
  return Open(ref, context, std::string(1, kDomain));
}

template <char kDomain>
DatasetInfo Describe(const std::string& about) {
  DatasetInfo info;
  info.name = std::string("pedsynth-") + kDomain;
  info.revision = pedsynth::kRevision;
  info.about = "drawn pedestrians: " + about;
  info.example = info.name + ",identities=300,seed=2";
  info.options = pedsynth::DescribeOptions();
  info.needs_path = false;
  info.open = OpenDrawn<kDomain>;
  return info;
}

}  // namespace

const DatasetInfo& dataset_pedsynth_a() {
  static const DatasetInfo info = Describe<'a'>("a sunny town, bright clothes, fair cameras");
  return info;
}

const DatasetInfo& dataset_pedsynth_b() {
  static const DatasetInfo info = Describe<'b'>("a winter city, dark layers, coarse steep cameras");
  return info;
}

const DatasetInfo& dataset_pedsynth_c() {
  static const DatasetInfo info = Describe<'c'>("bright clothes in the winter city");
  return info;
}

const DatasetInfo& dataset_pedsynth_d() {
  static const DatasetInfo info = Describe<'d'>("dark layers in the sunny town");
  return info;
}

const DatasetInfo& dataset_pedsynth_e() {
  static const DatasetInfo info =
      Describe<'e'>("clothes of both, old cameras that hardly see colour");
  return info;
}

const DatasetInfo& dataset_pedsynth_f() {
  static const DatasetInfo info = Describe<'f'>("a tropical town at night, prints, dim cameras");
  return info;
}

}  // namespace bcr
