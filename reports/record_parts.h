#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "reports/run_record.h"

// The pieces that run records and score reports have in common, one reader and one writer each;
// private to this folder. Readers throw kData or kConfig, naming `where` and the key, and refuse
// unknown keys.
namespace bcr::parts {

inline constexpr int64_t kMaxCount = std::numeric_limits<int64_t>::max();
inline constexpr double kMaxNumber = std::numeric_limits<double>::max();

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected, const std::string& hint = "");

const Json& Object(JsonReader& reader, const std::string& key);
const Json& List(JsonReader& reader, const std::string& key);
FreeJson ReadFree(JsonReader& reader, const std::string& key);
int64_t Count(JsonReader& reader, const std::string& key);
int Revision(JsonReader& reader);
double Share(JsonReader& reader, const std::string& key);      // from 0 to 1
double AnyNumber(JsonReader& reader, const std::string& key);  // finite
std::optional<double> OptionalNumber(JsonReader& reader, const std::string& key);
std::map<std::string, double> ReadTimes(JsonReader& reader);

// The value must lie in [-bound, bound].
MetricValue ReadMetric(const Json& json, const std::string& where, double bound = 1);
CellRecord ReadCell(const Json& json, const std::string& where);
CompatibilityRecord ReadCompatibility(const Json& json, const std::string& where);
// The list `adapters` of a result; empty where it has none.
std::vector<AdapterRecord> ReadAdapters(JsonReader& result);
ScoringRecord ReadScoring(const Json& json, const std::string& where);
RecordProvenance ReadProvenance(const Json& json, const std::string& where);

Json FreeValue(const FreeJson& free);
Json MetricJson(const MetricValue& metric);
Json CellJson(const CellRecord& cell);
Json CompatibilityJson(const CompatibilityRecord& compatibility);
// Adds nothing where there is no adapter.
void AddAdapters(const std::vector<AdapterRecord>& adapters, Json& result);
Json ScoringJson(const ScoringRecord& scoring);
Json ProvenanceJson(const RecordProvenance& provenance);

// The optional sections, as keys of the result itself; `where` of the reader names the result.
void AddSections(const Sections& sections, Json& result);
Sections ReadSections(JsonReader& reader);

// Throws kInternal on NaN or infinity, naming the field behind `path`.
void RefuseNotFinite(const Json& value, const std::string& path);

// Checks shared by CheckRecord and CheckScoreReport; each throws kData naming `where`.
void CheckMetric(const MetricValue& metric, double low, double high, const std::string& where);
// Each cell once, sound in itself, naming models of `keys` only (a failed cell may name others:
// they were not made); each key once.
void CheckCells(const std::vector<std::string>& keys, const std::vector<CellRecord>& cells,
                const std::string& where);
// Adapters lie between two models of `keys` and have widths.
void CheckAdapters(const std::vector<std::string>& keys, const std::vector<AdapterRecord>& adapters,
                   const std::string& where);
void CheckCompatibility(const CompatibilityRecord& compatibility, const std::string& where);
// Sections name models of `keys` only; a matrix is a triangle with one row a model.
void CheckSections(const std::vector<std::string>& keys, const Sections& sections,
                   const std::string& where);

}  // namespace bcr::parts
