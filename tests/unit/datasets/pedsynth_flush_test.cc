// Drawn pictures are on disk before the file DONE says that they are.
#include <gtest/gtest.h>

#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/writer.h"
#include "harness/core/data_ref.h"
#include "harness/core/files.h"
#include "tests/unit/core/disk_calls.h"

namespace bcr::pedsynth {
namespace {

using test::CalledBefore;
using test::DiskCalls;
using test::FindCall;

TEST(PedsynthFlush, PicturesAreFlushedBeforeDoneAndTheFolderBehindItsName) {
  const TemporaryFolder root;
  const std::string folder = root.path() + "/set";
  // Few pictures are flushed one by one, many at once.
  for (const int images : {2, 8}) {
    DiskCalls().clear();
    const Options options = ParseOptions(
        ParseDataRef("pedsynth-a,identities=4,test-identities=3,cameras=3,distractors=2,junk=1,"
                     "height=64,width=32,images=" +
                     std::to_string(images)),
        "a");
    EnsureSound(options, folder + std::to_string(images), {.threads = 1, .quiet = true});
    const size_t done = FindCall("/DONE");
    EXPECT_TRUE(CalledBefore(done, "fsync ", ".jpg") || CalledBefore(done, "syncfs ", ""));
    const size_t named = FindCall(" " + folder + std::to_string(images), done);
    EXPECT_TRUE(DiskCalls()[named].starts_with("rename "));
    EXPECT_EQ(DiskCalls().back(), "fsync " + root.path());
  }
}

}  // namespace
}  // namespace bcr::pedsynth
