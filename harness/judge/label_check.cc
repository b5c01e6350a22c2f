#include "harness/judge/label_check.h"

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/labels.h"
#include "harness/judge/sets.h"

namespace bcr {
namespace {

std::string SetsOf(const OpenModel& model) {
  std::string text = fmt::format("{} {}", model.query.flag, model.query.table.parts[0].index_path);
  if (!model.gallery) return text;
  return text +
         fmt::format(" and {} {}", model.gallery->flag, model.gallery->table.parts[0].index_path);
}

using Labels = std::vector<std::string> FeatureIndex::*;

void RequireClear(const OpenModel& model, const std::string& column, Labels labels, bool specials) {
  LabelCounts counts;
  CountLabels(model.query.index.*labels, counts);
  if (model.gallery) CountLabels(model.gallery->index.*labels, counts);
  const std::optional<UnclearLabels> unclear = FindUnclear(counts, column, specials);
  if (!unclear) return;
  throw Error(ErrorCode::kData,
              {SetsOf(model), unclear->found, unclear->expected,
               std::string(unclear->missing ? "Fill it in or leave these rows out"
                                            : "--labels numeric reads equal numbers as one label") +
                   "; --labels exact takes every label as it is written."});
}

// Such a column switches the rule of the same camera off without a word.
void RequireSharedCamera(const OpenModel& model) {
  LabelCounts query, gallery;
  CountLabels(model.query.index.cameras, query);
  CountLabels(model.gallery->index.cameras, gallery);
  for (const auto& entry : query) {
    if (gallery.count(entry.first) > 0) return;
  }
  throw Error(
      ErrorCode::kData,
      {SetsOf(model),
       fmt::format(
           "no query camera in the gallery: queries have `{}` and {} more, the gallery `{}` "
           "and {} more",
           query.begin()->first, query.size() - 1, gallery.begin()->first, gallery.size() - 1),
       "cameras spelled alike on both sides, since the policy drops matches of the same camera",
       "Where both sides were really taken by different cameras, --labels exact says so."});
}

}  // namespace

LabelReading ParseLabelReading(const std::string& text) {
  if (text.empty()) return LabelReading::kUnambiguous;
  if (text == "exact") return LabelReading::kExact;
  if (text == "numeric") return LabelReading::kNumeric;
  throw Error(ErrorCode::kUsage, {"--labels", fmt::format("`{}`", text), "exact or numeric",
                                  "Left out, labels are read as text and refused where that text "
                                  "may mean something else."});
}

std::string LabelReadingName(LabelReading reading) {
  if (reading == LabelReading::kUnambiguous) return "";
  return reading == LabelReading::kExact ? "exact" : "numeric";
}

void ReadLabels(LabelReading reading, OpenSet& set) {
  if (reading != LabelReading::kNumeric) return;
  for (FeatureIndex* index : {&set.index, &set.table.index}) {
    for (auto* labels : {&index->identities, &index->cameras}) {
      for (std::string& label : *labels) label = CanonicalNumber(label).value_or(label);
    }
  }
}

void RequireClearLabels(LabelReading reading, Policy policy, const OpenModel& model) {
  if (reading == LabelReading::kExact) return;
  RequireClear(model, "identity", &FeatureIndex::identities, policy == Policy::kMarket);
  if (policy == Policy::kNone) return;
  RequireClear(model, "camera", &FeatureIndex::cameras, false);
  if (model.gallery) RequireSharedCamera(model);
}

}  // namespace bcr
