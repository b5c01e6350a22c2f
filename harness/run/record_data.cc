#include "harness/core/dataset.h"
#include "harness/run/record_parts.h"

namespace bcr {

namespace {

SplitCounts CountsOf(const std::vector<ImageRecord>& images) {
  const SplitSize size = SizeOf(images);
  return {static_cast<int64_t>(size.images), static_cast<int64_t>(size.identities),
          static_cast<int64_t>(size.cameras)};
}

DataRecord Describe(const std::string& role, DataRoles& data) {
  const Dataset& set = data.Data(role);
  const DatasetReport& report = set.report();
  DataRecord record;
  record.reference = set.ref().Text();
  record.reader = set.reader();
  record.revision = set.revision();
  record.hash = set.hash();
  for (const Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    record.counts[SplitName(split)] = CountsOf(set.images(split));
  }
  record.junk_dropped = static_cast<int64_t>(report.junk_dropped);
  record.distractors = static_cast<int64_t>(report.distractors);
  record.unparsed = static_cast<int64_t>(report.unparsed_count);
  record.single_image_identities = static_cast<int64_t>(report.single_image_identities);
  record.queries_without_match = static_cast<int64_t>(report.queries_without_match);
  record.differences = report.differences;
  record.bad_images = data.Bad(role);
  return record;
}

}  // namespace

void RecordData(const PlannedRun& run, DataRoles& data, RunRecord& record) {
  // What was skipped is known once images are packed, also where features come from the store.
  if (data.may_skip()) {
    for (const Split split : {Split::kQuery, Split::kGallery}) {
      data.Images(run.protocol->setting.score_on, split);
    }
  }
  for (const std::string& role : DataRolesOf(run.protocol->setting)) {
    const DataRecord& described = record.data[role] = Describe(role, data);
    if (described.bad_images.empty()) continue;
    record.official = false;
    record.unofficial_reasons.push_back(role +
                                        " data: " + std::to_string(described.bad_images.size()) +
                                        " unreadable images skipped");
  }
}

}  // namespace bcr
