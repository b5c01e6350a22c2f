#include "reports/record_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
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

TEST(RecordIo, DamagedRecordsAreNamedForRemovalAndForeignOnesLeftOut) {
  const TemporaryFolder folder;
  const std::string whole = WriteRecord(folder.path(), TestRecord("bct", 1));
  const std::string foreign = JoinPath(folder.path(), "a.b.c.seed7.json");
  WriteFileAtomic(foreign, R"({"kind": "somebody else's"})");
  std::vector<std::string> notes;
  EXPECT_EQ(ReadRecords(folder.path(), &notes).size(), 1U);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(notes[0], ::testing::HasSubstr(foreign));
  for (const std::string& damaged : {std::string("{\"schema"), std::string(R"({"schema_version": 1,
                                     "setting": 1, "cells": []})")}) {
    WriteFileAtomic(whole, damaged);
    try {
      ReadRecords(folder.path());
      FAIL() << "a damaged record was read";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("Remove " + whole));
    }
  }
}

TEST(RecordIo, NobodyIsToldToRemoveAFileOfHisOwn) {
  const TemporaryFolder folder;
  for (const char* name : {"thesis.json", "a.b.c.seed1.json"}) {
    const std::string mine = JoinPath(folder.path(), name);
    WriteFileAtomic(mine, R"({"years": 4})");
    try {
      ReadRecord(mine);
      FAIL() << "read as a record";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("Remove")));
    }
  }
}

TEST(RecordIo, TheFolderOfARunStandsForItsRecords) {
  const TemporaryFolder folder;
  WriteRecord(JoinPath(folder.path(), "records"), TestRecord("bct", 1));
  WriteFileAtomic(JoinPath(folder.path(), "leaderboard.json"), "{}");
  EXPECT_EQ(ReadRecords(folder.path()).size(), 1U);
}

TEST(RecordIo, NamesAreRelativeHoweverTheFolderWasTyped) {
  const TemporaryFolder folder;
  const std::string records = JoinPath(folder.path(), "records");
  const std::string name =
      std::filesystem::path(WriteRecord(records, TestRecord("bct", 1))).filename().string();
  for (const std::string& typed : {records, records + "/", folder.path() + "/./records"}) {
    std::vector<StoredRecord> stored = ReadRecords(typed);
    NameRelativeTo(folder.path() + "/", stored);
    EXPECT_EQ(stored[0].file, "records/" + name);
    stored = ReadRecords(typed);
    NameRelativeTo(records, stored);
    EXPECT_EQ(stored[0].file, name);
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
