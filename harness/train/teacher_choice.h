#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bcr {

struct ObjectiveInfo;
struct ObjectiveUse;

// How a mean teacher follows the model that is trained (mean_teacher.h).
struct TeacherChoice {
  double decay = 0.999;  // a, in [0, 1): the share of itself that it keeps in a step
  bool warm_up = true;   // a_t = min(1 - 1 / (t + 1), a) at step t from 0; otherwise a throughout
  // Statistics of batch normalisation: of its own forward passes, which are then in training mode; or
  // averaged as the parameters, and its passes are in evaluation mode.
  bool own_statistics = true;
  bool answers = true;  // an objective asks for its logits: it sees every batch
  bool operator==(const TeacherChoice&) const = default;
};

// The mean teacher that these objectives ask for (ObjectiveInfo::teacher; parameters may lack
// defaults); none where none does. Throws kConfig where two of them ask for different ones.
std::optional<TeacherChoice> TeacherOf(const std::vector<ObjectiveUse>& base,
                                       const std::vector<ObjectiveUse>& compatibility,
                                       const std::vector<const ObjectiveInfo*>& table);

}  // namespace bcr
