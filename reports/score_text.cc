#include "reports/score_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/change_text.h"
#include "reports/number_text.h"
#include "reports/section_text.h"
#include "reports/text_table.h"
#include "reports/threshold_text.h"
#include "reports/verdict_text.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;

std::string ValueText(const CellRecord& cell, const MetricInfo& info) {
  const auto found = cell.metrics.find(info.name);
  if (found == cell.metrics.end()) return "-";
  const MetricValue& metric = found->second;
  if (!info.print.interval || !metric.low) return Percent(metric.value);
  return Percent(metric.value) + " " + PercentInterval(*metric.low, *metric.high, metric.few);
}

// ", 6 of them junk (dropped) and 10 distractors", as far as there are any.
std::string NobodysText(const SetRecord& gallery) {
  std::string text;
  if (gallery.junk.value_or(0) > 0) text = Grouped(*gallery.junk) + " junk (dropped)";
  if (gallery.distractors.value_or(0) > 0) {
    text += (text.empty() ? "" : " and ") + Grouped(*gallery.distractors) + " distractors";
  }
  return text.empty() ? "" : ", of them " + text;
}

// How many queries have no match, cell by cell where that differs.
std::string UnmatchedText(const ScoreReport& report) {
  int64_t most = 0;
  bool differ = false;
  std::string by_cell;
  for (const CellRecord& cell : report.cells) {
    most = std::max(most, cell.invalid_queries);
    differ = differ || cell.invalid_queries != report.cells.front().invalid_queries;
    by_cell += fmt::format("{}{} in {}/{}", by_cell.empty() ? "" : ", ",
                           Grouped(cell.invalid_queries), cell.query_model, cell.gallery_model);
  }
  if (most == 0) return "";
  std::string text = fmt::format(
      "{} of the queries have no match that the policy admits: they are left out of every mean.",
      differ ? by_cell : Grouped(most));
  if (2 * most > report.sets[0].rows && report.scoring.policy != "none") {
    text += " That is most of them: where the same camera may count, score with --policy none.";
  }
  return Wrapped(text, kColumns);
}

// One sentence a map: whose rows, from where to where, and what it costs.
std::string AdaptersText(const ScoreReport& report) {
  std::string text;
  for (const AdapterRecord& map : report.adapters) {
    const std::string fitted =
        map.images > 0 ? fmt::format(", fitted on {} images", Grouped(map.images)) : "";
    text +=
        Wrapped(fmt::format("Where `{}` meets `{}`, rows of `{}` are mapped by {}: width {} to "
                            "{}{}; {:.4f} ms and {} bytes a row{}.",
                            map.model, map.earlier, map.side == "query" ? map.model : map.earlier,
                            map.adapter, map.width_in, map.width_out, fitted, map.ms_a_row,
                            Grouped(map.bytes_a_row),
                            map.both_models ? ", and both models for every image" : ""),
                kColumns);
  }
  return text;
}

std::string HeadText(const ScoreReport& report) {
  std::string text = Wrapped(ScoreHead(report), kColumns);
  text += UnmatchedText(report) + AdaptersText(report);
  for (const SetRecord& set : report.sets) {
    if (!set.reordered) continue;
    text += fmt::format("The {} rows of `{}` came in another order and were joined by image.\n",
                        set.side, set.model);
  }
  return text;
}

// The usual columns in the order of their places, then those that were asked for.
MetricList ColumnsOf(const MetricList& further) {
  MetricList columns;
  for (const MetricInfo* metric : QueryMetricsAsShown()) {
    if (!metric->print.column.empty()) columns.push_back(metric);
  }
  for (const MetricInfo* metric : further) {
    if (std::find(columns.begin(), columns.end(), metric) == columns.end()) {
      columns.push_back(metric);
    }
  }
  return columns;
}

// Why a column that was asked for has no value: one line a reason.
std::string ReasonsText(const ScoreReport& report, const MetricList& columns) {
  std::string text;
  for (const MetricInfo* metric : columns) {
    for (const CellRecord& cell : report.cells) {
      const auto reason = cell.reasons.find(metric->name);
      if (reason == cell.reasons.end()) continue;
      text += Wrapped(fmt::format("{}: no value: {}.", metric->Label(), reason->second), kColumns);
      break;
    }
  }
  return text;
}

std::string CellsText(const ScoreReport& report, const MetricList& further) {
  const MetricList columns = ColumnsOf(further);
  std::vector<std::vector<std::string>> rows = {{"query/gallery"}};
  for (const MetricInfo* metric : columns) {
    const bool usual = !metric->print.column.empty();
    rows[0].push_back((usual ? metric->print.column : metric->Label()) +
                      (metric->print.interval ? " [95 %]" : ""));
  }
  for (const CellRecord& cell : report.cells) {
    rows.push_back({cell.query_model + "/" + cell.gallery_model});
    for (const MetricInfo* metric : columns) rows.back().push_back(ValueText(cell, *metric));
  }
  return AlignedTable(rows, {0}) + ReasonsText(report, columns);
}

// What the intervals are.
std::string IntervalsText(const ScoreReport& report) {
  std::string text =
      "Percent. Intervals of 95 %: other people, the same gallery (reports/STATISTICS.md).";
  const IdentitiesRecord* fewest = nullptr;
  for (const CellRecord& cell : report.cells) {
    if (!cell.identities || !cell.identities->few) continue;
    if (fewest == nullptr || cell.identities->effective < fewest->effective) {
      fewest = &*cell.identities;
    }
  }
  if (fewest == nullptr) return Wrapped(text, kColumns);
  return Wrapped(text, kColumns) +
         Wrapped(fmt::format("NOTE: {} identities, which count for {:.0f} with their numbers of "
                             "queries, are few for intervals of people.",
                             Grouped(fewest->count), fewest->effective),
                 kColumns);
}

}  // namespace

std::string ScoreHead(const ScoreReport& report) {
  const SetRecord &query = report.sets[0], &gallery = report.sets[1];
  const ScoringRecord& scoring = report.scoring;
  return fmt::format(
             "{} queries of {} identities; gallery of {} images from {} cameras{}. Policy {}, "
             "{}, ties {}.",
             Grouped(query.rows), Grouped(query.identities), Grouped(gallery.rows),
             Grouped(gallery.cameras), NobodysText(gallery), scoring.policy, scoring.distance,
             scoring.ties) +
         (scoring.rerank.empty() ? "" : " Re-ranked: " + scoring.rerank + ".") +
         (scoring.labels.empty() ? ""
                                 : fmt::format(" Labels read as {}.",
                                               scoring.labels == "exact" ? "written" : "numbers"));
}

std::string ScoreText(const ScoreReport& report, const MetricList& further,
                      const TextParts& parts) {
  std::string text = HeadText(report) + "\n" + CellsText(report, further);
  if (report.compatibility) text += "\n" + VerdictText(ViewOf(report));
  if (report.sections.changes)
    text += "\n" + ChangesText(*report.sections.changes, parts.all_changes);
  if (parts.thresholds && report.sections.thresholds) {
    text += "\n" + ThresholdsText(*report.sections.thresholds);
  }
  text += SectionsText(report.sections) + "\n" + IntervalsText(report);
  return text + StarNote(text);
}

}  // namespace bcr
