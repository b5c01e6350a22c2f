#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

// What a path `<anything>/<Alphabet>/characterNN/<number>_<drawer>.png` says.
struct OmniglotName {
  std::string alphabet;
  std::string character;  // "character01"
  std::string drawer;     // "01" to "20"
  std::string file;       // "0108_01.png"
};

// Reads the last three components of `path`; what stands before them says nothing. Empty when
// outside the grammar.
std::optional<OmniglotName> ParseOmniglotPath(std::string_view path);

// One drawing: its name, and how large its file is and where to read it.
struct OmniglotDrawing {
  OmniglotName name;
  std::string source;
  uint64_t bytes = 0;
};

struct Listing;

// Shares the drawings of `alphabets` (empty: all) out between the splits. Of each alphabet's n
// characters, sorted bytewise, the first n/2 (rounded down) are for training with all their
// drawings; of the others, drawers 01-04 are queries and 05-20 the gallery. Identity
// "Alphabet/characterNN", camera = drawer, name "Alphabet/characterNN/file". `where` names the data
// in messages. Throws kUsage (unknown alphabet, with a suggestion and the list) and kData (a
// drawing twice, an empty split).
Listing ShareOutDrawings(std::vector<OmniglotDrawing> drawings,
                         const std::set<std::string>& alphabets, const std::string& where);

}  // namespace bcr
