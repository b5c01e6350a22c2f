#include "harness/plan/judged_on.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/plan/data_roles.h"
#include "harness/plan/request.h"

namespace bcr {

JudgedOn ImagesToJudgeBy(const CheckpointChoice& choice, const ModelNode& node,
                         const PlannedRun& run, const RunRequest& request, DataRoles& data) {
  const Setting& setting = run.protocol->setting;
  const bool scored =
      std::find(node.data.begin(), node.data.end(), setting.score_on) != node.data.end();
  const std::string& role = scored ? setting.score_on : node.data.front();
  JudgedOn images;
  images.policy = PolicyForIdentities(ParsePolicy(run.protocol->profile.policy),
                                      data.Data(role).report().market_identities);
  images.feature_side = run.protocol->profile.feature_side;
  if (choice.by == "test") {
    images.query = {{{role, Split::kQuery, std::nullopt, ""}}};
    images.gallery = {{{role, Split::kGallery, std::nullopt, ""}}};
    return images;
  }
  const ViewRows& held = run.views->validation.at(role);
  if (held.rows.empty()) {
    throw Error(ErrorCode::kConfig,
                {"setting " + setting.name + ": validation_share", "0",
                 "held-out people, by whom the epoch of " + node.name + " is chosen",
                 "Use --set checkpoint=last, or --set setting.validation_share=0.1."});
  }
  if (request.score_on == "validation") {
    throw Error(ErrorCode::kConfig,
                {"checkpoint validation", "--score-on validation beside it",
                 "people who have chosen nothing yet",
                 "Use --set checkpoint=last there: the figures would flatter the chosen epoch."});
  }
  images.query = images.gallery = ListOf({held});
  return images;
}

}  // namespace bcr
