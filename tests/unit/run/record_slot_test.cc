// A record is overwritten only by one that answers the same question.
#include "harness/run/record_slot.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/nn/model.h"
#include "harness/nn/weights.h"
#include "reports/record_io.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using testing::Planned;

// The record of a plan's only row, as the runner writes it, with cells left out.
RunRecord RecordOf(const PlannedRun& run, const Plan& plan, Planned& planned) {
  RunRecord record;
  record.status = "failed";
  record.error = "a test";
  record.official = true;
  record.setting = {run.protocol->setting.name, run.protocol->setting.revision};
  record.method = {run.method.name, run.method.revision};
  record.profile = {run.protocol->profile.name, run.protocol->profile.revision};
  record.seed = run.seed;
  record.configuration = Free(run.configuration);
  for (const char* role : {"target", "source"}) {
    DataRecord& data = record.data[role];
    data.reference = planned.data().Data(role).ref().Text();
    data.hash = planned.data().Data(role).hash();
  }
  for (const auto& [key, index] : run.models) {
    ModelRecord model;
    model.key = key;
    model.init = plan.Model(index).init;
    model.notes = Free({{"precision", planned.request.precision}});
    record.models.push_back(model);
  }
  return record;
}

// What the slot says to a second run after a first one: "" where it may be used.
std::string Objection(const std::function<void(Planned&)>& change) {
  const TemporaryFolder records;
  const auto prepare = [](Planned& planned) {
    planned.request.settings = {"cross-domain-supervised"};
    planned.request.methods = {"pull"};
  };
  Planned first, second;
  prepare(first);
  prepare(second);
  change(second);
  const Plan before = first.Make(), plan = second.Make();
  WriteRecord(records.path(), RecordOf(before.runs.front(), before, first));
  try {
    CheckRecordSlot(records.path(), plan.runs.front(), plan, second.request, second.data());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    return error.what();
  }
  return "";
}

void ExpectObjection(const std::string& part, const std::function<void(Planned&)>& change) {
  const std::string said = Objection(change);
  EXPECT_NE(said.find(part), std::string::npos) << "no `" << part << "` in: " << said;
}

TEST(RecordSlot, TheSameQuestionMayBeAnsweredAgain) {
  EXPECT_EQ(Objection([](Planned&) {}), "");
  EXPECT_EQ(Objection([](Planned& p) { p.request.threads = 3; }), "");
}

TEST(RecordSlot, AnotherSourceIsAnotherQuestion) {
  ExpectObjection("the target data",
                  [](Planned& p) { p.request.data["target"] = p.request.data["source"]; });
  ExpectObjection("the source data",
                  [](Planned& p) { p.request.data["source"] = p.request.data["target"]; });
}

TEST(RecordSlot, OtherWeightsOrArithmeticAreAnotherQuestion) {
  const TemporaryFolder folder;
  Planned planned;
  const Plan plan = planned.Make();
  const ModelSpec spec = plan.Model(plan.runs.front().models.at("old")).spec;
  SaveModel(folder.path(), *Model::Make(spec, 1), {}, Json::object());
  const std::string file = JoinPath(folder.path(), "weights.safetensors");
  ExpectObjection("random", [&](Planned& p) { p.request.init = {file}; });
  ExpectObjection("precision fp32", [](Planned& p) { p.request.precision = "bf16"; });
}

TEST(RecordSlot, OtherOptionsAreAnotherQuestion) {
  ExpectObjection("overrides", [](Planned& p) { p.request.overrides = {"profile.epochs=3"}; });
  ExpectObjection("score_on", [](Planned& p) { p.request.score_on = "validation"; });
  ExpectObjection("compatibility_weight", [](Planned& p) { p.request.compatibility_weight = 2; });
}

// One name, two contents: a settings file that was edited, a data set that was replaced.
TEST(RecordSlot, WhatANameStandsForCounts) {
  const TemporaryFolder records;
  Planned planned;
  planned.request.settings = {"cross-domain-supervised"};
  planned.request.methods = {"pull"};
  Plan plan = planned.Make();
  const auto refused = [&](const RunRecord& record) {
    WriteRecord(records.path(), record);
    try {
      CheckRecordSlot(records.path(), plan.runs.front(), plan, planned.request, planned.data());
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const RunRecord record = RecordOf(plan.runs.front(), plan, planned);
  EXPECT_EQ(refused(record), "");
  RunRecord other = record;
  other.data["source"].hash = "another";
  EXPECT_NE(refused(other).find("other content"), std::string::npos);
  for (const char* document : {"setting", "profile"}) {
    other = record;
    Json configuration = *record.configuration;
    configuration[document]["revision"] = 77;
    other.configuration = Free(configuration);
    EXPECT_NE(refused(other).find(std::string("another ") + document), std::string::npos);
  }
}

}  // namespace
}  // namespace bcr
