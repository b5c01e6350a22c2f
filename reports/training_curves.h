#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/run_record.h"

namespace bcr {

// What the notes of a model say epoch by epoch. Notes are free: what is of another form is left
// out, never an error.

struct EpochValue {
  int64_t epoch = 0;  // 1-based
  double value = 0;
};
// By the name of the figure, in the order of the epochs.
using EpochCurves = std::map<std::string, std::vector<EpochValue>>;

// notes["epochs"]: a list of {"epoch": n, "figures": {name: number}}.
EpochCurves EpochFigures(const ModelRecord& model);
// notes["clusters"]: a list of {"epoch": n, name: number, ...}, one for each clustering.
EpochCurves EpochClusters(const ModelRecord& model);

// notes["last_epoch"]: {name: number}, without the epoch's own number.
std::map<std::string, double> LastEpochFigures(const ModelRecord& model);

// The mean of several seeds' curves, at the epochs that all of them have.
std::vector<EpochValue> MeanCurve(const std::vector<std::vector<EpochValue>>& seeds);

}  // namespace bcr
