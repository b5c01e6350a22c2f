#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace bcr::testing {

// Counts, on every thread while it lives, the calls that make the host wait for a device: reading a
// value (item, also as a truth value), results whose size depends on values (nonzero, unique,
// masked_select), comparing whole tensors (equal). On the CPU nothing waits, but the calls are the
// same. The CPU's fused Adam reads its own step counters, which the CUDA kernel does not: calls
// inside it are not counted.
class SyncCounter {
 public:
  SyncCounter();
  ~SyncCounter();
  int64_t count() const;
  // Requests to bring a tensor to a named device, as cpu() makes them. They are counted apart
  // because the other direction does not wait; where the tensor is there already nothing is done,
  // but the request is still seen.
  int64_t moves() const;
  std::string Describe() const;  // "aten::nonzero 3, ..."

 private:
  uint64_t handle_;  // of the callback
};

}  // namespace bcr::testing
