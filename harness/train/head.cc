#include "harness/train/head.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/nn/model.h"
#include "harness/train/objective.h"
#include "harness/train/recipe.h"

namespace bcr {

namespace {

// Unlike rows divided by a clamped length, rows of zeros have no gradient: the quotient's would be
// of the order of the clamp's inverse.
at::Tensor UnitOrZero(const at::Tensor& rows) {
  const at::Tensor x = rows.scalar_type() == at::kDouble ? rows : rows.to(at::kFloat);
  const at::Tensor length = x.norm(2, 1, true);
  const at::Tensor zero = length < 1e-12;
  return (x / length.masked_fill(zero, 1.0)).masked_fill(zero, 0.0);
}

}  // namespace

FloatMatrix HeadMatrix(const Model& model) {
  const at::Tensor head = model.head_weight().detach().to(at::kCPU, at::kFloat).contiguous();
  FloatMatrix matrix(static_cast<size_t>(head.size(0)), static_cast<size_t>(head.size(1)));
  std::copy_n(head.data_ptr<float>(), head.numel(), matrix.data());
  return matrix;
}

at::Tensor CosineLogits(const at::Tensor& features, const at::Tensor& rows, double scale) {
  const at::Tensor unit = UnitOrZero(features);
  return unit.matmul(UnitOrZero(rows).to(unit.scalar_type()).t()) * scale;
}

at::Tensor HeadLogits(const at::Tensor& features, const at::Tensor& rows, double scale) {
  return scale > 0 ? CosineLogits(features, rows, scale) : at::linear(features, rows);
}

double HeadScaleOf(const std::vector<ObjectiveUse>& base,
                   const std::vector<ObjectiveUse>& compatibility,
                   const std::vector<const ObjectiveInfo*>& table) {
  double scale = 0;
  std::string first;
  for (const auto* uses : {&base, &compatibility}) {
    for (const ObjectiveUse& use : *uses) {
      const ObjectiveInfo& info = FindObjective(table, use.objective);
      if (info.head_scale == nullptr) continue;
      const double wanted =
          info.head_scale(CompleteParameters(info, ParseJson(use.parameters, info.name)));
      if (scale > 0 && wanted != scale) {
        throw Error(ErrorCode::kConfig,
                    {"objectives `" + first + "` and `" + info.name + "`",
                     fmt::format("one identity head with logits of {} and of {} times the cosine",
                                 scale, wanted),
                     "one scale", "Give both the same `scale`, or leave one of them out."});
      }
      scale = wanted;
      first = info.name;
    }
  }
  return scale;
}

}  // namespace bcr
