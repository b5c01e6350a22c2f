#include "harness/nn/torch_edge.h"

#include <gmock/gmock.h>

#include <new>
#include <stdexcept>

#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::MessageOf;
using ::testing::Not;

TEST(TorchEdge, TorchErrorsAreTranslatedWithoutBacktrace) {
  const auto work = [] { at::ones({2, 3}).mm(at::ones({2, 3})); };
  EXPECT_THAT(MessageOf(ErrorCode::kInternal, [&] { TranslateTorch(work, "here"); }),
              AllOf(HasSubstr("here"), HasSubstr("2x3"), Not(HasSubstr("frame #"))));
}

TEST(TorchEdge, OtherErrorsAreTranslated) {
  EXPECT_THAT(MessageOf(ErrorCode::kInternal,
                        [] { TranslateTorch([] { throw std::runtime_error("odd"); }, "here"); }),
              HasSubstr("odd"));
}

TEST(TorchEdge, MemoryIsTheUsersToLower) {
  const auto exhausted = [] { at::empty({int64_t{1} << 50}); };
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { TranslateTorch(exhausted, "here"); }),
              HasSubstr("batch size"));
  EXPECT_THAT(
      MessageOf(ErrorCode::kConfig, [] { TranslateTorch([] { throw std::bad_alloc(); }, "here"); }),
      HasSubstr("batch size"));
}

TEST(TorchEdge, OurErrorsPass) {
  const Error ours(ErrorCode::kGate, {"a", "b", "c", "d"});
  EXPECT_EQ(MessageOf(ErrorCode::kGate, [&] { TranslateTorch([&] { throw ours; }, "here"); }),
            ours.what());
}

TEST(TorchEdge, NothingThrownIsNothing) {
  int calls = 0;
  TranslateTorch([&] { ++calls; }, "here");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace bcr
