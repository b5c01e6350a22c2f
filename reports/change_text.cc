#include "reports/change_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96, kNameWidth = 32;

using Rows = std::vector<std::vector<std::string>>;

std::string Values(double before, double after) {
  return fmt::format("{} -> {}", Percent(before), Percent(after));
}

std::string IdentitiesText(const ChangeFigures& figures, size_t most) {
  Rows rows = {{"identities that lose most", "queries", "mAP", "change"}};
  const auto& worst = figures.worst_identities;
  for (size_t i = 0; i < std::min(most, worst.size()); ++i) {
    rows.push_back({Shortened(worst[i].identity, kNameWidth), Grouped(worst[i].queries),
                    Values(worst[i].before, worst[i].after),
                    SignedPoints(worst[i].after - worst[i].before)});
  }
  return rows.size() == 1 ? "" : AlignedTable(rows, {0});
}

std::string QueriesText(const ChangeFigures& figures) {
  Rows rows = {
      {"queries that lose most", "identity", "camera", "AP", "change", "first match at rank"}};
  for (const ChangeFigures::Query& query : figures.worst_queries) {
    rows.push_back(
        {Shortened(query.image, kNameWidth), Shortened(query.identity, kNameWidth / 2),
         Shortened(query.camera, kNameWidth / 2), Values(query.before, query.after),
         SignedPoints(query.after - query.before),
         fmt::format("{} -> {}", Grouped(query.rank_before), Grouped(query.rank_after))});
  }
  return rows.size() == 1 ? "" : "\n" + AlignedTable(rows, {0, 1, 2});
}

std::string CamerasText(const ChangeFigures& figures) {
  Rows rows = {
      {"camera pairs that lose most", "gallery camera", "queries", "identities", "mAP", "change"}};
  for (const ChangeFigures::CameraPair& pair : figures.worst_camera_pairs) {
    rows.push_back({Shortened(pair.query_camera, kNameWidth),
                    Shortened(pair.gallery_camera, kNameWidth), Grouped(pair.queries),
                    Grouped(pair.identities), Values(pair.before, pair.after),
                    SignedPoints(pair.after - pair.before)});
  }
  return rows.size() == 1 ? "" : "\n" + AlignedTable(rows, {0, 1});
}

}  // namespace

std::string ChangesHead(const ChangeFigures& figures) {
  if (figures.identities_worse == 0) {
    return fmt::format("Nobody of {} identities is found worse on the old gallery.",
                       Grouped(figures.identities));
  }
  return fmt::format(
      "Who gets worse: {} of {} identities ({} of {} queries) have a lower AP on the old gallery "
      "than before. The worst of many look bad by chance as well: one identity has few queries.",
      Grouped(figures.identities_worse), Grouped(figures.identities),
      Grouped(figures.queries_worse), Grouped(figures.queries));
}

std::string ChangesText(const ChangeFigures& figures, bool all) {
  const size_t shown =
      all ? figures.worst_identities.size() : static_cast<size_t>(kIdentitiesShown);
  std::string text = Wrapped(ChangesHead(figures), kColumns) + IdentitiesText(figures, shown);
  if (all) text += QueriesText(figures) + CamerasText(figures);
  return text;
}

}  // namespace bcr
