#pragma once

#include <string>
#include <vector>

#include "harness/judge/options.h"

namespace CLI {
class App;
}

namespace bcr {

// Flags of sections that `score` and `run` have in common, as typed.
struct SectionFlags {
  std::vector<std::string> episodes;  // WAYxSHOT
  int episode_count = 10000, episode_queries = 15;
  std::vector<std::string> candidates;  // numbers
};

void AddSectionFlags(CLI::App& command, SectionFlags& flags);

// Throws kUsage: a kind or a number that is none, or twice.
void AskFor(const SectionFlags& flags, SectionsAsked& asked);

}  // namespace bcr
