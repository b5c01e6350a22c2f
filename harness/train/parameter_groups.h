#pragma once

#include <vector>

#include "harness/train/learned_part.h"

namespace bcr {

class Model;
struct TrainOptions;

// Everything that is learned with the model's optimiser, as one part for each pair of rate factor and
// weight decay that the options give some group of parameters: one part alone, in the order in which
// the parameters come, where all groups are treated alike. `beside`: what is learned beside the model,
// which belongs to the head. Names and number of the parts depend on the options alone; a part may be
// empty.
std::vector<LearnedPart> ModelParts(Model& model, const std::vector<at::Tensor>& beside,
                                    const TrainOptions& options);

}  // namespace bcr
