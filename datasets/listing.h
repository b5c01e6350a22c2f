#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

struct ListedImage {
  ImageRecord record;
  std::string source;  // what `ReadSource` is given: a file path, or the name of an archive entry
  uint64_t bytes = 0;  // size of the encoded file
};

// What a reader found, in any order; MakeListedDataset sorts, audits and hashes it.
struct Listing {
  std::vector<ListedImage> images[3];  // indexed by Split
  DatasetReport report;  // what the reader counted itself: junk, distractors, unparsed names
  std::string archive;   // the file that holds all images; "" where each source is a file

  std::vector<ListedImage>& of(Split split) { return images[static_cast<int>(split)]; }
  const std::vector<ListedImage>& of(Split split) const { return images[static_cast<int>(split)]; }
};

// Returns the encoded file named by `source`; called from several threads at once; throws
// bcr::Error naming the file.
using ReadSource = std::function<std::string(const std::string& source)>;

// Sorts each split bytewise by name, fills the remaining counts of the report and the hash.
// REQUIRES: names are unique within their split.
std::unique_ptr<Dataset> MakeListedDataset(const DataRef& ref, const std::string& reader,
                                           int revision, Listing listing, ReadSource read);

// Size of a regular file in bytes; symbolic links are followed. Throws kMissing or kIo, naming the
// file.
uint64_t FileBytes(const std::string& path);

}  // namespace bcr
