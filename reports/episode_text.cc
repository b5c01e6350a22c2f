#include "reports/episode_text.h"

#include <fmt/format.h>

#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;

using Kind = EpisodeFigures::Kind;
using Mean = EpisodeFigures::Mean;
using Rows = std::vector<std::vector<std::string>>;

std::string HeadText(const Kind& kind, int64_t episodes) {
  std::string text = fmt::format(
      "{}-way {}-shot: {} episodes of {} people, each enrolled with {} gallery image{} and asked "
      "for "
      "by up to {} ({:.1f} on average).",
      kind.way, kind.shot, Grouped(episodes), Grouped(kind.identities), kind.shot,
      kind.shot == 1 ? "" : "s", kind.queries, kind.mean_queries);
  if (!kind.left_out.empty()) {
    text += fmt::format(" {} of the queries' people have too few images.",
                        Grouped(static_cast<int64_t>(kind.left_out.size())));
  }
  return Wrapped(text, kColumns);
}

std::string HalfWidth(const Mean& mean) { return "± " + Percent(mean.half_width, 2); }

std::string CellsText(const Kind& kind) {
  Rows rows = {{"query/gallery", "accuracy", "episodes", "people [95 %]"}};
  for (const EpisodeFigures::Cell& cell : kind.cells) {
    const MetricValue& value = cell.accuracy.value;
    rows.push_back({cell.query_model + "/" + cell.gallery_model, Percent(value.value, 2),
                    HalfWidth(cell.accuracy),
                    value.low ? PercentInterval(*value.low, *value.high, value.few) : "-"});
  }
  return AlignedTable(rows, {0});
}

std::string DifferencesText(const Kind& kind) {
  if (kind.differences.empty()) return "";
  Rows rows = {{"the same episodes", "points", "episodes", "people [95 %]"}};
  for (const EpisodeFigures::Difference& one : kind.differences) {
    const MetricValue& value = one.difference.value;
    rows.push_back({fmt::format("{}/{} - {}/{}", one.query_model, one.gallery_model,
                                one.from_query_model, one.from_gallery_model),
                    SignedPoints(value.value, 2), HalfWidth(one.difference),
                    value.low ? SignedInterval(*value.low, *value.high, value.few, 2) : "-"});
  }
  return AlignedTable(rows, {0});
}

std::string ShareText(const Kind& kind) {
  if (kind.share_of_new) {
    return fmt::format("Of what new/new gains over old/old, new/old has {} %.\n",
                       Percent(*kind.share_of_new));
  }
  if (kind.share_of_new_reason.empty()) return "";
  return Wrapped(fmt::format("What share of new/new's gain new/old has: no value: {}.",
                             kind.share_of_new_reason),
                 kColumns);
}

}  // namespace

std::string EpisodesText(const EpisodeFigures& figures) {
  std::string text;
  for (const Kind& kind : figures.kinds) {
    if (!text.empty()) text += "\n";
    const int64_t episodes = kind.cells.empty() ? 0 : kind.cells.front().accuracy.value.n;
    text += HeadText(kind, episodes) + CellsText(kind) + DifferencesText(kind) + ShareText(kind);
  }
  return text +
         Wrapped(
             "±: 1.96 deviations over episodes, as few-shot papers report; episodes share their "
             "people, so it says nothing of others. The interval does: other people.",
             kColumns);
}

}  // namespace bcr
