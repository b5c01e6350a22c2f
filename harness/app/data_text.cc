#include "harness/app/data_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/dataset.h"
#include "harness/data/set_audit.h"

namespace bcr {
namespace {

constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};

// "published: 12936 images, 751 identities"; "" where nothing is.
std::string PublishedText(const PublishedCounts::Of& of) {
  std::vector<std::string> parts;
  if (of.images) parts.push_back(fmt::format("{} images", *of.images));
  if (of.identities) parts.push_back(fmt::format("{} identities", *of.identities));
  return parts.empty() ? "" : fmt::format("  published: {}", fmt::join(parts, ", "));
}

// "identities of 1 camera: 3, of 2: 40"
std::string CamerasText(const std::map<size_t, size_t>& counts) {
  std::string text;
  for (const auto& [cameras, identities] : counts) {
    text += text.empty() ? fmt::format("identities of {} camera{}: {}", cameras,
                                       cameras == 1 ? "" : "s", identities)
                         : fmt::format(", of {}: {}", cameras, identities);
  }
  return text;
}

std::string RangeText(const Range& range) {
  return fmt::format("{} / {} / {}", range.least, range.middle, range.greatest);
}

}  // namespace

std::string CountsText(const Dataset& data) {
  const auto& published = data.report().published;
  std::string text;
  for (const Split split : kSplits) {
    const SplitSize size = SizeOf(data.images(split));
    text += fmt::format("{:8} {:7} images {:6} identities {:4} cameras{}\n", SplitName(split),
                        size.images, size.identities, size.cameras,
                        published ? PublishedText(published->of(split)) : "");
  }
  if (!published) return text;
  if (published->cameras) text += fmt::format("published: {} cameras\n", *published->cameras);
  return text + fmt::format("source of the published counts: {}\n", published->source);
}

std::string ReportText(const Dataset& data) {
  const DatasetReport& report = data.report();
  std::string text = fmt::format(
      "junk dropped {}, distractors {}, single-image identities {}, queries without match {}, "
      "unparsed names {}\n",
      report.junk_dropped, report.distractors, report.single_image_identities,
      report.queries_without_match, report.unparsed_count);
  for (const Split split : kSplits) {
    const std::string cameras = CamerasText(CamerasAnIdentity(data.images(split)));
    if (!cameras.empty()) text += fmt::format("{:8} {}\n", SplitName(split), cameras);
  }
  text += fmt::format("identities of training and test: {}\n", SharedIdentities(data));
  for (const std::string& name : report.unparsed)
    text += fmt::format("outside the grammar: {}\n", name);
  for (const std::string& difference : report.differences)
    text += fmt::format("differs: {}\n", difference);
  return text + fmt::format("reader {} revision {}, hash {}\n", data.reader(), data.revision(),
                            data.hash());
}

std::string ContentText(const ContentAudit& audit) {
  std::string text;
  for (const Split split : kSplits) {
    const ContentAudit::OfSplit& of = audit.splits[static_cast<int>(split)];
    if (of.decoded == 0) continue;
    text += fmt::format("{:8} {:.1f} MiB; height {}, width {} pixels (least / middle / greatest)\n",
                        SplitName(split), static_cast<double>(of.bytes) / (1 << 20),
                        RangeText(of.height), RangeText(of.width));
  }
  for (const auto& [a, b] : audit.shown_twins)
    text += fmt::format("same bytes in two splits: {} and {}\n", a, b);
  text += fmt::format("{} images in two splits\n", audit.twins);
  for (const std::string& problem : audit.problems) text += fmt::format("bad image: {}\n", problem);
  return text + fmt::format("{} unreadable images\n", audit.problems.size());
}

}  // namespace bcr
