#include "harness/core/address_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

// Puts the soft limit back: it may be raised up to the hard one again.
class ScopedLimit {
 public:
  explicit ScopedLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_AS, &limit);
  }
  ~ScopedLimit() { ::setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_ = {};
};

TEST(AddressSpace, ALimitBelowTheNeedIsToldWithBothFigures) {
  const ScopedLimit limit(rlim_t{2048} << 20);
  const std::string message =
      test::MessageOf([] { RequireAddressSpace("loading a library", size_t{1} << 20); });
  EXPECT_THAT(message, HasSubstr("loading a library: found a limit of 2048 MiB"));
  EXPECT_THAT(message, HasSubstr("ulimit -v"));
}

TEST(AddressSpace, EnoughOrNoLimitIsGranted) {
  EXPECT_NO_THROW(RequireAddressSpace("loading a library", size_t{1} << 20));
  const ScopedLimit limit(rlim_t{1} << 44);
  EXPECT_NO_THROW(RequireAddressSpace("loading a library", 100));
}

}  // namespace
}  // namespace bcr
