#include "reports/leaderboard_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/board_pictures.h"
#include "reports/board_training.h"
#include "reports/page/elements.h"
#include "reports/page/page.h"
#include "reports/table_cells.h"

namespace bcr {
namespace {

using page::Cell;
using page::Column;
using page::Section;

constexpr size_t kLargestPage = 5'000'000;

// What the columns of figures are sorted by, as their texts are rounded.
const std::map<std::string, std::optional<FoldedValue> LeaderboardRow::*>& SortedBy() {
  static const std::map<std::string, std::optional<FoldedValue> LeaderboardRow::*> members = {
      {"old self", &LeaderboardRow::old_self}, {"new self", &LeaderboardRow::new_self},
      {"cross", &LeaderboardRow::cross},       {"reverse", &LeaderboardRow::reverse},
      {"gain", &LeaderboardRow::gain},         {"upd.g", &LeaderboardRow::update_gain},
      {"r1 old", &LeaderboardRow::old_rank1},  {"r1 cross", &LeaderboardRow::cross_rank1},
  };
  return members;
}

std::vector<Column> Columns() {
  std::vector<Column> columns;
  for (const std::string& header : board::HeaderCells()) {
    const bool text = header == "method" || header == "compatible?";
    columns.push_back({header, text            ? Column::Kind::kText
                               : header == "#" ? Column::Kind::kRank
                                               : Column::Kind::kNumber});
  }
  return columns;
}

size_t NameColumn(const std::vector<Column>& columns) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [](const Column& column) { return column.title == "method"; });
  return static_cast<size_t>(found - columns.begin());
}

std::vector<Cell> RowCells(const LeaderboardRow& row, const std::vector<Column>& columns,
                           const std::vector<std::string>& texts) {
  std::vector<Cell> cells = page::TextCells(texts);
  for (size_t c = 0; c < cells.size(); ++c) {
    if (columns[c].title == "#" && row.rank > 0) cells[c].value = row.rank;
    const auto member = SortedBy().find(columns[c].title);
    if (member == SortedBy().end()) continue;
    const std::optional<FoldedValue>& value = row.*member->second;
    if (value) cells[c].value = value->mean;
  }
  return cells;
}

std::string Ranking(const LeaderboardTable& table) {
  if (table.rows.empty()) return page::ParagraphHtml("No row is ranked.");
  page::Table ranking;
  ranking.caption = "Ranking by cross mAP";
  ranking.columns = Columns();
  ranking.name_column = NameColumn(ranking.columns);
  ranking.sortable = true;
  const auto texts = board::BodyCells(table, {});
  for (size_t i = 0; i < table.rows.size(); ++i)
    ranking.rows.push_back(RowCells(table.rows[i], ranking.columns, texts[i]));
  return page::TableHtml(ranking);
}

// Rows that are not ranked: the same columns, and why behind them.
std::string Apart(const LeaderboardTable& table) {
  if (table.apart.empty()) return "";
  page::Table apart;
  apart.caption = "Not ranked";
  apart.columns = Columns();
  apart.name_column = NameColumn(apart.columns);
  apart.columns.push_back({"why", Column::Kind::kProse});
  const auto texts = board::BodyCells(table, {});
  for (size_t i = 0; i < table.apart.size(); ++i) {
    const LeaderboardRow& row = table.apart[i];
    apart.rows.push_back(RowCells(row, apart.columns, texts[table.rows.size() + i]));
    const std::string seed = row.seeds.empty() ? "" : fmt::format("seed {}: ", row.seeds.front());
    apart.rows.back().push_back({seed + row.reason, std::nullopt, false});
  }
  return page::TableHtml(apart);
}

std::string TextTable(const std::vector<std::vector<std::string>>& cells,
                      const std::string& caption) {
  if (cells.empty()) return "";
  page::Table table;
  table.caption = caption;
  table.columns = page::NumberColumns(cells.front());
  for (size_t i = 1; i < cells.size(); ++i) table.rows.push_back(page::TextCells(cells[i]));
  return page::TableHtml(table);
}

