#pragma once

#include "harness/core/matrix.h"

namespace bcr {

class Model;

// The identity head of a model as a plain matrix, classes x d. REQUIRES: the model has a head.
FloatMatrix HeadMatrix(const Model& model);

}  // namespace bcr
