#pragma once

#include <string>

namespace bcr {

// `bcreid data ...` as typed.
struct DataFlags {
  enum class Action { kMake, kBaseline, kCheck };
  Action action = Action::kCheck;
  std::string reference;
  std::string store;    // where generated images are kept
  bool decode = false;  // check: decode every image
};

// Does it and prints what is found; returns the exit code. In the training library.
int RunData(const DataFlags& flags);

}  // namespace bcr
