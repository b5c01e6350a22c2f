#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "datasets/listing.h"

namespace bcr {

// What a line of a list says.
struct ListRow {
  ListedImage image = {};  // `source` is the path of its file; its size need not be known
  std::string problem =
      {};  // what is wrong with the line, to stand behind its number; "" if nothing
};

// What a list file looks like, for reading it and for messages.
struct ListFile {
  std::string path;
  std::string example;  // a line
  std::function<ListRow(std::string_view line)> parse;
  std::string hint = "Take the list from the data set's archive again";
};

// The row of a line that is outside the grammar.
ListRow WrongLine(std::string_view line);

// Adds the images that the list names to `split`. Throws kMissing (no such list, images that are not
// there), kData (wrong lines, an image twice in the split, no line at all); the first ten are named.
void ReadList(const ListFile& file, Split split, Listing& listing);

}  // namespace bcr
