#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "reports/per_query.h"
#include "reports/run_record.h"

namespace bcr {

// One view on run records and score reports, for whoever compares them.

struct Fact {
  std::string name;   // path of the key in the JSON, e.g. "scoring.policy", "sets.old.query.hash"
  std::string value;  // as text
};

struct Result {
  std::string path;
  std::string kind;                 // "run record" or "score report"
  std::vector<std::string> models;  // keys, in the order of the file: old before new
  UpgradeModels upgrade;            // between which the verdict is given
  std::vector<CellRecord> cells;
  std::optional<CompatibilityRecord> compatibility;
  std::map<std::string, MetricValue> figures;  // of the whole: "gain", "update_gain", "matrix.ac"
  ScoringRecord scoring;
  // Everything else that could explain a difference, sorted by name; times and hosts left out.
  std::vector<Fact> facts;
};

// Reads either kind. Throws kMissing, kIo, kConfig or kData, naming the file; says what to hand in
// instead of a leaderboard.
Result ReadResult(const std::string& path);
Result ResultFromJson(const Json& json, const std::string& path);

// The results in a folder, by name (files of other kinds left out). Files that are no JSON are left
// out too, each with a line in `skipped`, unless their text says that they are results: one cut
// short throws kConfig. Throws kMissing where there is no result.
std::vector<std::string> ListResults(const std::string& folder, std::vector<std::string>& skipped);

const CellRecord* FindCell(const Result& result, const std::string& query_model,
                           const std::string& gallery_model);

// The text of a fact; "" where the result has none of this name.
std::string FactOf(const Result& result, const std::string& name);

// The per-query values of a cell, from the side file it names; absent where it names none or the
// file is gone. Throws kData where the file is not the one the result was stored with.
std::optional<std::vector<PerQueryRow>> ReadQueries(const Result& result, const CellRecord& cell);

// A per-query side file to be stored beside a result.
struct SideFile {
  std::string file;  // relative to the result
  std::string text;
};

// "queries/<hash>.csv".
SideFile MakeSideFile(const std::vector<PerQueryRow>& rows, FileRef& ref);

// Throws kUsage where `path` exists and holds anything but a JSON object that `own` accepts: a slip
// of the hand must not cost a file. Reads nothing else. Follows links; throws kIo for a device,
// pipe or socket.
void RequireReplaceable(const std::string& path, const std::string& kind,
                        const std::function<bool(const Json&)>& own);
// The same for files that are no JSON: `own` is given the path of the regular file that lies there.
void RequireReplaceableFile(const std::string& path, const std::string& kind,
                            const std::function<bool(const std::string& target)>& own);
bool IsScoreReport(const Json& json);
bool IsResult(const Json& json);

// Writes side files, then the JSON, each atomically, where `path` points if it is a link; where
// anything fails, files that were not there before are removed again. Side files that the replaced
// result named and no JSON file of the folder names any more are removed.
void StoreResult(const std::string& path, const Json& json, const std::vector<SideFile>& side);

// Copies a result with its side files, byte for byte, so that the copy stands by itself.
void CopyResult(const Result& result, const std::string& to);

}  // namespace bcr
