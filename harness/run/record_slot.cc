#include "harness/run/record_slot.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "reports/record_io.h"

namespace bcr {

namespace {

// Each returns what differs, "" where nothing does. What a record of an older version or of a
// failed run does not say is taken to agree.

std::string OtherData(const RunRecord& there, const PlannedRun& run, DataRoles& data) {
  for (const std::string& role : DataRolesOf(run.protocol->setting)) {
    const auto recorded = there.data.find(role);
    if (recorded == there.data.end()) continue;
    const Dataset& set = data.Data(role);
    const std::string what = "the " + role + " data " + recorded->second.reference;
    if (recorded->second.reference != set.ref().Text()) return what;
    if (recorded->second.hash != set.hash()) return what + ", then of other content";
  }
  return "";
}

std::string OtherConfiguration(const RunRecord& there, const PlannedRun& run) {
  for (const char* key : {"overrides", "score_on", "compatibility_weight", "setting", "profile"}) {
    const Json recorded = there.configuration->value(key, Json());
    if (recorded == run.configuration.at(key)) continue;
    const bool document = recorded.is_object();  // too long for a message
    return document ? std::string("another ") + key + " of that name"
                    : std::string(key) + " " + recorded.dump();
  }
  return "";
}

std::string OtherModels(const RunRecord& there, const PlannedRun& run, const Plan& plan,
                        const RunRequest& request) {
  for (const ModelRecord& model : there.models) {
    const auto planned = run.models.find(model.key);
    if (planned == run.models.end()) continue;
    if (model.init != plan.Model(planned->second).init) {
      return "the " + model.key + " model begun from " + model.init;
    }
    const std::string precision = model.notes->value("precision", request.precision);
    if (precision != request.precision) return "precision " + precision;
  }
  return "";
}

}  // namespace

bool CheckRecordSlot(const std::string& records, const PlannedRun& run, const Plan& plan,
                     const RunRequest& request, DataRoles& data) {
  RunRecord wanted;
  wanted.setting.name = run.protocol->setting.name;
  wanted.method.name = run.method.name;
  wanted.profile.name = run.protocol->profile.name;
  wanted.seed = run.seed;
  const std::string file = JoinPath(records, RecordFileName(wanted));
  if (!FileExists(file)) return false;
  const RunRecord there = ReadRecord(file);
  std::string other = OtherData(there, run, data);
  if (other.empty()) other = OtherConfiguration(there, run);
  if (other.empty()) other = OtherModels(there, run, plan, request);
  if (other.empty()) return true;
  throw Error(ErrorCode::kUsage,
              {file, "a record of another run, with " + other, "a folder for this run's records",
               "Name another folder with --out, or remove that record."});
}

}  // namespace bcr
