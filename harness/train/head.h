#pragma once

#include <vector>

#include "harness/core/matrix.h"

namespace at {
class Tensor;
}

namespace bcr {

class Model;
struct ObjectiveInfo;
struct ObjectiveUse;

// The identity head of a model as a plain matrix, classes x d. REQUIRES: the model has a head.
FloatMatrix HeadMatrix(const Model& model);

// scale * <f^, w^_k> of features f (B x d) and rows w (C x d), both made unit: B x C, in float32 or,
// where the features are float64 (gradient checks), float64. The cosine with zeros is 0, without
// gradient.
at::Tensor CosineLogits(const at::Tensor& features, const at::Tensor& rows, double scale);

// What an identity head (C x d) says of features (B x d): W f where `scale` is 0, otherwise
// CosineLogits. B x C.
at::Tensor HeadLogits(const at::Tensor& features, const at::Tensor& rows, double scale);

// What the identity head's logits are for a model that is trained by these objectives (parameters
// may lack defaults): 0 for W f, where none of them asks for cosines (ObjectiveInfo::head_scale),
// otherwise the scale of CosineLogits. Throws kConfig where two of them ask for different ones.
double HeadScaleOf(const std::vector<ObjectiveUse>& base,
                   const std::vector<ObjectiveUse>& compatibility,
                   const std::vector<const ObjectiveInfo*>& table);

}  // namespace bcr
