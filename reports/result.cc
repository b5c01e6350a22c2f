#include "reports/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "reports/score_report.h"

namespace bcr {
namespace {

// Lists are named by what their items are called, so that a further item does not rename others.
std::string ItemName(const Json& item, size_t place) {
  const auto text = [&](const char* key) {
    const bool there = item.is_object() && item.contains(key) && item[key].is_string();
    return there ? item[key].get<std::string>() : std::string();
  };
  if (!text("key").empty()) return text("key");
  if (!text("model").empty() && !text("side").empty()) return text("model") + "." + text("side");
  return fmt::format("{}", place);
}

void Flatten(const Json& value, const std::string& name, std::vector<Fact>& facts) {
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      Flatten(item, name.empty() ? key : name + "." + key, facts);
    }
  } else if (value.is_array() && !value.empty() && value[0].is_structured()) {
    for (size_t i = 0; i < value.size(); ++i) {
      Flatten(value[i], name + "." + ItemName(value[i], i), facts);
    }
  } else {
    facts.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  }
}

// `json` without what is a result rather than a condition of it.
std::vector<Fact> FactsOf(Json json) {
  for (const char* key :
       {"cells", "compatibility", "pair_criterion", "matrix", "backfill", "slices", "search",
        "thresholds", "changes", "episodes", "candidates", "schema_version", "reference_floor",
        "status", "error", "time_split", "peak_memory_mib"}) {
    json.erase(key);
  }
  std::vector<Fact> facts;
  Flatten(json, "", facts);
  std::sort(facts.begin(), facts.end(),
            [](const Fact& a, const Fact& b) { return a.name < b.name; });
  return facts;
}

void AddFigures(const std::optional<CompatibilityRecord>& compatibility, Result& result) {
  result.compatibility = compatibility;
  if (!compatibility) return;
  result.figures = compatibility->values;
  result.figures["gain"] = compatibility->gain;
  if (compatibility->update_gain && result.figures.count("update_gain") == 0) {
    result.figures["update_gain"] = {*compatibility->update_gain, std::nullopt, std::nullopt,
                                     compatibility->gain.n};
  }
}

void AddMatrix(const std::optional<MatrixFigures>& matrix, Result& result) {
  if (!matrix) return;
  for (const auto& [name, value] : matrix->values) result.figures["matrix." + name] = value;
}

// Of text that is no JSON, such as a result cut short: keys are sorted, so cells come first.
bool ClaimsToBeAResult(const std::string& text) {
  return text.find("\"gallery_model\"") != std::string::npos ||
         text.find(kScoreReportKind) != std::string::npos;
}

}  // namespace

bool IsScoreReport(const Json& json) {
  return json.is_object() && json.contains("kind") && json["kind"] == kScoreReportKind;
}

bool IsResult(const Json& json) {
  return IsScoreReport(json) || (json.is_object() && json.contains("schema_version") &&
                                 json.contains("setting") && json.contains("cells"));
}

Result ReadResult(const std::string& path) { return ResultFromJson(ReadJsonFile(path), path); }

Result ResultFromJson(const Json& json, const std::string& path) {
  if (!IsResult(json)) {
    const bool leaderboard = json.is_object() && json.contains("tables");
    throw Error(
        ErrorCode::kData,
        {path, leaderboard ? "a leaderboard" : "another kind of JSON",
         "a run record or a score report",
         leaderboard ? "Name the records it was folded from: the folder `records` beside it."
                     : "`bcreid run` and `bcreid score --json FILE` write them."});
  }
  Result result;
  result.path = path;
  if (IsScoreReport(json)) {
    const ScoreReport report = ScoreReportFromJson(json, path);
    result.kind = "score report";
    result.models = report.models;
    result.cells = report.cells;
    result.scoring = report.scoring;
    AddFigures(report.compatibility, result);
    AddMatrix(report.sections.matrix, result);
    result.facts = FactsOf(ComparableScoreJson(report));
  } else {
    const RunRecord record = RecordFromJson(json, path);
    result.kind = "run record";
    for (const ModelRecord& model : record.models) result.models.push_back(model.key);
    result.upgrade = record.upgrade;
    result.cells = record.cells;
    result.scoring = record.scoring;
    AddFigures(record.compatibility, result);
    AddMatrix(record.sections.matrix, result);
    result.facts = FactsOf(ComparableJson(record));
  }
  return result;
}

std::vector<std::string> ListResults(const std::string& folder, std::vector<std::string>& skipped) {
  std::vector<std::string> names;
  for (const std::string& name : ListFiles(folder)) {
    if (!name.ends_with(".json")) continue;
    const std::string path = JoinPath(folder, name);
    std::string text;
    try {
      text = ReadFile(path);
      if (IsResult(ParseJson(text, path))) names.push_back(name);
    } catch (const Error& error) {
      if (ClaimsToBeAResult(text)) throw;
      skipped.push_back(error.what());
    }
  }
  if (!names.empty()) return names;
  throw Error(ErrorCode::kMissing,
              {folder, "no result", "run records or score reports (*.json)",
               "Name the folder `records` that `bcreid run` wrote, or one file."});
}

const CellRecord* FindCell(const Result& result, const std::string& query_model,
                           const std::string& gallery_model) {
  for (const CellRecord& cell : result.cells) {
    if (cell.query_model == query_model && cell.gallery_model == gallery_model) return &cell;
  }
  return nullptr;
}

std::string FactOf(const Result& result, const std::string& name) {
  for (const Fact& fact : result.facts) {
    if (fact.name == name) return fact.value;
  }
  return "";
}

}  // namespace bcr
