#pragma once

#include "harness/train/best_epoch.h"

namespace bcr {

struct ModelWork;
struct Workshop;

// The mAP of a model on the images by which its epoch is chosen (ModelWork::judged_on), by the exact scorer;
// null where the last epoch is kept. Everything outlives the result. The call throws what Embed and
// ScoreCosine throw.
JudgeModel NewCheckpointJudge(const ModelWork& work, Workshop& workshop);

}  // namespace bcr
