#include "harness/train/teacher_choice.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/objective.h"
#include "harness/train/recipe.h"

namespace bcr {

std::optional<TeacherChoice> TeacherOf(const std::vector<ObjectiveUse>& base,
                                       const std::vector<ObjectiveUse>& compatibility,
                                       const std::vector<const ObjectiveInfo*>& table) {
  std::optional<TeacherChoice> teacher;
  for (const auto* uses : {&base, &compatibility}) {
    for (const ObjectiveUse& use : *uses) {
      const ObjectiveInfo& info = FindObjective(table, use.objective);
      if (info.teacher == nullptr) continue;
      const TeacherChoice wanted =
          info.teacher(CompleteParameters(info, ParseJson(use.parameters, info.name)));
      if (teacher && wanted != *teacher) {
        throw Error(ErrorCode::kConfig,
                    {"objective `" + info.name + "`", "a second mean teacher of another kind",
                     "one mean teacher", "Give both uses the same parameters."});
      }
      teacher = wanted;
    }
  }
  return teacher;
}

}  // namespace bcr