Section PictureSection(const board::BoardPicture& picture) {
  return {picture.title, page::FigureHtml(picture.figure), {}};
}

std::string ShortTitle(const LeaderboardTable& table) {
  const std::string conditions = board::ConditionsLine(table);
  return fmt::format("{}, profile {}{}", table.setting.name, table.profile.name,
                     conditions.empty() ? "" : ", " + conditions);
}

Section TableSection(const LeaderboardTable& table, const board::PictureSource& source,
                     bool with_training) {
  Section section{ShortTitle(table), page::ParagraphHtml(board::TitleLine(table)), {}};
  section.body += page::ParagraphHtml(board::ScoringLine(table));
  if (const std::string line = board::ConditionsLine(table); !line.empty())
    section.body += page::ParagraphHtml(line);
  for (const std::string& line : board::OddityLines(table)) section.body += page::SoftHtml(line);
  section.body += Ranking(table) + Apart(table);
  if (const auto chain = board::ChainCells(table, {}); !chain.empty())
    section.parts.push_back(
        {"Chain",
         TextTable(chain, "Figures of the whole chain") + page::ListHtml(board::ChainLegend()),
         {}});
  for (const auto& picture : board::TablePictures(table, source))
    section.parts.push_back(PictureSection(picture));
  if (const page::Table last = board::LastEpochTable(table, source); !last.rows.empty())
    section.parts.push_back({"Training: last epoch", page::TableHtml(last), {}});
  if (!with_training) return section;
  for (const auto& picture : board::TrainingPictures(table, source))
    section.parts.push_back(PictureSection(picture));
  return section;
}

Section GroupSection(const GroupTable& group) {
  return {fmt::format("Group {}, profile {}", group.name, group.profile.name),
          page::ParagraphHtml(board::GroupTitle(group)) +
              TextTable(board::GroupCells(group), "Means over the settings, in percent") +
              page::ListHtml(board::GroupReasons(group)),
          {}};
}

page::Page MakePage(const Leaderboard& leaderboard, const board::PictureSource& source,
                    bool with_training) {
  page::Page page{kLeaderboardPage,
                  "Backward-compatible person re-identification: leaderboard",
                  page::ListHtml(board::LegendLines({})),
                  {}};
  if (!with_training)
    page.lead += page::ParagraphHtml(
        "The course of training is left out: with it the page would exceed 5 MB. "
        "`bcreid report --svg FOLDER` draws it.");
  for (const LeaderboardTable& table : leaderboard.tables)
    page.sections.push_back(TableSection(table, source, with_training));
  for (const GroupTable& group : leaderboard.groups) page.sections.push_back(GroupSection(group));
  return page;
}

}  // namespace

std::string LeaderboardHtml(const Leaderboard& leaderboard,
                            const std::vector<StoredRecord>& records) {
  const board::PictureSource source = board::SourceOf(leaderboard, records);
  std::string html = page::PageHtml(MakePage(leaderboard, source, true));
  if (html.size() > kLargestPage) html = page::PageHtml(MakePage(leaderboard, source, false));
  return html;
}

std::vector<PictureFile> LeaderboardPictures(const Leaderboard& leaderboard,
                                             const std::vector<StoredRecord>& records) {
  const board::PictureSource source = board::SourceOf(leaderboard, records);
  std::vector<PictureFile> files;
  std::map<std::string, int> tables;  // how many have had this name
  for (const LeaderboardTable& table : leaderboard.tables) {
    std::string prefix = FileNamePart(table.setting.name) + "." + FileNamePart(table.profile.name);
    if (const int n = ++tables[prefix]; n > 1) prefix += fmt::format(".{}", n);
    auto pictures = board::TablePictures(table, source);
    for (auto& picture : board::TrainingPictures(table, source))
      pictures.push_back(std::move(picture));
    for (const auto& picture : pictures)
      files.push_back({prefix + "." + picture.name, picture.figure.svg});
  }
  return NamedFiles(files);
}

}  // namespace bcr
