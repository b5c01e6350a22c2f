#pragma once

#include <string>
#include <vector>

#include "reports/run_record.h"

namespace bcr {

// A record and the file it was read from.
struct StoredRecord {
  std::string file;
  RunRecord record;
};

// <setting>.<method>.<profile>.seed<k>.json. Throws kConfig where a name has characters that do not
// belong in a file name.
std::string RecordFileName(const RunRecord& record);

// Writes the record under its name in `folder`, atomically, and returns the path.
std::string WriteRecord(const std::string& folder, const RunRecord& record);

// Throws kMissing, kIo, kConfig or kData, naming the file, and where it is damaged that it is to be
// removed.
RunRecord ReadRecord(const std::string& path);

// All records of a folder (files named as above), sorted by file name; other files are left alone.
// A folder without any that has a folder `records` (what `run --out` names) stands for that one.
// Given a file, that record. JSON of somebody else under such a name is left out: one sentence each
// is added to `notes`. Throws kMissing where a folder holds no record, and what ReadRecord throws
// for the first bad one.
std::vector<StoredRecord> ReadRecords(const std::string& folder_or_file,
                                      std::vector<std::string>* notes = nullptr);

// Makes the files' names relative to `folder`, however both were typed.
void NameRelativeTo(const std::string& folder, std::vector<StoredRecord>& records);

}  // namespace bcr
