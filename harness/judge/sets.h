#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/features/feature_table.h"
#include "harness/features/row_source.h"
#include "harness/judge/request.h"
#include "reports/score_report.h"

namespace bcr {

// An opened feature set, its rows in the order of the first model's set of the same side.
struct OpenSet {
  std::string flag;  // how the user named it
  FeatureTable table;
  std::shared_ptr<const RowSource> rows;  // of the table, perhaps in another order
  FeatureIndex index;                     // row for row with `rows`
  bool reordered = false;
};

struct OpenModel {
  std::string key;
  OpenSet query;
  std::optional<OpenSet> gallery;
};

// Opens every set, joins queries to the first model's queries and galleries to the first gallery,
// both by `image`, and checks what the policy asks of them. Throws kData (or what opening throws):
// sets that do not hold the same images with the same identities and cameras (names the first rows
// that differ), unequal widths of one model's query and gallery, labels that are not clear
// (RequireClearLabels), one camera throughout where the policy drops matches of the same camera,
// queries that are junk or distractors.
std::vector<OpenModel> OpenModels(const ScoreRequest& request);

// What a user should know before believing the figures, as sentences: queries that are in the
// gallery too where the policy does not drop them.
std::vector<std::string> NotesOn(const OpenModel& model, Policy policy);

SetRecord DescribeSet(const std::string& model, const std::string& side, const OpenSet& set,
                      Policy policy);

}  // namespace bcr
