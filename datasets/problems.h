#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/error.h"

namespace bcr {

// Gathers what is wrong with a list of images, so that one run shows the first ten problems instead
// of one.
class Problems {
 public:
  // `line` counts from 1.
  void Add(size_t line, const std::string& text);
  // A problem of no line, such as one of a folder.
  void Add(const std::string& text);
  bool empty() const { return count_ == 0; }
  // Throws `code`, naming `file` and the first line, where anything was added.
  void ThrowIfAny(ErrorCode code, const std::string& file, const std::string& expected,
                  const std::string& hint) const;

 private:
  std::vector<std::string> shown_;
  size_t count_ = 0;
  size_t first_line_ = 0;
};

}  // namespace bcr
