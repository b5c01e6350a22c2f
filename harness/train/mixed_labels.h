#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "harness/train/label_source.h"

namespace bcr {

// Labels of a training set of which one part has ground truth and another has none: the identities of
// the first (numbered from 0 in the order of their classes), and behind them what a label source finds
// in the second. It sees that part alone: its rows of truth (for reporting), cameras, domains and
// features, also of earlier models. The number of a known identity never changes; in the public code of
// multi-source adaptation (MMT with several sources) the clusters come first, which only renumbers.
// `known`: whether a row has ground truth. REQUIRES: one entry a row, both values among them.
std::unique_ptr<LabelSource> NewMixedLabels(
    const LabelContext& context, const std::vector<bool>& known,
    const std::function<std::unique_ptr<LabelSource>(const LabelContext& part)>& make);

}  // namespace bcr
