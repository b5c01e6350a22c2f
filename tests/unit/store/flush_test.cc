// Writing, flushing and renaming in the order that survives a power cut.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "harness/store/artifact_store.h"
#include "tests/unit/core/disk_calls.h"

namespace bcr {
namespace {

using test::CalledBefore;
using test::DiskCalls;
using test::FindCall;

// As an augmenter may write: with no care for the disk.
void WritePlainly(const std::string& path) { std::ofstream(path) << "content"; }

TEST(Flush, AnArtefactIsOnDiskBeforeItIsNamed) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  store.Prepare();
  DiskCalls().clear();
  const Json inputs = {{"a", 1}};
  store.Make("kind", inputs, [](const std::string& folder) {
    WritePlainly(JoinPath(folder, "x.bin"));
    MakeFolders(JoinPath(folder, "sub"));
    WritePlainly(JoinPath(folder, "sub/y.bin"));
  });
  const std::string folder = store.Folder("kind", ArtifactStore::KeyOf(inputs));
  const size_t done = FindCall("/DONE"), named = FindCall(" " + folder);
  for (const char* end : {"/x.bin", "/sub/y.bin", "/inputs.json", "/sub"})
    EXPECT_TRUE(CalledBefore(done, "fsync ", end)) << end << " is not flushed before DONE";
  EXPECT_LT(done, named);
  EXPECT_TRUE(DiskCalls()[named].starts_with("rename "));
  const size_t after = FindCall("fsync " + root.path() + "/kind", named);
  EXPECT_EQ(DiskCalls()[after], "fsync " + root.path() + "/kind") << "the folder of the new name";
}

TEST(Flush, ManyFilesAreFlushedAtOnce) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  store.Prepare();
  DiskCalls().clear();
  store.Make("kind", {{"a", 1}}, [](const std::string& folder) {
    for (int i = 0; i < 100; ++i) WritePlainly(JoinPath(folder, std::to_string(i) + ".jpg"));
  });
  EXPECT_LT(FindCall("syncfs "), FindCall("/DONE"));
  EXPECT_LT(std::count_if(DiskCalls().begin(), DiskCalls().end(),
                          [](const std::string& call) { return call.starts_with("fsync "); }),
            20);
}

}  // namespace
}  // namespace bcr
