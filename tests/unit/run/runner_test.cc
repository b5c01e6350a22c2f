// Whole runs on a few drawn pedestrians: what is made, reused, recorded and described.
#include "harness/run/runner.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/app/plug_ins.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "reports/record_io.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;

// Twelve people to train on for two epochs: about a second a model.
RunRequest Request(const std::string& root) {
  RunRequest request;
  const std::string size = ",identities=12,test-identities=6,images=4,distractors=2,junk=0";
  request.data["target"] = ParseDataRef("pedsynth-a" + size);
  request.data["source"] = ParseDataRef("pedsynth-b" + size);
  request.profile = "smoke";
  request.settings = {"in-domain-data"};
  request.methods = {"l2"};
  request.device = "cpu";
  request.store_folder = JoinPath(root, "store");
  request.out_folder = JoinPath(root, "out");
  request.threads = 1;
  request.quiet = true;
  return request;
}

RunRecord Only(const RunOutcome& outcome) {
  EXPECT_EQ(outcome.record_files.size(), 1U);
  return ReadRecord(outcome.record_files.front());
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Runner, MakesOnceRecordsAndReuses) {
  const TemporaryFolder root;
  const PlugIns plug_ins = AllPlugIns();
  RunRequest request = Request(root.path());
  const std::string before = DescribePlan(request, plug_ins);
  EXPECT_EQ(Count(before, "stored   "), 0U) << before;
  EXPECT_EQ(Count(before, "to do    model"), 3U) << before;
  EXPECT_EQ(Count(before, "to do    cell"), 6U) << "five cells and random features\n" << before;
  EXPECT_NE(before.find("unofficial and not ranked, all rows: at most 12"), std::string::npos);
  EXPECT_FALSE(FolderExists(request.store_folder)) << "a dry run stores nothing";

  const RunRecord first = Only(RunAll(request, plug_ins));
  EXPECT_EQ(first.status, "ok") << first.error;
  ASSERT_EQ(first.models.size(), 3U);
  EXPECT_EQ(first.models[0].key, "old");
  EXPECT_EQ(first.cells.size(), 5U);
  ASSERT_TRUE(first.compatibility.has_value());
  EXPECT_TRUE(first.random_map.has_value());
  EXPECT_GT(first.time_split.at("training"), 0);
  EXPECT_FALSE(first.models[0].reused);
  for (const ModelRecord& model : first.models) {
    const Json& epochs = model.notes->at("epochs");
    ASSERT_EQ(epochs.size(), static_cast<size_t>(model.epochs)) << model.key;
    for (size_t e = 0; e < epochs.size(); ++e) {
      EXPECT_EQ(epochs[e].at("epoch"), e + 1);
      EXPECT_GT(epochs[e].at("learning_rate").get<double>(), 0);
      EXPECT_FALSE(epochs[e].at("figures").empty());
    }
  }

  const std::string after = DescribePlan(request, plug_ins);
  EXPECT_EQ(Count(after, "to do "), 0U) << after;
  EXPECT_EQ(Count(after, "written  record"), 1U) << after;
  const RunRecord second = Only(RunAll(request, plug_ins));
  EXPECT_EQ(ComparableJson(first), ComparableJson(second));
  EXPECT_TRUE(second.models[0].reused);
  EXPECT_EQ(second.time_split.count("training"), 0U);
}

TEST(Runner, DamagedCellsAreScoredAgainWithoutTraining) {
  const TemporaryFolder root;
  const PlugIns plug_ins = AllPlugIns();
  RunRequest request = Request(root.path());
  request.methods = {"null"};
  const RunRecord first = Only(RunAll(request, plug_ins));
  for (const auto& cell : fs::directory_iterator(JoinPath(request.store_folder, "cells")))
    WriteFileAtomic((cell.path() / "cell.json").string(), "{\"cmc\": [");
  const RunRecord second = Only(RunAll(request, plug_ins));
  EXPECT_EQ(ComparableJson(first), ComparableJson(second));
  EXPECT_EQ(second.time_split.count("training"), 0U);
}

TEST(Runner, AModelThatCannotBeMadeFailsItsCellsAlone) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  request.settings = {"cross-domain-unsupervised"};
  request.overrides = {"profile.cluster_contrast.min_samples=1000"};
  request.asked.backfill =
      true;  // which misses the model's features: the cause is told all the same
  const RunOutcome outcome = RunAll(request, AllPlugIns());
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_NE(outcome.failures.front().find("collapsed"), std::string::npos);
  const RunRecord record = Only(outcome);
  EXPECT_EQ(record.status, "failed");
  EXPECT_NE(record.error.find("collapsed"), std::string::npos) << record.error;
  EXPECT_EQ(FindCell(record, "old", "old")->status, "ok");
  EXPECT_EQ(FindCell(record, "new", "old")->status, "failed");
  std::vector<std::string> models;
  for (const ModelRecord& model : record.models) models.push_back(model.key);
  EXPECT_EQ(models, (std::vector<std::string>{"old", "source-model"}));
}

TEST(Runner, AChainScoresTheFullMatrix) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  request.settings = {"in-domain-chain"};
  const RunRecord record = Only(RunAll(request, AllPlugIns()));
  EXPECT_EQ(record.status, "ok") << record.error;
  EXPECT_EQ(record.models.size(), 3U);
  EXPECT_EQ(record.cells.size(), 9U);
  for (const CellRecord& cell : record.cells) EXPECT_EQ(cell.status, "ok") << cell.error;
}

