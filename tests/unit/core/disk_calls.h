#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bcr::test {

// What was flushed and renamed so far, in order: "fsync PATH", "syncfs PATH", "rename FROM TO". A
// test binary with disk_calls.cc among its sources has these functions in front of the system's.
std::vector<std::string>& DiskCalls();

// Where the first call at or behind `from` that contains `text` stands; a failed expectation, and
// the number of calls, where there is none.
size_t FindCall(const std::string& text, size_t from = 0);

// Whether a call begins with `start` and ends with `end`, before the call number `before`.
bool CalledBefore(size_t before, const std::string& start, const std::string& end);

}  // namespace bcr::test
