#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

// Fills `single_image_identities` and `queries_without_match` of `report` from the three lists,
// indexed by Split.
void CountOddities(const std::vector<ImageRecord> (&images)[3], DatasetReport& report);

// The hash by which a dataset proves itself: reader, revision, and for each image its split, name,
// identity, camera and file size. REQUIRES: `bytes` runs parallel to `images`.
std::string HashImages(const std::string& reader, int revision,
                       const std::vector<ImageRecord> (&images)[3],
                       const std::vector<uint64_t> (&bytes)[3]);

// Counts a name outside the grammar and keeps the first 100. Bytes that are not printable ASCII are
// shown as \xNN, because a file name may be no valid UTF-8 and the report is written as JSON.
void AddUnparsed(std::string_view name, DatasetReport& report);

// Files that systems leave in folders and archives: dotfiles, Thumbs.db, desktop.ini. They are
// neither listed nor counted.
bool IsClutter(std::string_view base_name);

}  // namespace bcr
