#include "harness/judge/scoring_record.h"

#include "harness/eval/scoring_text.h"

namespace bcr {

ScoringRecord DescribeScoring(const JudgeOptions& options, const std::string& feature_side) {
  const ScoringOptions& scoring = options.scoring;
  ScoringRecord record;
  record.revision = kScoringRevision;
  record.policy = PolicyName(scoring.policy);
  record.distance = DistanceName(scoring.distance);
  record.normalised = scoring.distance == Distance::kCosine;
  record.feature_side = feature_side;
  record.widths = options.widths.name;
  record.ap = kApText;
  record.ties = TiesText(scoring.ties);
  if (options.rerank) record.rerank = RerankText(*options.rerank);
  record.camera_rule = CameraRuleText(scoring.policy);
  record.junk_rule = JunkRuleText(scoring.policy);
  return record;
}

}  // namespace bcr
