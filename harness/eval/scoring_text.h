#pragma once

#include <string>

namespace bcr {

enum class Policy;
enum class Ties;

// What records and reports say of how a cell was scored, in one wording, so that results of runs
// and of feature sets compare.
inline constexpr char kApText[] = "map_hits: precision at hits; map_trapezoid: trapezoid";
std::string TiesText(Ties ties);
std::string CameraRuleText(Policy policy);
std::string JunkRuleText(Policy policy);

}  // namespace bcr
