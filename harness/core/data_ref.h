#pragma once

#include <map>
#include <string>
#include <string_view>

namespace bcr {

// A data reference as typed: name[:path][,key=value...], e.g. `market1501:/data/Market-1501`,
// `pedsynth-a,identities=300`, `omniglot:small1.zip,alphabets=Greek+Korean`.
struct DataRef {
  std::string name;
  std::string path;                            // "" where none was given
  std::map<std::string, std::string> options;  // sorted by key

  // The reference in its one canonical spelling.
  std::string Text() const;
};

// Throws kUsage with the grammar and an example.
DataRef ParseDataRef(std::string_view text);

}  // namespace bcr
