#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

struct DataRef;

// The value of an option of a data reference that takes one of `values`; the first of them where the
// option is not given. Throws kUsage with the list and a suggestion. REQUIRES: values is not empty.
std::string ChoiceOf(const DataRef& ref, const std::string& key,
                     const std::vector<std::string>& values);

// The value of an option that takes a whole number from `least` to `most`; `fallback` where it is
// not given. Throws kUsage.
uint64_t NumberOf(const DataRef& ref, const std::string& key, uint64_t fallback, uint64_t least,
                  uint64_t most);

}  // namespace bcr
