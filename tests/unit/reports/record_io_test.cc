#include "reports/record_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

TEST(RecordIo, WritesUnderItsNameAndReadsSortedByName) {
  TemporaryFolder folder;
  const std::string path = WriteRecord(folder.path(), TestRecord("rbcl", 2));
  EXPECT_EQ(path, JoinPath(folder.path(), "in-domain-data.rbcl.quick.seed2.json"));
  WriteRecord(folder.path(), TestRecord("bct", 1));
  WriteFileAtomic(JoinPath(folder.path(), "leaderboard.json"), "{}");
  WriteFileAtomic(JoinPath(folder.path(), "a.b.c.seedx.json"), "{}");
  const std::vector<StoredRecord> records = ReadRecords(folder.path());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].record.method.name, "bct");
  EXPECT_EQ(RecordJson(records[1].record), RecordJson(TestRecord("rbcl", 2)));
  EXPECT_EQ(ReadRecords(path).front().record.seed, 2);
}

TEST(RecordIo, EveryByteOfTheFileIsDecidedByTheRecord) {
  TemporaryFolder a, b;
  EXPECT_EQ(ReadFile(WriteRecord(a.path(), TestRecord("bct", 1))),
            ReadFile(WriteRecord(b.path(), TestRecord("bct", 1))));
}

TEST(RecordIo, BadFilesAreNamed) {
  TemporaryFolder folder;
  EXPECT_THROW(ReadRecords(folder.path()), Error) << "no record";
  EXPECT_THROW(ReadRecords(JoinPath(folder.path(), "absent")), Error);
  const std::string path = WriteRecord(folder.path(), TestRecord("bct", 1));
  WriteFileAtomic(path, ReadFile(path).substr(0, 200));
  try {
    ReadRecords(folder.path());
    FAIL() << "a truncated record was read";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("seed1.json"));
  }
}

TEST(RecordIo, NamesThatAreNoFileNamesAreRefused) {
  RunRecord record = TestRecord("../bct", 1);
  EXPECT_THROW(RecordFileName(record), Error);
  record.method.name = "";
  EXPECT_THROW(RecordFileName(record), Error);
}

}  // namespace
}  // namespace bcr
