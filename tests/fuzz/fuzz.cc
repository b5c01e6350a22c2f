#include "tests/fuzz/fuzz.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "harness/core/files.h"
#include "harness/core/random.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/one_input.h"
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace bcr::fuzz {
namespace {

constexpr double kUsualInputs = 20000;
constexpr double kSlow = 5.0;  // seconds of processor time for one input, sanitizers included
constexpr unsigned kHangSeconds = 120;  // of waiting

size_t FromEnvironment(const char* name, size_t usual) {
  const char* const text = std::getenv(name);
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

// What is being read, for the moment of a crash, when nothing but write() may be called.
char g_now[128];

void SayWhatWasRead() {
  const ssize_t ignored = ::write(2, g_now, std::strlen(g_now));
  (void)ignored;
}

void OnSignal(int signal) {
  SayWhatWasRead();
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

void WatchForCrashes() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(SayWhatWasRead);
#else
  std::signal(SIGSEGV, OnSignal);
  std::signal(SIGBUS, OnSignal);
#endif
  std::signal(SIGABRT, OnSignal);
  std::signal(SIGALRM, OnSignal);
}

double ProcessorSeconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string Shown(const std::string& bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 600)) {
    const bool plain = c >= ' ' && c <= '~' && c != '\\';
    text += plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return bytes.size() > 600 ? text + "..." : text;
}

enum class Verdict { kAccepted, kRefused, kFailed };

struct Tally {
  size_t inputs = 0, accepted = 0;
  double seconds = 0, slowest = 0;  // of processor time
};

Tally g_all;

void Print(const std::string& name, const Tally& tally) {
  std::printf("%s: %zu inputs, %zu accepted, %.2f s, slowest %.1f ms\n", name.c_str(), tally.inputs,
              tally.accepted, tally.seconds, 1e3 * tally.slowest);
}

class Runner {
 public:
  explicit Runner(const Target& target) : target_(target) { WatchForCrashes(); }

  void Corpus() {
    const std::string folder = JoinPath(BCR_TEST_SOURCE_DIR "/fuzz/corpus", target_.name);
    const bool stored = target_.seeds.empty() || FolderExists(folder);
    for (const std::string& name : stored ? ListFiles(folder) : std::vector<std::string>()) {
      const std::string bytes = ReadFile(JoinPath(folder, name));
      const bool ok = name.starts_with("ok-");
      EXPECT_TRUE(ok || name.starts_with("bad-")) << name << ": call it ok-* or bad-*";
      EXPECT_EQ(Read(bytes, name), ok ? Verdict::kAccepted : Verdict::kRefused)
          << target_.name << "/" << name << ": " << last_message_;
      // What is accepted leads deeper: its mutants are the more telling.
      corpus_.insert(corpus_.end(), ok ? 4 : 1, bytes);
    }
    for (const std::string& bytes : target_.seeds) {
      EXPECT_EQ(Read(bytes, "a seed"), Verdict::kAccepted) << target_.name << ": " << last_message_;
      corpus_.insert(corpus_.end(), 4, bytes);
    }
  }

  void Mutants() {
    const uint64_t seed = DeriveSeed(1, target_.name);
    const auto inputs = static_cast<size_t>(
        target_.share * static_cast<double>(FromEnvironment("BCR_FUZZ_INPUTS", kUsualInputs)) +
        0.5);
    const size_t first = FromEnvironment("BCR_FUZZ_FIRST", 0);
    for (size_t i = first; i < first + inputs && failures_ < 5; ++i) {
      Read(Mutant(corpus_, target_.words, DeriveSeed(seed, i)), fmt::format("mutant {}", i));
    }
    Print(target_.name, tally_);
    // With one outcome only, the mutants test nothing.
    EXPECT_GT(tally_.accepted, 0U);
    EXPECT_GT(tally_.inputs, tally_.accepted);
    g_all.inputs += tally_.inputs;
    g_all.accepted += tally_.accepted;
    g_all.seconds += tally_.seconds;
    g_all.slowest = std::max(g_all.slowest, tally_.slowest);
  }

 private:
  Verdict Read(const std::string& bytes, const std::string& name) {
    std::snprintf(g_now, sizeof(g_now), "fuzz: while reading %s: %s\n", target_.name.c_str(),
                  name.c_str());
    ::alarm(kHangSeconds);
    const double begin = ProcessorSeconds();
    const Outcome outcome = ReadInput(target_, bytes);
    const double seconds = ProcessorSeconds() - begin;
    ::alarm(0);
    ++tally_.inputs;
    tally_.seconds += seconds;
    tally_.slowest = std::max(tally_.slowest, seconds);
    last_message_ = outcome.refused ? outcome.message : "accepted";
    if (!outcome.complaint.empty()) {
      Fail(name, outcome.complaint, bytes);
    } else if (seconds > kSlow) {
      Fail(name, fmt::format("took {:.1f} s", seconds), bytes);
    } else if (outcome.refused) {
      return Verdict::kRefused;
    } else {
      ++tally_.accepted;
      return Verdict::kAccepted;
    }
    return Verdict::kFailed;
  }

  void Fail(const std::string& name, const std::string& complaint, const std::string& bytes) {
    ++failures_;
    ADD_FAILURE() << target_.name << ", " << name << ": " << complaint
                  << "\ninput: " << Shown(bytes);
  }

  const Target& target_;
  std::vector<std::string> corpus_;
  Tally tally_;
  size_t failures_ = 0;
  std::string last_message_;
};

class Total : public ::testing::Environment {
  void TearDown() override { Print("fuzz total", g_all); }
};
const ::testing::Environment* const g_total = ::testing::AddGlobalTestEnvironment(new Total);

}  // namespace

void RunTarget(const Target& target) {
  Runner runner(target);
  runner.Corpus();
  if (!::testing::Test::HasFailure()) runner.Mutants();
}

}  // namespace bcr::fuzz
