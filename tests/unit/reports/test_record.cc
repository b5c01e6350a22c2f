#include "tests/unit/reports/test_record.h"

#include <nlohmann/json.hpp>

namespace bcr {
namespace {

constexpr double kOldSelf = 0.5;
constexpr double kParagon = 0.7;

CellRecord MakeCell(const std::string& query_model, const std::string& gallery_model, double map) {
  CellRecord cell;
  cell.query_model = query_model;
  cell.gallery_model = gallery_model;
  cell.valid_queries = 100;
  cell.invalid_queries = 3;
  cell.gallery_size = 500;
  cell.metrics["map_hits"] = {map, map - 0.01, map + 0.01, 100};
  cell.metrics["map_trapezoid"] = {map - 0.005, std::nullopt, std::nullopt, 100};
  cell.metrics["cmc1"] = {0.75, std::nullopt, std::nullopt, 100};
  cell.cmc = {0.75, 0.8, 0.8, 1.0};
  cell.per_query = FileRef{"per_query/" + query_model + "-" + gallery_model + ".csv", "00ff"};
  return cell;
}

ModelRecord MakeModel(const std::string& key) {
  ModelRecord model;
  model.key = key;
  model.backbone = "micro16";
  model.width = 64;
  model.feature_side = "after-neck";
  model.init = "random";
  model.labels = "ground-truth";
  model.data = "target";
  model.identities = 90;
  model.images = 900;
  model.epochs = 16;
  model.steps = 224;
  model.weights_hash = "aa" + key;
  model.view_hash = "bb" + key;
  model.seconds = 12.25;
  model.images_per_second = 1000.5;
  model.notes = Free({{"clusters", {3, 5, 8}}});
  return model;
}

DataRecord MakeData() {
  DataRecord data;
  data.reference = "pedsynth-a";
  data.reader = "pedsynth-a";
  data.revision = 1;
  data.hash = "0123456789abcdef0123456789abcdef";
  data.counts["train"] = {1000, 100, 4};
  data.differences = {"train: 999 images published"};
  return data;
}

}  // namespace

RunRecord TestRecord(const std::string& method, int64_t seed, double cross) {
  RunRecord record;
  record.official = true;
  record.setting = {"in-domain-data", 1};
  record.method = {method, 1};
  record.profile = {"quick", 1};
  record.seed = seed;
  record.data["target"] = MakeData();
  record.models = {MakeModel("old"), MakeModel("new"), MakeModel("paragon")};
  record.cells = {MakeCell("old", "old", kOldSelf), MakeCell("new", "new", 0.68),
                  MakeCell("new", "old", cross), MakeCell("old", "new", 0.55),
                  MakeCell("paragon", "paragon", kParagon)};
  CompatibilityRecord compatibility;
  const double gain = cross - kOldSelf;
  compatibility.gain = {gain, gain - 0.02, gain + 0.02, 100};
  compatibility.update_gain = gain / (kParagon - kOldSelf);
  compatibility.verdict = gain > 0.02 ? "yes" : gain <= -0.02 ? "no" : "undecided";
  record.compatibility = compatibility;
  record.scoring = {1,       "market", "cosine",      true,          "after-neck",
                    "equal", "hits",   "gallery-row", "same-camera", "-1"};
  record.random_map = 0.03;
  record.configuration = Free({{"profile", {{"epochs", 16}}}});
  record.time_split = {{"training", 30.5}, {"scoring", 0.25}};
  record.peak_memory_mib = 512.5;
  record.provenance = {Free({{"version", "0.1.0"}}), Free({{"cores", 2}}), Free(Json::object()),
                       "bcreid run", "2026-01-31T12:00:00Z"};
  return record;
}

StoredRecord TestStored(const std::string& method, int64_t seed, double cross) {
  RunRecord record = TestRecord(method, seed, cross);
  const std::string name = RecordFileName(record);
  return {name, std::move(record)};
}

CellRecord& CellOf(RunRecord& record, const std::string& query_model,
                   const std::string& gallery_model) {
  for (CellRecord& cell : record.cells) {
    if (cell.query_model == query_model && cell.gallery_model == gallery_model) return cell;
  }
  return record.cells.at(record.cells.size());
}

}  // namespace bcr
