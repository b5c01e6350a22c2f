#include "harness/eval/scoring_text.h"

#include "harness/eval/scorer.h"

namespace bcr {

std::string TiesText(Ties ties) {
  return ties == Ties::kByRow ? "by (distance, gallery row)" : TiesName(ties);
}

std::string CameraRuleText(Policy policy) {
  return policy == Policy::kNone ? "none"
                                 : "gallery images of the query's identity and camera are dropped";
}

std::string JunkRuleText(Policy policy) {
  return policy == Policy::kMarket
             ? "identity -1 is dropped; identity 0 is a distractor, never a match"
             : "none";
}

}  // namespace bcr