// The map is fitted on training images, touches one side, and says what it costs.
TEST(Runner, AnAdapterIsAStepOfItsOwn) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  request.methods = {"independent", "procrustes"};
  const RunOutcome outcome = RunAll(request, AllPlugIns());
  ASSERT_EQ(outcome.record_files.size(), 2U);
  const RunRecord plain = ReadRecord(outcome.record_files[0]);
  const RunRecord mapped = ReadRecord(outcome.record_files[1]);
  EXPECT_EQ(mapped.status, "ok") << mapped.error;
  EXPECT_TRUE(plain.adapters.empty());
  ASSERT_EQ(mapped.adapters.size(), 1U);
  const AdapterRecord& adapter = mapped.adapters.front();
  EXPECT_EQ(adapter.side, "query");
  EXPECT_EQ(adapter.model + " " + adapter.earlier, "new old");
  EXPECT_EQ(adapter.images, mapped.models.back().images);
  EXPECT_EQ(adapter.bytes_a_row, 4 * adapter.width_out);
  const auto hash = [](const RunRecord& record, const char* query, const char* gallery) {
    return FindCell(record, query, gallery)->per_query->hash;
  };
  EXPECT_EQ(hash(plain, "new", "new"), hash(mapped, "new", "new")) << "no map within one model";
  EXPECT_NE(hash(plain, "new", "old"), hash(mapped, "new", "old"));
  EXPECT_EQ(plain.models[1].weights_hash, mapped.models[1].weights_hash)
      << "nothing is trained anew";
}

// The old model's rows of the queries are mixed in, by a weight chosen on validation images.
TEST(Runner, AnAdapterMayNeedBothModels) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  request.methods = {"geodesic"};
  request.asked.backfill = true;
  const RunRecord record = Only(RunAll(request, AllPlugIns()));
  EXPECT_EQ(record.status, "ok") << record.error;
  ASSERT_EQ(record.adapters.size(), 1U);
  EXPECT_TRUE(record.adapters.front().both_models);
  EXPECT_TRUE(record.sections.backfill);
}

// Old and new model under one fixed classifier, and one with more dimensions beside itself alone.
TEST(Runner, StationaryAndWiderModelsAreScored) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  request.methods = {"hoc-simplex", "bt2"};
  request.settings = {"in-domain-identities", "in-domain-backbone"};
  request.overrides = {"fixed-simplex.people=40"};
  request.asked.backfill = true;
  const RunOutcome outcome = RunAll(request, AllPlugIns());
  ASSERT_EQ(outcome.record_files.size(), 4U);
  for (const std::string& file : outcome.record_files) {
    const RunRecord record = ReadRecord(file);
    EXPECT_EQ(record.status, "ok") << record.error;
    std::map<std::string, int> width;
    for (const ModelRecord& model : record.models) width[model.key] = model.width;
    if (record.method.name == "hoc-simplex") {
      EXPECT_EQ(width["old"], 39);
      EXPECT_EQ(width["new"], 39);
      continue;
    }
    EXPECT_EQ(width["new"], std::max(width["old"], width["paragon"]) + 32);
    EXPECT_EQ(record.sections.backfill->old_width, width["old"]);
    EXPECT_EQ(record.sections.backfill->new_width, width["new"]);
  }
}

// Five data sets one after another: settings that judge another set train nothing anew.
TEST(Runner, LifelongSettingsTrainTheirModelsOnce) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  const char* const roles[] = {"first", "second", "third", "fourth", "fifth"};
  for (int k = 0; k < 5; ++k) {
    request.data[roles[k]] =
        ParseDataRef("pedsynth-" + std::string(1, static_cast<char>('a' + k)) +
                     ",identities=8,test-identities=4,images=4,distractors=1,junk=0");
  }
  request.settings = {"lifelong-replay-1", "lifelong-replay-4"};
  request.overrides = {"profile.epochs=1"};
  const std::string plan = DescribePlan(request, AllPlugIns());
  EXPECT_EQ(Count(plan, "to do    model"), 10U)
      << "five steps, four steps to the paragon whose first is there already, the joint model\n"
      << plan;
  const RunOutcome outcome = RunAll(request, AllPlugIns());
  ASSERT_EQ(outcome.record_files.size(), 2U);
  for (const std::string& file : outcome.record_files) {
    const RunRecord record = ReadRecord(file);
    EXPECT_EQ(record.status, "ok") << record.error;
    EXPECT_EQ(record.data.size(), 5U);
  }
}

// Two domains in one training: people and cameras of each are their own.
TEST(Runner, AModelMaySeeSeveralDataRoles) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  request.methods = {"bct"};
  Json json = SettingJson(FindSetting("cross-domain-supervised"));
  json["setting"] = "two-domains";
  json["models"]["new"]["data"] = {"target", "source"};
  request.settings = {JoinPath(root.path(), "two-domains.json")};
  WriteJsonAtomic(request.settings.front(), json);
  const RunRecord record = Only(RunAll(request, AllPlugIns()));
  EXPECT_EQ(record.status, "ok") << record.error;
  const auto model = [&](const std::string& key) {
    return *std::find_if(record.models.begin(), record.models.end(),
                         [&](const ModelRecord& m) { return m.key == key; });
  };
  EXPECT_EQ(model("new").data, "target+source");
  EXPECT_EQ(model("new").identities, 2 * model("old").identities);
}

}  // namespace
}  // namespace bcr
