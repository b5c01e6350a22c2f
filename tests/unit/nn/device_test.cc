#include "harness/nn/device.h"

#include <gmock/gmock.h>

#include "harness/nn/cuda_library.h"
#include "harness/nn/threads.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using testing::MessageOf;

TEST(Device, CpuIsAlwaysThere) { EXPECT_EQ(ResolveDevice("cpu"), "cpu"); }

TEST(Device, AutoTakesCudaWhereItWorks) {
  EXPECT_EQ(ResolveDevice("auto"), LoadCudaLibrary().devices > 0 ? "cuda:0" : "cpu");
}

TEST(Device, NamedDeviceMustExist) {
  const int beyond = LoadCudaLibrary().devices;
  EXPECT_THAT(
      MessageOf(ErrorCode::kUsage, [&] { ResolveDevice("cuda:" + std::to_string(beyond)); }),
      HasSubstr(LoadCudaLibrary().text));
}

TEST(Device, OtherWordsAreRefused) {
  for (const char* wanted : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0x", "cuda: 0", "CUDA",
                             "cuda:99999999999999999999", "cudax"})
    EXPECT_THAT(MessageOf(ErrorCode::kUsage, [&] { ResolveDevice(wanted); }), HasSubstr("auto"))
        << wanted;
}

TEST(CudaLibrary, StatusIsConsistent) {
  const CudaStatus& status = LoadCudaLibrary();
  EXPECT_FALSE(status.text.empty());
  EXPECT_TRUE(status.library || status.devices == 0);
  EXPECT_TRUE(status.driver || !status.library);
}

TEST(Threads, SetAndVersion) {
  const int before = TorchThreads();
  SetTorchThreads(1);
  EXPECT_EQ(TorchThreads(), 1);
  SetTorchThreads(before);
  EXPECT_THAT(MessageOf(ErrorCode::kUsage, [] { SetTorchThreads(0); }), HasSubstr("1 or more"));
  EXPECT_THAT(TorchVersion(), HasSubstr("."));
}

}  // namespace
}  // namespace bcr
