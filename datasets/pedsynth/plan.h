#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr::pedsynth {

struct Options;

enum class Kind { kPerson, kDistractor, kJunk };

// One picture to be drawn.
struct Shot {
  std::string path;  // folder and name, as Market-1501 spells them
  Kind kind = Kind::kPerson;
  uint64_t person = 0;  // seed of who is shown
  int camera = 0;       // from 0
  uint64_t seed = 0;    // of the picture itself
};

// All pictures of one identity (or of all distractors, or all junk, in groups): the unit of
// parallel work. Groups depend on (options, index) alone.
size_t GroupCount(const Options& options);
std::vector<Shot> PlanGroup(const Options& options, size_t group);

}  // namespace bcr::pedsynth
