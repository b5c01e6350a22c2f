#include "harness/run/record_slot.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "reports/record_io.h"

namespace bcr {

void CheckRecordSlot(const std::string& records, const PlannedRun& run, const RunRequest& request) {
  RunRecord wanted;
  wanted.setting.name = run.protocol.setting.name;
  wanted.method.name = run.method.name;
  wanted.profile.name = run.protocol.profile.name;
  wanted.seed = run.seed;
  const std::string file = JoinPath(records, RecordFileName(wanted));
  if (!FileExists(file)) return;
  const RunRecord there = ReadRecord(file);
  std::string other;
  const auto target = there.data.find("target");
  if (target != there.data.end() && target->second.reference != request.target.Text()) {
    other = "the data " + target->second.reference;
  }
  for (const char* key : {"overrides", "score_on", "compatibility_weight"}) {
    if (there.configuration->value(key, Json()) != run.configuration.at(key)) {
      other = std::string(key) + " " + there.configuration->value(key, Json()).dump();
    }
  }
  if (other.empty()) return;
  throw Error(ErrorCode::kUsage,
              {file, "a record of another run, with " + other, "a folder for this run's records",
               "Name another folder with --out, or remove that record."});
}

}  // namespace bcr
