#pragma once

#include <functional>
#include <string>

namespace bcr {

// `bcreid data ...` as typed.
struct DataFlags {
  enum class Action { kMake, kBaseline, kCheck, kPack, kExport };
  Action action = Action::kCheck;
  std::string reference;
  std::string store;            // where generated and packed images are kept
  bool decode = false;          // check: decode every image
  int height = 0, width = 0;    // pack: pixels
  std::string resize = "area";  // pack: how images come to that size
  bool skip_bad = false;        // pack: leave unreadable images out
  std::string out;              // export: the folder to make
  std::string layout = "csv";   // export: csv | market
};

// The encoded images of the queries and the gallery of a data set, by name; "" for other names.
// `store` as in DataFlags. Throws what opening and reading throw.
std::function<std::string(const std::string& image)> ImagesByName(const std::string& reference,
                                                                  const std::string& store);

// Does it and prints what is found; returns the exit code. In the training library.
int RunData(const DataFlags& flags);

}  // namespace bcr
