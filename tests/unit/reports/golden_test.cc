#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "reports/latex.h"
#include "reports/leaderboard.h"
#include "reports/markdown.h"
#include "reports/table_csv.h"
#include "reports/terminal_table.h"

namespace bcr {
namespace {

const std::string kGolden = std::string(BCR_TEST_SOURCE_DIR) + "/golden";

std::vector<StoredRecord> GoldenRecords() {
  std::vector<StoredRecord> records = ReadRecords(kGolden + "/records");
  for (StoredRecord& stored : records) stored.file = stored.file.substr(stored.file.rfind('/') + 1);
  return records;
}

// Compares with the stored file; what was made instead is kept beside the test's build for
// inspection.
void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = kGolden + "/" + name;
  const std::string stored = FileExists(path) ? ReadFile(path) : "";
  if (stored != text) WriteFileAtomic("golden-differs-" + name, text);
  EXPECT_EQ(stored, text);
}

TEST(Golden, RecordsLoadAndWriteBackTheSameContent) {
  for (const StoredRecord& stored : GoldenRecords()) {
    EXPECT_EQ(RecordJson(stored.record), ReadJsonFile(kGolden + "/records/" + stored.file));
    EXPECT_EQ(RecordFileName(stored.record), stored.file);
  }
}

TEST(Golden, LeaderboardText) {
  ExpectGolden("leaderboard.txt", TerminalTable(BuildLeaderboard(GoldenRecords()), {}));
}

TEST(Golden, LeaderboardMarkdown) {
  ExpectGolden("leaderboard.md", MarkdownTable(BuildLeaderboard(GoldenRecords())));
}

TEST(Golden, LeaderboardLatex) {
  ExpectGolden("leaderboard.tex", LatexTables(BuildLeaderboard(GoldenRecords())));
}

TEST(Golden, LeaderboardCsv) {
  ExpectGolden("leaderboard.csv", LeaderboardCsv(BuildLeaderboard(GoldenRecords())));
}

TEST(Golden, LeaderboardJson) {
  ExpectGolden("leaderboard.json", DumpJson(LeaderboardJson(BuildLeaderboard(GoldenRecords()))));
}

}  // namespace
}  // namespace bcr
