#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/eval/statistics/paired_test.h"
#include "reports/result.h"

namespace bcr {

struct FactDifference {
  // "" where a result has no such fact. A whole set or model that one result lacks is one fact:
  // its name, with "present" on one side.
  std::string name, a, b;
};

struct FigureDifference {
  std::string cell;    // "new/old"; "" for a figure of the whole upgrade
  std::string figure;  // "map_hits", "gain", "matrix.ac"
  double a = 0, b = 0;
  // b - a per query; absent where the figure is no mean over queries
  // or a result came without its per-query files.
  std::optional<PairedTest> test;
  // better or worse: of b, where the interval excludes 0 and p is at most 0.05; undecided; same:
  // equal query for query, although many could differ;
  // "" without a test.
  std::string verdict;
};

struct Comparison {
  std::string name;  // of the pair, where folders are compared
  std::string a, b;  // paths
  std::vector<FactDifference> facts;
  std::vector<std::string> obstacles;  // why figures of the two do not answer one question
  std::vector<std::string> notes;
  std::vector<FigureDifference> figures;
};

struct CompareOptions {
  uint64_t seed = 1;
  int resamples = 10000;
};

// Compares what both results have: each cell's metrics, gain, flips, and other figures. Throws
// kData where their queries differ, naming the first that do, and where they share no cell.
Comparison Compare(const Result& a, const Result& b, const CompareOptions& options);

// Settings that must be equal for figures to answer one question, as sentences where they are not.
std::vector<std::string> ObstaclesBetween(const Result& a, const Result& b);

// {"kind": "comparison", ...}; FORMAT.md describes it.
Json ComparisonJson(const std::vector<Comparison>& pairs, const CompareOptions& options);

// As text of at most `columns` characters a line where names allow it.
std::string ComparisonText(const Comparison& comparison, int columns);

}  // namespace bcr
