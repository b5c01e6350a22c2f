#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/matrix.h"

namespace bcr {

class TimeSplit;

// A clusterer gives the rows of a feature matrix labels. This header is what its author needs; one
// file in methods/clusterers each.

// What a call may use beside the rows.
struct ClusterCall {
  uint64_t seed = 1;  // for clusterers that draw; derive named streams from it
  int threads = 0;    // no bit depends on it
  // Seconds by step, "neighbours" among them; may be null.
  TimeSplit* time = nullptr;
  // Of the search for neighbours, as NeighbourOptions; may be null.
  std::function<void(int64_t done, int64_t total)> progress;
};

// Labels of unit rows (float32 n x d): clusters are 0, 1, ..., outliers -1. Same rows, call and
// parameters, same labels. Throws kData for rows that are not finite.
using Clusterer =
    std::function<std::vector<int64_t>(MatrixView unit_rows, const ClusterCall& call)>;

struct ClustererInfo {
  std::string name;
  int revision = 0;        // raised whenever labels can change
  std::string about;       // one line
  std::string source;      // paper and equation
  std::string parameters;  // JSON object of parameters with their defaults
  // Likewise those that came later: in the key of a stored model where they are given.
  std::string later_parameters = "{}";
  Clusterer (*make)(JsonReader& parameters) = nullptr;
  // What is allowed in these (complete) parameters but not advisable, as a sentence; "" where
  // nothing is. May be null.
  std::string (*warn)(const Json& parameters) = nullptr;
};

using ClustererTable = std::vector<const ClustererInfo*>;
// Generated from methods/clusterers/CMakeLists.txt.
ClustererTable clusterer_table();

// The clusterer of that name; throws kConfig with the nearest one.
const ClustererInfo& FindClusterer(const ClustererTable& table, const std::string& name);

// All parameters with their defaults.
Json DefaultsOf(const ClustererInfo& info);

// A clusterer as asked for: `name[,key=value...]`, e.g. `dbscan,eps=0.5`.
struct ClustererChoice {
  const ClustererInfo* info = nullptr;
  std::string parameters;  // JSON object: every parameter, defaults filled in
};
// Throws kUsage or kConfig: another form, an unknown name or key, a value of another kind.
ClustererChoice ParseClusterer(const ClustererTable& table, const std::string& reference);

// Throws kConfig for parameters out of range or unknown, naming `where`.
Clusterer MakeClusterer(const ClustererInfo& info, const Json& parameters,
                        const std::string& where);

}  // namespace bcr
