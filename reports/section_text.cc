#include "reports/section_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/metrics/table.h"
#include "reports/candidate_text.h"
#include "reports/episode_text.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;
constexpr size_t kHardest = 3;  // camera pairs shown of each cell

template <typename Cell>
std::string NameOf(const Cell& cell) {
  return cell.query_model + "/" + cell.gallery_model;
}

// "12.3", or "-" where there is no value.
std::string ValueText(const std::optional<double>& value) { return value ? Percent(*value) : "-"; }

}  // namespace

std::string MatrixText(const MatrixFigures& matrix) {
  std::vector<std::vector<std::string>> rows = {{"mAP: query model, by gallery model"}};
  rows[0].insert(rows[0].end(), matrix.models.begin(), matrix.models.end());
  for (size_t t = 0; t < matrix.models.size(); ++t) {
    rows.push_back({matrix.models[t]});
    for (const std::optional<double>& entry : matrix.map_hits.at(t)) {
      rows.back().push_back(ValueText(entry));
    }
  }
  std::string text = AlignedTable(rows, {0});
  std::vector<std::vector<std::string>> figures;
  for (const MetricInfo* metric : MetricTable()) {
    if (!metric->matrix) continue;
    const auto found = matrix.values.find(metric->name.substr(metric->name.find('.') + 1));
    figures.push_back({found == matrix.values.end() ? "-" : Percent(found->second.value),
                       metric->label + ": " + metric->about});
  }
  return text + AlignedTable(figures, {1});
}

// Which order wins 95 % back first, of those that a deployment could follow.
std::string FirstText(const BackfillCurves& backfill) {
  const BackfillCurves::Curve* best = nullptr;
  for (const BackfillCurves::Curve& curve : backfill.curves) {
    if (curve.order == "oracle") continue;
    if (best == nullptr || curve.share_to_95 < best->share_to_95) best = &curve;
  }
  if (best == nullptr) return "";
  return Wrapped(
      fmt::format(
          "Extract first: in the order `{}`, {} % of the gallery give 95 % of what the whole "
          "gives. The order `oracle` knows who is who: no deployment has it, it is a bound.",
          best->order, Percent(best->share_to_95, 0)),
      kColumns);
}

std::string BackfillText(const BackfillCurves& backfill) {
  std::vector<std::vector<std::string>> rows;
  for (const BackfillCurves::Curve& curve : backfill.curves) {
    std::vector<std::string> header = {"mAP by share of the gallery re-extracted"};
    std::vector<std::string> row = {curve.order};
    const size_t step = curve.points.size() > 6 ? 2 : 1;
    for (size_t i = 0; i < curve.points.size(); i += step) {
      header.push_back(fmt::format("{} %", std::lround(100 * curve.points[i].share)));
      row.push_back(Percent(curve.points[i].map_hits));
    }
    header.insert(header.end(), {"area", "95 % at"});
    row.push_back(ValueText(curve.area.value));
    row.push_back(Percent(curve.share_to_95, 0) + " %");
    if (rows.empty()) rows.push_back(header);
    rows.push_back(row);
  }
  std::string text = AlignedTable(rows, {0}) + FirstText(backfill);
  if (backfill.old_width != backfill.new_width)
    text += fmt::format(
        "Old rows have width {}, new ones {}: two indices, whose lists are merged by score.\n",
        backfill.old_width, backfill.new_width);
  return text;
}

std::string SlicesText(const SliceTable& slices) {
  std::vector<std::vector<std::string>> rows = {
      {"hardest camera pairs", "query camera", "gallery camera", "queries", "mAP", "rank-1"}};
  for (const SliceTable::Cell& cell : slices.cells) {
    std::vector<const SliceTable::CameraPair*> pairs;
    for (const SliceTable::CameraPair& pair : cell.camera_pairs) {
      if (pair.slice.map_hits.value) pairs.push_back(&pair);
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const auto* a, const auto* b) {
      return *a->slice.map_hits.value < *b->slice.map_hits.value;
    });
    for (size_t i = 0; i < std::min(kHardest, pairs.size()); ++i) {
      const SliceTable::CameraPair& pair = *pairs[i];
      rows.push_back({NameOf(cell), Shortened(pair.query_camera, 20),
                      Shortened(pair.gallery_camera, 20), Grouped(pair.slice.valid_queries),
                      ValueText(pair.slice.map_hits.value), ValueText(pair.slice.cmc1.value)});
    }
  }
  return AlignedTable(rows, {0, 1, 2});
}

std::string SearchText(const SearchFigures& search) {
  std::vector<std::vector<std::string>> rows = {{search.index, "recall@1", "recall@10",
                                                 fmt::format("recall@{}", search.k), "mAP exact",
                                                 "cut", "found", "rank-1 exact", "cut", "found"}};
  for (const SearchFigures::Cell& cell : search.cells) {
    rows.push_back({NameOf(cell), Percent(cell.recall_at_1), Percent(cell.recall_at_10),
                    Percent(cell.recall_at_k), Percent(cell.exact.map_hits),
                    Percent(cell.truncated.map_hits), Percent(cell.approximate.map_hits),
                    Percent(cell.exact.cmc1), Percent(cell.truncated.cmc1),
                    Percent(cell.approximate.cmc1)});
  }
  std::string text =
      AlignedTable(rows, {0}) +
      fmt::format(
          "exact: whole lists; cut: exact search, lists end at {0}; found: this index, "
          "lists end at {0}.\nFrom cut to found is what the index costs; from exact to cut "
          "is what short lists cost.\n",
          search.k);
  if (search.compatibility) {
    const auto verdict = [](const SearchFigures::Judged& judged) {
      return fmt::format("{} ({})", judged.verdict, SignedPoints(judged.gain));
    };
    text +=
        fmt::format("compatible (gain in points)? exact: {}; cut: {}; found: {}\n",
                    verdict(search.compatibility->exact), verdict(search.compatibility->truncated),
                    verdict(search.compatibility->approximate));
  }
  return text;
}

std::string SectionsText(const Sections& sections) {
  std::string text;
  if (sections.matrix) text += "\n" + MatrixText(*sections.matrix);
  if (sections.backfill) text += "\n" + BackfillText(*sections.backfill);
  if (sections.slices) text += "\n" + SlicesText(*sections.slices);
  if (sections.search) text += "\n" + SearchText(*sections.search);
  if (sections.episodes) text += "\n" + EpisodesText(*sections.episodes);
  if (sections.candidates) text += "\n" + CandidatesText(*sections.candidates);
  return text;
}

}  // namespace bcr
