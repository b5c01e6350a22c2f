#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/train/objective.h"

namespace bcr::testing {

// Seven methods of the literature, sketched against the objective interface to show that it carries
// them. They are test doubles: their arithmetic is the method's in outline, not a reproduction, and
// nothing ships them.
struct Sketch {
  std::string name;
  std::string needs;   // what of the interface it exercises
  ObjectiveInfo info;  // registers it like any other objective
  std::unique_ptr<Objective> New() const { return MakeObjective(info, Json::object(), name); }
};
const std::vector<Sketch>& AllSketches();

}  // namespace bcr::testing
