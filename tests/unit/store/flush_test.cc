// Writing, flushing and renaming in the order that survives a power cut. This binary has its own
// fsync, syncfs and rename in front of the system's, which note who was called with what.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "harness/store/artifact_store.h"

namespace {

std::vector<std::string> calls;  // "fsync PATH", "syncfs PATH", "rename FROM TO"

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
  calls.push_back("fsync " + PathOf(descriptor));
  return Next<int (*)(int)>("fsync")(descriptor);
}

extern "C" int syncfs(int descriptor) noexcept {
  calls.push_back("syncfs " + PathOf(descriptor));
  return Next<int (*)(int)>("syncfs")(descriptor);
}

extern "C" int rename(const char* from, const char* to) noexcept {
  calls.push_back(std::string("rename ") + from + " " + to);
  return Next<int (*)(const char*, const char*)>("rename")(from, to);
}

namespace bcr {
namespace {

// Where the first call behind `from` that contains `text` stands.
size_t Find(const std::string& text, size_t from = 0) {
  for (size_t i = from; i < calls.size(); ++i) {
    if (calls[i].find(text) != std::string::npos) return i;
  }
  ADD_FAILURE() << "no call with `" << text << "` behind the " << from << "th of " << calls.size();
  return calls.size();
}

// As an augmenter may write: with no care for the disk.
void WritePlainly(const std::string& path) { std::ofstream(path) << "content"; }

TEST(Flush, AnArtefactIsOnDiskBeforeItIsNamed) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  store.Prepare();
  calls.clear();
  const Json inputs = {{"a", 1}};
  store.Make("kind", inputs, [](const std::string& folder) {
    WritePlainly(JoinPath(folder, "x.bin"));
    MakeFolders(JoinPath(folder, "sub"));
    WritePlainly(JoinPath(folder, "sub/y.bin"));
  });
  const std::string folder = store.Folder("kind", ArtifactStore::KeyOf(inputs));
  const size_t done = Find("/DONE");
  const size_t named = Find(" " + folder);
  const auto flushed = [&](const std::string& end) {
    return std::any_of(
        calls.begin(), calls.begin() + static_cast<ptrdiff_t>(done),
        [&](const std::string& call) { return call.starts_with("fsync ") && call.ends_with(end); });
  };
  for (const char* end : {"/x.bin", "/sub/y.bin", "/inputs.json", "/sub"})
    EXPECT_TRUE(flushed(end)) << end << " is not flushed before DONE is named";
  EXPECT_LT(done, named);
  EXPECT_EQ(calls[named].substr(0, 7), "rename ");
  const size_t after = Find("fsync " + root.path() + "/kind", named);
  EXPECT_EQ(calls[after], "fsync " + root.path() + "/kind") << "the folder of the new name";
}

TEST(Flush, ManyFilesAreFlushedAtOnce) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  store.Prepare();
  calls.clear();
  store.Make("kind", {{"a", 1}}, [](const std::string& folder) {
    for (int i = 0; i < 100; ++i) WritePlainly(JoinPath(folder, std::to_string(i) + ".jpg"));
  });
  EXPECT_LT(Find("syncfs "), Find("/DONE"));
  EXPECT_LT(std::count_if(calls.begin(), calls.end(),
                          [](const std::string& call) { return call.starts_with("fsync "); }),
            20);
}

}  // namespace
}  // namespace bcr
