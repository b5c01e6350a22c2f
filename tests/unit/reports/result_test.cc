#include "reports/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "reports/record_io.h"
#include "reports/score_report.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/reports/test_record.h"
#include "tests/unit/reports/test_report.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<PerQueryRow> kRows = TestRows({0.4, 0.5, 0.6, 0.3, 0.5, 0});

// Stores the test report, each cell with per-query rows whose first AP is `first`.
void Store(const std::string& path, double first) {
  ScoreReport report = TestReport();
  std::vector<SideFile> side;
  for (CellRecord& cell : report.cells) {
    std::vector<PerQueryRow> rows = kRows;
    rows[0].ap_hits = first;
    cell.per_query.emplace();
    side.push_back(MakeSideFile(rows, *cell.per_query));
  }
  StoreResult(path, ScoreReportJson(report), side);
}

TEST(Result, BothKindsHaveOneView) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "run.json");
  Store(path, 0.25);
  const Result report = ReadResult(path);
  EXPECT_EQ(report.kind, "score report");
  EXPECT_EQ(FactOf(report, "scoring.policy"), "market");
  EXPECT_EQ(FactOf(report, "sets.new.gallery.index_hash"), "index of gallery");
  EXPECT_EQ(FactOf(report, "time_split.scoring"), "") << "no condition of the result";
  EXPECT_EQ(report.figures.at("gain").value, 0.16);
  EXPECT_EQ(report.figures.at("relative_gain").value, 0.35);
  ASSERT_NE(FindCell(report, "new", "old"), nullptr);
  const auto rows = ReadQueries(report, *FindCell(report, "new", "old"));
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[0].ap_hits, 0.25);

  const Result record = ReadResult(WriteRecord(folder.path(), TestRecord("bct", 1)));
  EXPECT_EQ(record.kind, "run record");
  EXPECT_EQ(record.models, (std::vector<std::string>{"old", "new", "paragon"}));
  EXPECT_EQ(FactOf(record, "data.target.hash"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(FactOf(record, "models.old.backbone"), "micro16");
  EXPECT_NEAR(record.figures.at("update_gain").value, 0.5, 1e-12);
  EXPECT_FALSE(ReadQueries(record, record.cells[0])) << "its side file is not there";
  const std::vector<std::string> names = {"in-domain-data.bct.quick.seed1.json", "run.json"};
  std::vector<std::string> skipped;
  EXPECT_EQ(ListResults(folder.path(), skipped), names);
  EXPECT_THAT(skipped, IsEmpty());
  // A foreign file is no obstacle, a result cut short is.
  WriteFileAtomic(JoinPath(folder.path(), "notes.json"), std::string_view("{ not yet"));
  EXPECT_EQ(ListResults(folder.path(), skipped), names);
  ASSERT_EQ(skipped.size(), 1U);
  EXPECT_THAT(skipped[0], HasSubstr("notes.json"));
  const std::string text = ReadFile(path);
  WriteFileAtomic(JoinPath(folder.path(), "cut.json"), text.substr(0, text.size() / 2));
  EXPECT_THAT(test::MessageOf([&] { ListResults(folder.path(), skipped); }), HasSubstr("cut.json"));
}

TEST(Result, OtherFilesAreRefusedWithAHint) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "leaderboard.json");
  WriteJsonAtomic(path, {{"schema_version", 1}, {"tables", Json::array()}});
  EXPECT_THAT(test::CatchError([&] { ReadResult(path); }).what(), HasSubstr("folder `records`"));
  WriteFileAtomic(path, std::string_view("[1]"));
  EXPECT_THAT(test::CatchError([&] { ReadResult(path); }).what(), HasSubstr("bcreid score --json"));
  std::vector<std::string> skipped;
  EXPECT_THROW(ListResults(folder.path(), skipped), Error);
}

TEST(Result, ChangedSideFilesAreRefused) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "run.json");
  Store(path, 0.25);
  const Result result = ReadResult(path);
  const std::string side = JoinPath(folder.path(), result.cells[0].per_query->file);
  WriteFileAtomic(side, std::string_view(PerQueryCsv(kRows)));
  EXPECT_THAT(test::CatchError([&] { ReadQueries(result, result.cells[0]); }).what(),
              HasSubstr("was changed"));
}

TEST(Result, ReplacingRemovesOnlySideFilesNobodyNames) {
  TemporaryFolder folder;
  const std::string queries = JoinPath(folder.path(), "queries");
  Store(JoinPath(folder.path(), "a.json"), 0.25);
  Store(JoinPath(folder.path(), "b.json"), 0.25);
  EXPECT_EQ(ListFiles(queries).size(), 1U) << "equal content has one file";
  Store(JoinPath(folder.path(), "a.json"), 0.5);
  EXPECT_EQ(ListFiles(queries).size(), 2U) << "b.json still names the first";
  Store(JoinPath(folder.path(), "b.json"), 0.5);
  EXPECT_EQ(ListFiles(queries).size(), 1U);
}

TEST(Result, FailingLeavesNothingBehind) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "run.json");
  MakeFolders(path);  // the JSON cannot be written over a folder
  EXPECT_THROW(Store(path, 0.25), Error);
  EXPECT_FALSE(FolderExists(JoinPath(folder.path(), "queries")));
}

TEST(Result, ACopyStandsByItself) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "run.json");
  const std::string copy = JoinPath(folder.path(), "base/line.json");
  Store(path, 0.25);
  CopyResult(ReadResult(path), copy);
  EXPECT_EQ(ReadFile(copy), ReadFile(path));
  const Result result = ReadResult(copy);
  ASSERT_TRUE(ReadQueries(result, result.cells[2]));
  EXPECT_EQ(PerQueryCsv(*ReadQueries(result, result.cells[2])),
            PerQueryCsv(*ReadQueries(ReadResult(path), result.cells[2])));
}

TEST(Result, ALinkStaysOneAndItsFilesLieBesideWhatItPointsTo) {
  TemporaryFolder folder;
  const std::string link = JoinPath(folder.path(), "link.json");
  const std::string real = JoinPath(folder.path(), "there/run.json");
  MakeFolders(JoinPath(folder.path(), "there"));
  std::filesystem::create_symlink("there/run.json", link);
  RequireReplaceable(link, "score report", IsScoreReport);
  Store(link, 0.25);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  for (const std::string& path : {link, real}) {
    const Result result = ReadResult(path);
    EXPECT_TRUE(ReadQueries(result, result.cells[2])) << path;
  }
  RequireReplaceable(link, "score report", IsScoreReport);
  WriteFileAtomic(real, std::string_view("notes"));
  EXPECT_THROW(RequireReplaceable(link, "score report", IsScoreReport), Error);
}

TEST(Result, APipeIsNeverReplaced) {
  TemporaryFolder folder;
  const std::string pipe = JoinPath(folder.path(), "pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THROW(RequireReplaceable(pipe, "score report", IsScoreReport), Error);
  EXPECT_THROW(Store(pipe, 0.25), Error);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST(Result, OnlyItsOwnKindIsReplaced) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x.json");
  RequireReplaceable(path, "score report", IsScoreReport);  // nothing there
  WriteFileAtomic(path, std::string_view("notes"));
  EXPECT_THROW(RequireReplaceable(path, "score report", IsScoreReport), Error);
  EXPECT_THROW(RequireReplaceable(folder.path(), "score report", IsScoreReport), Error);
  Store(JoinPath(folder.path(), "run.json"), 0.25);
  RequireReplaceable(JoinPath(folder.path(), "run.json"), "score report", IsScoreReport);
}

}  // namespace
}  // namespace bcr
