#include "reports/score_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/metrics/figures.h"
#include "reports/section_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;

std::string WithInterval(const CellRecord& cell, const char* name) {
  const auto found = cell.metrics.find(name);
  if (found == cell.metrics.end()) return "-";
  const MetricValue& metric = found->second;
  if (!metric.low) return Percent(metric.value);
  return fmt::format("{} [{}, {}]", Percent(metric.value), Percent(*metric.low),
                     Percent(*metric.high));
}

std::string Plain(const CellRecord& cell, const char* name) {
  const auto found = cell.metrics.find(name);
  return found == cell.metrics.end() ? "-" : Percent(found->second.value);
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

std::string HeadText(const ScoreReport& report) {
  const SetRecord &query = report.sets[0], &gallery = report.sets[1];
  const ScoringRecord& scoring = report.scoring;
  std::string text = Wrapped(
      fmt::format("{} queries of {} identities; gallery of {} images from {} cameras{}. Policy {}, "
                  "{}, ties {}.",
                  Grouped(query.rows), Grouped(query.identities), Grouped(gallery.rows),
                  Grouped(gallery.cameras), NobodysText(gallery), scoring.policy, scoring.distance,
                  scoring.ties) +
          (scoring.rerank.empty() ? "" : " Re-ranked: " + scoring.rerank + "."),
      kColumns);
  text += UnmatchedText(report);
  for (const SetRecord& set : report.sets) {
    if (!set.reordered) continue;
    text += fmt::format("The {} rows of `{}` came in another order and were joined by image.\n",
                        set.side, set.model);
  }
  return text;
}

std::string CellsText(const ScoreReport& report) {
  std::vector<std::vector<std::string>> rows = {
      {"query/gallery", "mAP [95 %]", "rank-1 [95 %]", "rank-5", "rank-10", "mINP", "mAP, trap."}};
  for (const CellRecord& cell : report.cells) {
    rows.push_back({cell.query_model + "/" + cell.gallery_model, WithInterval(cell, "map_hits"),
                    WithInterval(cell, "cmc1"), Plain(cell, "cmc5"), Plain(cell, "cmc10"),
                    Plain(cell, "minp"), Plain(cell, "map_trapezoid")});
  }
  return AlignedTable(rows, {0});
}

std::string VerdictText(const CompatibilityRecord& record) {
  const MetricValue& gain = record.gain;
  std::string change = fmt::format("changes mAP by {} points", SignedPoints(gain.value));
  if (gain.low) {
    change += fmt::format(" [95 %: {}, {}]", SignedPoints(*gain.low), SignedPoints(*gain.high));
  }
  const std::string fact =
      fmt::format("Searching the old gallery with the new model's queries {}", change);
  std::string sentence;
  if (record.verdict == "yes") {
    sentence = fmt::format("Compatible: YES. {}: the gallery can stay as it is.", fact);
  } else if (record.verdict == "no") {
    sentence = fmt::format(
        "Compatible: NO. {}, which is no improvement: extract the gallery again or keep the old "
        "model.",
        fact);
  } else {
    sentence = fmt::format(
        "Compatible: UNDECIDED. {}; chance alone could explain that. A test set of more identities "
        "would tell.",
        fact);
  }
  return Wrapped(sentence, kColumns);
}

// One line a figure that is there: name, value, what it means.
std::string FiguresText(const CompatibilityRecord& record) {
  struct Line {
    const char *name, *label, *meaning;
  };
  static constexpr Line kLines[] = {
      {"update_gain", "update gain", "of what full re-extraction by the paragon would bring"},
      {"upper_bound_fraction", "of new self", "cross mAP as a share of new/new"},
      {"tax", "cost", "of mAP that compatibility takes from new/new"},
      {"p_up", "P_up", "50: as good as the paragon"},
      {"p_comp", "P_comp", "50: no gain over old, 73.1: reaches the paragon"},
      {"p_1", "P_1", "harmonic mean of the two"},
      {"deployment.nfr1", "negative flips", "of queries right at rank 1 before, wrong now"},
      {"deployment.pfr1", "positive flips", "of queries wrong at rank 1 before, right now"},
      {"deployment.ap_drop_rate", "AP drops", "of queries lose more than 5 points of AP"},
      {"pairs.same", "pairs, same", "of same-identity pairs no further apart than before"},
      {"pairs.different", "pairs, different", "of other pairs no nearer than before"},
  };
  std::vector<std::vector<std::string>> rows;
  for (const Line& line : kLines) {
    const auto found = record.values.find(line.name);
    if (found == record.values.end()) continue;
    const MetricValue& value = found->second;
    rows.push_back(
        {line.label, Percent(value.value) + " %",
         value.low ? fmt::format("[{}, {}]", Percent(*value.low), Percent(*value.high)) : "",
         line.meaning});
  }
  return rows.empty() ? "" : AlignedTable(rows, {0, 3});
}

}  // namespace

std::string ScoreText(const ScoreReport& report) {
  std::string text = HeadText(report) + "\n" + CellsText(report);
  if (report.compatibility) {
    text += "\n" + VerdictText(*report.compatibility) + FiguresText(*report.compatibility);
  }
  text += SectionsText(report.sections);
  return text +
         "\nPercent. Intervals: bootstrap over identities; shares near 0 and 100 %: Wilson's "
         "too.\n";
}

}  // namespace bcr
