#pragma once

#include <cstddef>

namespace bcr {

// Uninitialised floats for the inner loops: on a cache line boundary, and in huge pages where the
// array is large and the system offers them (faulting in small pages costs as much as counting).
class AlignedFloats {
 public:
  explicit AlignedFloats(size_t n);
  ~AlignedFloats();
  AlignedFloats(const AlignedFloats&) = delete;
  AlignedFloats& operator=(const AlignedFloats&) = delete;
  float* data() const { return data_; }

 private:
  const size_t alignment_;
  float* const data_;
};

}  // namespace bcr
