#include "harness/judge/upgrade_adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "harness/adapt/adapter_cost.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/error.h"
#include "harness/judge/sets.h"

namespace bcr {
namespace {

[[noreturn]] void Refuse(const SetFitRequest& asked, const std::string& found,
                         const std::string& expected, const std::string& hint) {
  throw Error(ErrorCode::kUsage, {"--adapter " + asked.choice.info->name, found, expected, hint});
}

void CheckFitSets(const SetFitRequest& asked) {
  const bool fitted = asked.choice.info->needs == AdapterNeeds::kRows;
  const bool some = !asked.old_set.empty() || !asked.new_set.empty();
  const bool both = !asked.old_set.empty() && !asked.new_set.empty();
  if (fitted && !both) {
    Refuse(asked, some ? "one of --fit-old and --fit-new" : "no sets to fit it on",
           "--fit-old and --fit-new: features of the same training images by both models",
           "Take images that are neither queries nor gallery.");
  }
  if (!fitted && some) {
    Refuse(asked, "--fit-old or --fit-new", "no sets: this adapter is not fitted on rows",
           fmt::format("It is made of {}.", AdapterNeedsText(asked.choice.info->needs)));
  }
}

SetFit Fit(const SetFitRequest& asked, const OpenSet& from, const OpenSet& to) {
  if (asked.choice.info->needs == AdapterNeeds::kRows) return FitOnSets(asked);
  RequireSide(*asked.choice.info, asked.side);
  FitData widths;
  widths.from = from.rows;
  widths.to = to.rows;
  return {FitAdapter(asked.choice, widths), "", "", {}};
}

}  // namespace

AdapterRecord DescribeMap(const FittedAdapter& adapter, bool maps_later, const std::string& model,
                          const std::string& earlier) {
  AdapterRecord record;
  record.adapter =
      fmt::format("{} r{} {}", adapter.info().name, adapter.info().revision, adapter.parameters());
  record.side = AdapterSideName(maps_later ? AdapterSide::kQuery : AdapterSide::kGallery);
  record.model = model;
  record.earlier = earlier;
  record.width_in = static_cast<int64_t>(adapter.width_in());
  record.width_out = static_cast<int64_t>(adapter.width_out());
  record.both_models = adapter.mixes();
  record.hash = adapter.hash();
  return record;
}

UpgradeAdapter FitForUpgrade(const SetFitRequest& asked, const std::vector<OpenModel>& models) {
  CheckFitSets(asked);
  const OpenModel &old_model = models.at(0), &new_model = models.at(1);
  const bool maps_later = asked.side == AdapterSide::kQuery;
  const OpenSet& mapped = maps_later ? new_model.query : *old_model.gallery;
  const OpenSet& other = maps_later ? *old_model.gallery : new_model.query;
  UpgradeAdapter result{Fit(asked, mapped, other), maps_later, {}};
  result.record = DescribeMap(result.fit.adapter, maps_later, new_model.key, old_model.key);
  const AdapterCost cost = MeasureAdapter(result.fit.adapter, mapped.rows);
  result.record.images = static_cast<int64_t>(result.fit.images.size());
  result.record.bytes_a_row = static_cast<int64_t>(cost.bytes_a_row);
  result.record.ms_a_row = cost.ms_a_row;
  return result;
}

std::vector<std::string> NotesOnFit(const UpgradeAdapter& adapter, const OpenModel& scored) {
  std::unordered_set<std::string> seen(scored.query.index.images.begin(),
                                       scored.query.index.images.end());
  if (scored.gallery) {
    seen.insert(scored.gallery->index.images.begin(), scored.gallery->index.images.end());
  }
  const std::vector<std::string>& images = adapter.fit.images;
  const auto is_seen = [&](const std::string& image) { return seen.count(image) > 0; };
  const auto first = std::find_if(images.begin(), images.end(), is_seen);
  if (first == images.end()) return {};
  return {
      fmt::format("{} of the {} images that the adapter was fitted on are scored too, by name "
                  "(first `{}`): its figures are then too good; fit it on training images",
                  std::count_if(first, images.end(), is_seen), images.size(), *first)};
}

}  // namespace bcr
