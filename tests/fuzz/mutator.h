#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr::fuzz {

// A mutant of one of `corpus`, sometimes spliced with another: bytes, words, numbers and ranges
// changed, inserted, repeated, swapped or cut. `words` are what parsers of this format look for.
// Equal arguments give equal mutants. REQUIRES: corpus is not empty.
std::string Mutant(const std::vector<std::string>& corpus, const std::vector<std::string>& words,
                   uint64_t seed);

}  // namespace bcr::fuzz
