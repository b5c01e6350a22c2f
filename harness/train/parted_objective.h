#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "harness/nn/backbone_info.h"
#include "harness/train/objective.h"
#include "harness/train/recipe.h"

namespace bcr {

struct ModelSpec;

// The columns that `over` stands for in the features of a model: those that its backbone names, or
// all as one group where it names none, or where an embedding behind it mixes them.
std::vector<FeatureColumns> ColumnsOver(ObjectiveUse::Over over, const ModelSpec& spec,
                                        int feature_width);

// A term that sees one group of columns at a time: before- and after-neck features, head weights
// and the logits of both, which are then a classifier of that group's own. There is one objective
// by `make` for each group, with its own memory; terms, figures and the weight over training are
// their means. `head_scale`: of the logits, as HeadScaleOf says. `after_neck` shows features behind
// the neck where the objective looks for those before it. Old and compatible features stay whole.
// What the objective of a single group remembers or refines is clustered as if it stood alone. Throws
// kConfig where an objective replaces what it is shown, or where one of several groups asks for, remembers
// or refines features of the whole training set.
std::unique_ptr<Objective> NewPartedObjective(
    const std::vector<FeatureColumns>& columns, bool after_neck, double head_scale,
    const std::function<std::unique_ptr<Objective>()>& make);

}  // namespace bcr
