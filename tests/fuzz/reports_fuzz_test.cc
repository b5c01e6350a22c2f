// Run records, score reports, what is folded of them, and per-query files.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "reports/latex.h"
#include "reports/leaderboard.h"
#include "reports/markdown.h"
#include "reports/per_query.h"
#include "reports/result.h"
#include "reports/run_record.h"
#include "reports/score_report.h"
#include "reports/table_csv.h"
#include "reports/terminal_table.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

const std::vector<std::string> kRecordWords = {
    "\"value\"", "\"low\"", "\"high\"", "\"n\"", "\"ok\"", "\"failed\"", "\"partial\"", "true",
    "false",     "null",    "\"new\"",  "{}",    "[]",     "1.5",        "-0.5",        "\"cmc\""};

RunRecord ReadText(const std::string& text) {
  const Json json = ParseJson(text, "x.json");
  return RecordFromJson(json, "x.json");
}

TEST(Fuzz, RunRecords) {
  RunTarget({.name = "run-record",
             .share = 0.05,
             .words = kRecordWords,
             .read = [](const std::string& text) {
               const RunRecord record = ReadText(text);
               const std::string written = DumpJson(RecordJson(record));
               const RunRecord again = ReadText(written);
               Require(DumpJson(RecordJson(again)) == written, "reads back what it writes");
               Require(!DumpJson(ComparableJson(record)).empty(), "it can be compared");
               for (const CellRecord& cell : record.cells) {
                 for (const auto& [name, metric] : cell.metrics) {
                   Require(metric.value >= 0 && metric.value <= 1, "metrics as fractions");
                 }
               }
             }});
}

TEST(Fuzz, ScoreReports) {
  RunTarget({.name = "score-report",
             .share = 0.05,
             .words = kRecordWords,
             .read = [](const std::string& text) {
               const auto read = [](const std::string& json) {
                 return ScoreReportFromJson(ParseJson(json, "x.json"), "x.json");
               };
               const std::string written = DumpJson(ScoreReportJson(read(text)));
               Require(DumpJson(ScoreReportJson(read(written))) == written,
                       "reads back what it writes");
               const Result result = ResultFromJson(ParseJson(written, "x.json"), "x.json");
               Require(!result.cells.empty() && !result.facts.empty(), "a view on it");
             }});
}

size_t CountRows(const Leaderboard& board) {
  size_t rows = 0;
  for (const LeaderboardTable& table : board.tables) rows += table.rows.size() + table.apart.size();
  return rows;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// A mutated record among good ones must neither break the board nor its writers.
TEST(Fuzz, Leaderboards) {
  const std::string good =
      ReadFile(BCR_TEST_SOURCE_DIR "/fuzz/corpus/leaderboard/ok-bct-seed1.json");
  RunTarget({.name = "leaderboard",
             .share = 0.02,
             .words = kRecordWords,
             .read = [&](const std::string& text) {
               const std::vector<StoredRecord> records = {{"a.json", ReadText(good)},
                                                          {"b.json", ReadText(text)}};
               const Leaderboard board = BuildLeaderboard(records);
               size_t seen = 0;
               for (const LeaderboardTable& table : board.tables) {
                 for (const LeaderboardRow& row : table.rows) seen += row.files.size();
                 for (const LeaderboardRow& row : table.apart) seen += row.files.size();
               }
               Require(seen >= records.size(), "every record is somewhere on the board");
               Require(DumpJson(LeaderboardJson(board)) ==
                           DumpJson(LeaderboardJson(BuildLeaderboard({records[1], records[0]}))),
                       "the order of records changes nothing");
               Require(!TerminalTable(board, {}).empty(), "a table for the terminal");
               Require(InvalidUtf8At(MarkdownTable(board)) == std::string_view::npos,
                       "Markdown in UTF-8");
               const std::string latex = LatexTables(board);
               Require(std::all_of(latex.begin(), latex.end(),
                                   [](char c) { return c == '\n' || !IsControl(c); }),
                       "LaTeX without control characters");
               const size_t rows = ParseCsv(LeaderboardCsv(board), "x.csv").rows.size();
               Require(rows == CountRows(board), "one line of CSV a row");
             }});
}

TEST(Fuzz, PerQueryFiles) {
  RunTarget(
      {.name = "per-query",
       .share = 0.05,
       .words = {",0,,,,\n", ",1,1,1,1,1\n", "nan", "1e-320", "-0", "0x1p-2", "1.0000000000000002"},
       .read = [](const std::string& text) {
         const std::vector<PerQueryRow> rows = ParsePerQuery(text, "x.csv");
         std::set<std::string> images;
         for (const PerQueryRow& row : rows) {
           Require(images.insert(row.image).second, "each image once");
           if (!row.valid) continue;
           for (const double value : {row.ap_hits, row.ap_trapezoid, row.inp}) {
             Require(value >= 0 && value <= 1, "values as fractions");
           }
           Require(row.first_rank >= 1, "ranks from 1");
         }
         const std::string written = PerQueryCsv(rows);
         Require(PerQueryCsv(ParsePerQuery(written, "again.csv")) == written,
                 "reads back what it writes");
       }});
}

}  // namespace
}  // namespace bcr::fuzz
