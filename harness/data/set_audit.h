#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

// How many identities so many cameras have seen: number of cameras -> identities.
std::map<size_t, size_t> CamerasAnIdentity(const std::vector<ImageRecord>& images);

// Identities that train and are tested, too: in the gallery or among the queries.
size_t SharedIdentities(const Dataset& data);

// The least, the middle and the greatest of a set of numbers; the lower of two middles.
struct Range {
  int least = 0, middle = 0, greatest = 0;
};

// What the files of a data set are like, beyond their names.
struct ContentAudit {
  struct OfSplit {
    uint64_t bytes = 0;   // of the encoded files
    size_t decoded = 0;   // images that could be decoded
    Range height, width;  // of these, in pixels
  };
  OfSplit splits[3];                  // indexed by Split
  std::vector<std::string> problems;  // a message for each image that cannot be read, in order
  // Images of different splits with the same bytes, but for an image that is query and gallery at
  // once under one name, which is how some protocols are made.
  size_t twins = 0;
  std::vector<std::pair<std::string, std::string>> shown_twins;  // the first ten, by name
};

// Reads and decodes every image. Throws nothing for images that cannot be read: they are problems.
ContentAudit AuditContents(const Dataset& data, int threads);

}  // namespace bcr
