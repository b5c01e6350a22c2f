#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

struct BadImage {
  std::string name;
  std::string why;
};

// What a packed file holds: the kept images in order, those left out, and the hash of its bytes.
struct PackedIndex {
  std::vector<ImageRecord> images;
  std::vector<BadImage> bad;
  std::string content;
};

// The list beside a packed file: what the file was made from, and what it holds.
struct PackList {
  std::string key;    // compact JSON: what the file must agree with before it is used again
  std::string stamp;  // Dataset::Stamp of the pictures
  PackedIndex index;
};

// Throws kConfig where the key is no JSON.
std::string PackListText(const PackList& list);

// Reads that text. Nothing where it is of another form, as lists of other versions are.
// Throws kInterrupted.
std::optional<PackList> ParsePackList(const std::string& text);

}  // namespace bcr
