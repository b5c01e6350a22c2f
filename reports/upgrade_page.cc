#include "reports/upgrade_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/metrics/table.h"
#include "reports/change_text.h"
#include "reports/number_text.h"
#include "reports/page/page.h"
#include "reports/text_table.h"
#include "reports/verdict_text.h"

namespace bcr {
namespace {

constexpr size_t kStripsShown = 4;  // of each kind, before those that are folded away

using page::Section;
using page::Table;

std::string FiguresHtml(const std::vector<UpgradePicture>& pictures) {
  std::string html;
  for (const UpgradePicture& picture : pictures) html += page::FigureHtml(picture.figure);
  return html;
}

std::string TextTable(const std::string& caption, const VerdictParts::Rows& rows,
                      std::vector<page::Column> columns) {
  Table table{caption, std::move(columns), {}, 0, false};
  for (const auto& row : rows) table.rows.push_back(page::TextCells(row));
  return page::TableHtml(table);
}

std::string VerdictHtml(const UpgradeView& view) {
  const VerdictParts parts = VerdictOf(view);
  std::string html = page::ParagraphHtml(parts.answer);
  html +=
      TextTable("What changes on the old gallery", {parts.changes.begin() + 1, parts.changes.end()},
                {{"search on the old gallery"},
                 {"old -> new queries", page::Column::Kind::kNumber},
                 {"change", page::Column::Kind::kNumber},
                 {"interval", page::Column::Kind::kNumber}});
  if (!parts.figures.empty()) {
    html += TextTable("What this costs and leaves", parts.figures,
                      {{"figure"},
                       {"value", page::Column::Kind::kNumber},
                       {"95 %", page::Column::Kind::kNumber},
                       {"what it is", page::Column::Kind::kProse}});
  }
  if (!parts.threshold.empty()) html += page::ParagraphHtml(parts.threshold);
  return html + page::SoftHtml(parts.caveat);
}

std::string CellsHtml(const UpgradeView& view) {
  Table table{"Every cell, in percent", {{"query/gallery"}}, {}, 0, false};
  for (const MetricInfo* metric : QueryMetricsAsShown())
    table.columns.push_back({metric->Label(), page::Column::Kind::kNumber});
  std::vector<std::string> failures;
  for (const CellRecord& cell : *view.cells) {
    const std::string name = cell.query_model + "/" + cell.gallery_model;
    if (cell.status != "ok") failures.push_back(name + " failed: " + cell.error);
    table.rows.push_back({{name, {}, false}});
    for (const MetricInfo* metric : QueryMetricsAsShown()) {
      const auto found = cell.metrics.find(metric->name);
      if (found == cell.metrics.end()) {
        table.rows.back().push_back({"-", {}, true});
        continue;
      }
      const MetricValue& value = found->second;
      std::string text = Percent(value.value);
      if (metric->print.interval && value.low)
        text += " " + PercentInterval(*value.low, *value.high, value.few);
      table.rows.back().push_back({text, value.value, false});
    }
  }
  return page::TableHtml(table) + page::ListHtml(failures);
}

std::string ChangedHtml(const ChangeFigures& figures) {
  std::string html = page::ParagraphHtml(ChangesHead(figures));
  Table people{"Identities that lose most",
               {{"identity"},
                {"queries", page::Column::Kind::kNumber},
                {"mAP before", page::Column::Kind::kNumber},
                {"after", page::Column::Kind::kNumber},
                {"change", page::Column::Kind::kNumber}},
               {},
               0,
               true};
  for (const ChangeFigures::Identity& identity : figures.worst_identities) {
    const double change = identity.after - identity.before;
    people.rows.push_back(
        {{identity.identity, {}, false},
         {Grouped(identity.queries), static_cast<double>(identity.queries), false},
         {Percent(identity.before), identity.before, false},
         {Percent(identity.after), identity.after, false},
         {SignedPoints(change), change, false}});
  }
  if (!people.rows.empty()) html += page::TableHtml(people);
  Table cameras{"Camera pairs that lose most",
                {{"query camera"},
                 {"gallery camera"},
                 {"queries", page::Column::Kind::kNumber},
                 {"mAP before", page::Column::Kind::kNumber},
                 {"after", page::Column::Kind::kNumber}},
                {},
                0,
                true};
  for (const ChangeFigures::CameraPair& pair : figures.worst_camera_pairs) {
    cameras.rows.push_back({{pair.query_camera, {}, false},
                            {pair.gallery_camera, {}, false},
                            {Grouped(pair.queries), static_cast<double>(pair.queries), false},
                            {Percent(pair.before), pair.before, false},
                            {Percent(pair.after), pair.after, false}});
  }
  return cameras.rows.empty() ? html : html + page::TableHtml(cameras);
}

std::vector<Section> StripSections(const UpgradePageInput& input) {
  std::vector<Section> sections;
  const auto add = [&](const char* title, bool worst) {
    auto strips = ChangedStrips(input.searches, worst, input.strips);
    if (strips.empty()) return;
    std::vector<QueryStrip> more;
    if (strips.size() > kStripsShown) {
      more.assign(strips.begin() + kStripsShown, strips.end());
      strips.resize(kStripsShown);
    }
    std::string html = StripsHtml(strips, input.picture);
    if (!more.empty()) {
      html += fmt::format("<details>\n<summary>{} more</summary>\n{}</details>\n", more.size(),
                          StripsHtml(more, input.picture));
    }
    sections.push_back({title, html, {}});
  };
  add("Queries that lose most", true);
  add("Queries that gain most", false);
  return sections;
}

void AddSection(const std::string& title, const std::string& body, std::vector<Section>& sections) {
  if (!body.empty()) sections.push_back({title, body, {}});
}

std::vector<UpgradePicture> AllPictures(const UpgradePageInput& input) {
  std::vector<UpgradePicture> all;
  for (auto& some : {SearchPictures(input.view, input.bands), GainPictures(input.view),
                     ThresholdPictures(input.view), BackfillPictures(input.view),
                     TrainingPictures(input.models)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace

std::string UpgradeHtml(const UpgradePageInput& input) {
  const UpgradeView& view = input.view;
  page::Page result{kUpgradePage, input.title, page::ListHtml(input.lead), {}};
  std::vector<Section>& sections = result.sections;
  if (view.compatibility != nullptr) AddSection("Verdict", VerdictHtml(view), sections);
  const std::vector<Section> strips = StripSections(input);
  if (!strips.empty()) {
    sections.push_back(
        {"What people see",
         page::ParagraphHtml(
             "Each row shows what one search finds first; a full frame and a tick mark the "
             "matches. The largest changes of AP come first: examples, and no measure of the "
             "upgrade."),
         strips});
  }
  AddSection("Search", CellsHtml(view) + FiguresHtml(SearchPictures(view, input.bands)), sections);
  AddSection("Gains", FiguresHtml(GainPictures(view)), sections);
  if (view.sections->changes)
    AddSection("Who gets worse", ChangedHtml(*view.sections->changes), sections);
  AddSection("Thresholds", FiguresHtml(ThresholdPictures(view)), sections);
  AddSection("Extracting the gallery again", FiguresHtml(BackfillPictures(view)), sections);
  AddSection("Training", FiguresHtml(TrainingPictures(input.models)), sections);
  return page::PageHtml(result);
}

std::vector<PictureFile> UpgradePictureFiles(const UpgradePageInput& input) {
  std::vector<PictureFile> pictures;
  for (const UpgradePicture& picture : AllPictures(input))
    pictures.push_back({picture.name, picture.figure.svg});
  return NamedFiles(pictures);
}

}  // namespace bcr
