#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Seeded mutation tests of everything that reads outside bytes. The same inputs on every run.
//
// The contract, for every input: refused with a bcr::Error that says where and what, or accepted
// with a value that holds up against a second look (Require): never a crash, a hang, another
// exception, or a wrong value in silence.
//
// Environment: BCR_FUZZ_INPUTS=1000000 in place of 20000 inputs over all targets of a program;
// BCR_FUZZ_FIRST=k begins at mutant k, to repeat a failure or to go on where a run ended.
namespace bcr::fuzz {

struct Target {
  // Also the folder of its corpus. There, ok-* must be accepted and bad-* refused.
  std::string name;
  double share = 0;  // of all inputs
  std::vector<std::string> words = {};
  std::function<void(const std::string& bytes)> read;  // throws bcr::Error to refuse
  // Inputs besides those of the corpus, which must be accepted: for formats of libraries.
  std::vector<std::string> seeds = {};
};

// Reads the corpus, then mutants of it; failures are GoogleTest failures.
void RunTarget(const Target& target);

// For `read`: fails the test with the input that broke the rule.
void Require(bool holds, std::string_view rule);

// Writes without flushing to disk.
void Put(const std::string& path, std::string_view bytes);

}  // namespace bcr::fuzz
