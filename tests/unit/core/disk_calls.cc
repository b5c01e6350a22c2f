#include "tests/unit/core/disk_calls.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace {

void Note(const std::string& call) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  bcr::test::DiskCalls().push_back(call);
}

std::string PathOf(int descriptor) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error)
      .string();
}

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int fsync(int descriptor) {
  Note("fsync " + PathOf(descriptor));
  return Next<int (*)(int)>("fsync")(descriptor);
}

extern "C" int syncfs(int descriptor) noexcept {
  Note("syncfs " + PathOf(descriptor));
  return Next<int (*)(int)>("syncfs")(descriptor);
}

extern "C" int rename(const char* from, const char* to) noexcept {
  Note(std::string("rename ") + from + " " + to);
  return Next<int (*)(const char*, const char*)>("rename")(from, to);
}

namespace bcr::test {

std::vector<std::string>& DiskCalls() {
  static std::vector<std::string> calls;
  return calls;
}

size_t FindCall(const std::string& text, size_t from) {
  const std::vector<std::string>& calls = DiskCalls();
  for (size_t i = from; i < calls.size(); ++i) {
    if (calls[i].find(text) != std::string::npos) return i;
  }
  ADD_FAILURE() << "no call with `" << text << "` behind the first " << from;
  return calls.size();
}

bool CalledBefore(size_t before, const std::string& start, const std::string& end) {
  const auto first = DiskCalls().begin();
  return std::any_of(first, first + static_cast<ptrdiff_t>(before), [&](const std::string& call) {
    return call.starts_with(start) && call.ends_with(end);
  });
}

}  // namespace bcr::test
