#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace bcr {
struct DataRef;
}

namespace bcr::pedsynth {

// Raised whenever the same options give other pictures or another list. It is part of the folder's
// name, so that a new revision never reads an old one's pictures.
inline constexpr int kRevision = 1;

// Everything that decides what is drawn.
struct Options {
  std::string domain;  // of AllDomains
  int identities = 150;
  int test_identities = 120;
  int images = 11;  // mean per identity, queries included
  int cameras = 6;
  int distractors = 150;
  int junk = 60;
  uint64_t seed = 1;
  int height = 128;
  int width = 64;

  // One canonical line; equal options give equal lines.
  std::string Text() const;
};

// Throws kUsage for a value that is no whole number or out of range.
Options ParseOptions(const DataRef& ref, const std::string& domain);

// Key -> description with default and range, for DatasetInfo.
std::map<std::string, std::string> DescribeOptions();

}  // namespace bcr::pedsynth
