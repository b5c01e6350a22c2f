#include "harness/run/recorder.h"

#include <nlohmann/json.hpp>

#include "harness/cluster/neighbours.h"
#include "harness/core/dataset.h"
#include "harness/core/hash.h"
#include "harness/core/provenance.h"
#include "harness/core/random.h"
#include "harness/data/decode.h"
#include "harness/eval/upgrade/compatibility.h"
#include "harness/metrics/table.h"
#include "harness/nn/model.h"
#include "harness/nn/threads.h"

namespace bcr {

namespace {

void AddReason(RunRecord& record, const std::string& reason) {
  record.unofficial_reasons.push_back(reason);
  record.official = false;
}

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

RunRecord OpenRecord(const PlannedRun& run, const RunRequest& request, DataRoles& data) {
  RunRecord record;
  record.official = true;
  record.setting = {run.protocol.setting.name, run.protocol.setting.revision};
  record.method = {run.method.name, run.method.revision};
  record.profile = {run.protocol.profile.name, run.protocol.profile.revision};
  record.seed = run.seed;
  record.scoring = DescribeScoring(run, EffectivePolicy(run, data));
  record.configuration = Free(run.configuration);
  record.provenance.build = Free(BuildJson());
  Json host = HostInfo();
  host["threads"] = TorchThreads();
  record.provenance.host = Free(host);
  record.provenance.libraries = Free({{"libtorch", TorchVersion()},
                                      {"decoder", DecoderRevision()},
                                      {"neighbours", NeighbourLibrary()},
                                      {"blas", BlasDescription()}});
  record.provenance.command_line = request.command_line;
  record.provenance.created = UtcNow();
  for (const std::string& reason : run.unofficial_reasons) AddReason(record, reason);
  if (request.score_on != "test") AddReason(record, "scored on the validation identities");
  return record;
}

std::set<std::string> DataRolesOf(const Setting& setting) {
  std::set<std::string> roles = {setting.score_on, setting.old_model.data, setting.new_model.data};
  if (setting.new_model.init == "source-model") roles.insert("source");
  return roles;
}

void RecordData(const PlannedRun& run, DataRoles& data, RunRecord& record) {
  // What was skipped is known once images are packed, also where features come from the store.
  if (data.may_skip()) {
    for (const Split split : {Split::kQuery, Split::kGallery}) {
      data.Images(run.protocol.setting.score_on, split);
    }
  }
  for (const std::string& role : DataRolesOf(run.protocol.setting)) {
    const DataRecord& described = record.data[role] = Describe(role, data);
    for (const std::string& difference : described.differences)
      AddReason(record, role + " data: " + difference);
    if (described.unparsed > 0) {
      AddReason(record, role + " data: " + std::to_string(described.unparsed) +
                            " names outside the grammar");
    }
    if (!described.bad_images.empty()) {
      AddReason(record, role + " data: " + std::to_string(described.bad_images.size()) +
                            " unreadable images skipped");
    }
  }
}

namespace {

// What was planned, before anything is known of the making.
ModelRecord Describe(const std::string& key, const PlannedModel& planned, const PlannedRun& run) {
  ModelRecord model;
  model.key = key;
  model.backbone = planned.spec.backbone;
  model.feature_side = run.protocol.profile.feature_side;
  model.init = planned.init;
  model.labels = planned.labels;
  model.data = planned.data_role;
  model.identities = static_cast<int64_t>(planned.view.identities.size());
  model.images = static_cast<int64_t>(planned.view.rows.size());
  model.epochs = planned.options.epochs;
  model.view_hash = planned.view.hash;
  return model;
}

void AddMade(const MadeModel& made, const PlannedModel& planned, ModelRecord& model) {
  model.width = made.width;
  model.steps = made.training.at("steps").get<int64_t>();
  model.weights_hash = made.weights_hash;
  model.seconds = made.training.at("seconds").get<double>();
  const auto images = made.training.at("images").get<double>();
  model.images_per_second = model.seconds > 0 ? images / model.seconds : 0;
  model.reused = made.reused;
  Json notes = {{"last_epoch", made.training.at("history").empty()
                                   ? Json::object()
                                   : made.training["history"].back()}};
  if (!made.training.at("label_notes").empty()) notes["clusters"] = made.training["label_notes"];
  if (planned.old_model >= 0) notes["old_features"] = "cached";
  for (const char* fact : {"device", "precision", "threads", "libtorch"}) {
    notes[fact] = made.training.at(fact);
  }
  model.notes = Free(notes);
}

}  // namespace

void RecordModels(const PlannedRun& run, const Plan& plan, Workshop& workshop, RunRecord& record) {
  // All of them first: cells that are sound may only name models of the record, whatever happens
  // next.
  std::vector<int> indices;
  for (const std::string& key : ModelKeys()) {
    const auto at = run.models.find(key);
    if (at == run.models.end()) continue;
    if (workshop.Made(at->second) == nullptr) continue;  // it failed: its cells say why
    indices.push_back(at->second);
    record.models.push_back(Describe(key, plan.models[static_cast<size_t>(at->second)], run));
  }
  for (size_t i = 0; i < indices.size(); ++i) {
    AddMade(*workshop.Made(indices[i]), plan.models[static_cast<size_t>(indices[i])],
            record.models[i]);
  }
}

void RecordVerdict(const PlannedRun& run, const std::map<std::string, MadeCell>& cells,
                   RunRecord& record) {
  const auto self = cells.find("old/old");
  const auto cross = cells.find("new/old");
  if (self == cells.end() || cross == cells.end()) return;
  std::optional<double> paragon;
  if (const auto at = cells.find("paragon/paragon"); at != cells.end()) {
    paragon = at->second.record.metrics.at(HeadlineMetric().name).value;
  }
  const uint64_t seed = DeriveSeed(static_cast<uint64_t>(run.seed), "bootstrap");
  const Compatibility judged =
      JudgeCompatibility(self->second.scores, cross->second.scores, paragon,
                         self->second.identities, seed, run.protocol.profile.bootstrap_resamples);
  CompatibilityRecord compatibility;
  compatibility.gain = {judged.gain.value, {}, {}, self->second.record.valid_queries};
  if (judged.has_interval) {
    compatibility.gain.low = judged.gain.low;
    compatibility.gain.high = judged.gain.high;
  }
  compatibility.update_gain = judged.update_gain;
  if (!judged.update_gain) {
    compatibility.update_gain_reason =
        paragon ? "the paragon does not exceed old/old" : "no paragon cell";
  }
  compatibility.verdict = VerdictName(judged.verdict);
  record.compatibility = compatibility;
}

}  // namespace bcr
