#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cluster/clusterer.h"
#include "harness/cluster/label_quality.h"
#include "harness/core/time_split.h"

namespace bcr {

struct FeatureTable;

// What `bcreid cluster` found.
struct ClusterReport {
  const FeatureTable* table = nullptr;  // borrowed
  ClustererChoice clusterer;
  uint64_t seed = 1;
  std::vector<int64_t> labels;  // of the table's rows
  ClusterShape shape;
  struct Quality {
    NoiseConvention noise;
    LabelQuality scores;
  };
  // Against the identities of the index, under each convention for outliers; empty without them.
  std::vector<Quality> quality;
  // Against other labels of the same images, each outlier a cluster of its own on both sides.
  struct Agreement {
    std::string file;
    LabelQuality scores;
  };
  std::optional<Agreement> agreement;
  TimeSplit time;  // "neighbours" and "all"
  std::string command_line;
};

// Shape and quality of labels of the table's rows.
void DescribeLabels(ClusterReport& report);
// Holds them against a file of labels (image,label in any order). Throws kData where it lacks an image
// of the table or its form.
void CompareLabels(const std::string& file, ClusterReport& report);

// The report as people read it, as JSON (reports/FORMAT.md), and the labels as CSV: image,label.
std::string ClusterText(const ClusterReport& report);
Json ClusterJson(const ClusterReport& report);
constexpr char kLabelsHeader[] = "image,label\n";
std::string LabelsCsv(const ClusterReport& report);

}  // namespace bcr
