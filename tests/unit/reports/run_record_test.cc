#include "reports/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

std::string MessageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

std::string ReadRefusal(const Json& json) {
  return MessageOf([&] { RecordFromJson(json, "r.json"); });
}

std::string WriteRefusal(const RunRecord& record) {
  return MessageOf([&] { RecordJson(record); });
}

TEST(RunRecord, RoundTripKeepsEveryField) {
  const Json json = RecordJson(TestRecord("bct", 3));
  EXPECT_EQ(RecordJson(RecordFromJson(json, "r.json")), json);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["cells"][2]["query_model"], "new");
  EXPECT_EQ(json["cells"][2]["gallery_model"], "old");
  EXPECT_EQ(json["models"][0]["notes"]["clusters"][2], 8);
  EXPECT_EQ(json["reference_floor"]["random_map"], 0.03);
}

TEST(RunRecord, AbsentStaysAbsent) {
  RunRecord record = TestRecord("bct", 3);
  record.random_map.reset();
  record.compatibility.reset();
  record.configuration.reset();
  CellOf(record, "new", "old").per_query.reset();
  const Json json = RecordJson(record);
  EXPECT_FALSE(json.contains("compatibility"));
  EXPECT_FALSE(json["reference_floor"].contains("random_map"));
  EXPECT_EQ(json["configuration"], Json::object());
  EXPECT_EQ(DumpJson(json).find("null"), std::string::npos);
  EXPECT_EQ(RecordJson(RecordFromJson(json, "r.json")), json);
}

TEST(RunRecord, NotFiniteNumbersAreRefusedByName) {
  RunRecord record = TestRecord("bct", 3);
  record.models[1].images_per_second = std::numeric_limits<double>::infinity();
  EXPECT_THAT(WriteRefusal(record), HasSubstr("models.1.images_per_second"));
  record = TestRecord("bct", 3);
  CellOf(record, "new", "old").metrics["map_hits"].value = std::nan("");
  EXPECT_THAT(WriteRefusal(record), HasSubstr("cells.2.metrics.map_hits.value"));
}

TEST(RunRecord, NewerSchemaIsRefusedWithAHint) {
  Json json = RecordJson(TestRecord("bct", 3));
  json["schema_version"] = 2;
  json["a_field_of_the_future"] = 1;
  EXPECT_THAT(ReadRefusal(json), HasSubstr("update this one"));
}

TEST(RunRecord, UnknownMissingAndMistypedFieldsAreRefused) {
  const Json valid = RecordJson(TestRecord("bct", 3));
  Json json = valid;
  json["cells"][0]["gallery_modle"] = "old";
  EXPECT_THAT(ReadRefusal(json), HasSubstr("gallery_model"));
  json = valid;
  json["cells"][0]["metrics"]["map"] = json["cells"][0]["metrics"]["map_hits"];
  EXPECT_THAT(ReadRefusal(json), HasSubstr("cells[0].metrics.map"));
  json = valid;
  json["models"] = 3;
  EXPECT_THAT(ReadRefusal(json), HasSubstr("a list"));
  json = valid;
  json["peak_memory_mib"] = nullptr;
  EXPECT_THAT(ReadRefusal(json), HasSubstr("peak_memory_mib"));
  for (const auto& [key, value] : valid.items()) {
    if (key == "compatibility") continue;
    json = valid;
    json.erase(key);
    EXPECT_THAT(ReadRefusal(json), HasSubstr(key));
  }
  EXPECT_THAT(ReadRefusal(Json::array()), HasSubstr("a run record"));
}

TEST(RunRecord, ContradictionsAreRefused) {
  const auto refusal = [](const std::function<void(RunRecord&)>& change) {
    RunRecord record = TestRecord("bct", 3);
    change(record);
    return WriteRefusal(record);
  };
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").cmc[1] = 0.7; }),
              HasSubstr("rises"));
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").cmc[0] = 0.7; }),
              HasSubstr("cmc1"));
  EXPECT_THAT(
      refusal([](RunRecord& r) { CellOf(r, "old", "old").metrics["map_hits"].value = 1.2; }),
      HasSubstr("map_hits"));
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").metrics["cmc1"].n = 99; }),
              HasSubstr("100 valid queries"));
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").metrics["map_hits"].low = 0.9; }),
              HasSubstr("interval"));
  EXPECT_THAT(
      refusal([](RunRecord& r) { CellOf(r, "old", "old").metrics["map_hits"].low.reset(); }),
      HasSubstr("half an interval"));
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").query_model = "odl"; }),
              HasSubstr("`odl`"));
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").query_model = "new"; }),
              HasSubstr("twice"));
  EXPECT_THAT(refusal([](RunRecord& r) { CellOf(r, "old", "old").status = "failed"; }),
              HasSubstr("failed"));
  EXPECT_THAT(refusal([](RunRecord& r) { r.unofficial_reasons = {"x"}; }), HasSubstr("official"));
  EXPECT_THAT(refusal([](RunRecord& r) { r.official = false; }), HasSubstr("without a reason"));
  EXPECT_THAT(refusal([](RunRecord& r) { r.status = "partial"; }), HasSubstr("says why"));
  EXPECT_THAT(refusal([](RunRecord& r) { r.compatibility->update_gain_reason = "x"; }),
              HasSubstr("update gain"));
}

TEST(RunRecord, FailedCellsMayNameAModelThatWasNotMade) {
  RunRecord record = TestRecord("bct", 3);
  std::erase_if(record.models, [](const ModelRecord& model) { return model.key == "new"; });
  record.status = "failed";
  record.error = "no new model";
  record.compatibility.reset();
  for (CellRecord& cell : record.cells) {
    if (cell.query_model != "new" && cell.gallery_model != "new") continue;
    CellRecord failed;
    failed.query_model = cell.query_model;
    failed.gallery_model = cell.gallery_model;
    failed.status = "failed";
    failed.error = "no new model";
    cell = failed;
  }
  const RunRecord read = RecordFromJson(RecordJson(record), "record");
  EXPECT_EQ(read.models.size(), record.models.size());
  EXPECT_EQ(FindCell(read, "new", "old")->error, "no new model");
}

TEST(RunRecord, ComparableJsonLeavesOutTimesAlone) {
  RunRecord a = TestRecord("bct", 3), b = TestRecord("bct", 3);
  b.time_split["training"] = 99;
  b.models[0].seconds = 99;
  b.models[0].reused = true;
  b.peak_memory_mib = 1;
  b.provenance.created = "2026-02-01T12:00:00Z";
  EXPECT_EQ(ComparableJson(a), ComparableJson(b));
  b.models[0].weights_hash = "other";
  EXPECT_NE(ComparableJson(a), ComparableJson(b));
}

}  // namespace
}  // namespace bcr
