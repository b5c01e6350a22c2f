#include "harness/core/provenance.h"

#include <gmock/gmock.h>
#include <sched.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

namespace bcr {
namespace {

TEST(BuildInfo, IsFilledIn) {
  const BuildInfo& info = GetBuildInfo();
  EXPECT_TRUE(std::regex_match(info.version, std::regex("\\d+\\.\\d+\\.\\d+"))) << info.version;
  EXPECT_TRUE(std::regex_match(info.git_revision, std::regex("unknown|[0-9a-f]{40,64}")))
      << info.git_revision;
  EXPECT_THAT(info.compiler, testing::ContainsRegex("[0-9]+\\.[0-9]+"));
  EXPECT_FALSE(info.build_type.empty());
  EXPECT_FALSE(info.flags.empty());
}

TEST(HostInfo, HasItsKeys) {
  const Json host = HostInfo();
  EXPECT_FALSE(host["cpu"].get<std::string>().empty());
  EXPECT_EQ(host["cores"].get<int>(), DefaultThreads());
  EXPECT_GT(host["memory_gib"].get<double>(), 0.1);
  EXPECT_FALSE(host["os"].get<std::string>().empty());
}

TEST(BlasWarning, OnlyWhereTheKernelsAreOlderThanTheProcessor) {
  EXPECT_THAT(BlasWarning("Prescott", true, true),
              testing::HasSubstr("OPENBLAS_CORETYPE=SkylakeX"));
  EXPECT_THAT(BlasWarning("Sandybridge", true, false),
              testing::HasSubstr("OPENBLAS_CORETYPE=Haswell"));
  EXPECT_EQ(BlasWarning("Prescott", false, false), "");
  for (const char* core : {"Haswell", "Zen", "SkylakeX", "Cooperlake", "SAPPHIRERAPIDS", ""}) {
    EXPECT_EQ(BlasWarning(core, true, true), "") << core;
  }
}

TEST(DefaultThreads, FollowsTheAffinityMask) {
  EXPECT_GE(DefaultThreads(), 1);
  // In a thread of its own: the mask of the others stays.
  std::thread([] {
    cpu_set_t mask;
    ASSERT_EQ(::sched_getaffinity(0, sizeof(mask), &mask), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &mask)) {
        CPU_SET(cpu, &one);
        break;
      }
    }
    ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
    EXPECT_EQ(DefaultThreads(), 1);
  }).join();
}

TEST(PeakMemory, SeesWhatWasTouched) {
  const std::vector<char> block(64 << 20, 1);
  EXPECT_GE(PeakMemoryMiB(), 64.0 * block[7]);
}

TEST(UtcNow, IsIso8601) {
  EXPECT_TRUE(
      std::regex_match(UtcNow(), std::regex("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ")));
}

TEST(LoadedLibraries, FindsByFileName) {
  const std::vector<std::string> found = LoadedLibraries("libstdc++");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], testing::HasSubstr("/libstdc++"));
  EXPECT_TRUE(LoadedLibraries("no-such-library").empty());
  EXPECT_TRUE(LoadedLibraries("lib/").empty()) << "folders do not count";
}

}  // namespace
}  // namespace bcr
