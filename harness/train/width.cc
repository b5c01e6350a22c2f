#include "harness/train/width.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/matrix.h"
#include "harness/core/random.h"
#include "harness/train/trainer.h"

namespace bcr {

namespace {

[[noreturn]] void ThrowUnequal(int64_t width, int64_t old_width) {
  throw Error(
      ErrorCode::kConfig,
      {"widths",
       "a new model of width " + std::to_string(width) + " and an old one of width " +
           std::to_string(old_width),
       "equal widths under the policy `equal`",
       "Set the setting's widths to truncate, pad or project (--set setting.widths=truncate)."});
}

}  // namespace

at::Tensor CompatibleFeatures(const at::Tensor& features, int64_t old_width,
                              const std::string& policy, const at::Tensor& projection) {
  const int64_t width = features.size(1);
  if (policy == "project") return features.matmul(projection.t());
  if (width == old_width) return features;
  if (policy == "equal") ThrowUnequal(width, old_width);
  if (policy == "truncate" && width > old_width) return features.narrow(1, 0, old_width);
  if (policy == "pad" && width < old_width) {
    return at::constant_pad_nd(features, {0, old_width - width}, 0);
  }
  throw Error(
      ErrorCode::kConfig,
      {"widths", policy + " from " + std::to_string(width) + " to " + std::to_string(old_width),
       "truncate for a wider new model, pad for a narrower one", ""});
}

at::Tensor OrthogonalProjection(int64_t old_width, int64_t width, uint64_t seed) {
  Random random(seed);
  at::Tensor draw = at::empty({old_width, width}, at::kDouble);
  double* values = draw.data_ptr<double>();
  for (int64_t i = 0; i < draw.numel(); ++i) values[i] = random.Normal();
  const bool wide = width >= old_width;
  const auto [q, r] = at::linalg_qr(wide ? draw.t() : draw, "reduced");
  // QR is unique up to signs: a positive diagonal of R decides them.
  const at::Tensor fixed = q * r.diagonal().sign();
  return (wide ? fixed.t() : fixed).contiguous().to(at::kFloat);
}

FloatMatrix AdaptWidth(const FloatMatrix& features, size_t old_width, const std::string& policy,
                       const FloatMatrix& projection) {
  const auto as_tensor = [](const FloatMatrix& m) {
    return at::from_blob(const_cast<float*>(m.data()),
                         {static_cast<int64_t>(m.rows()), static_cast<int64_t>(m.cols())},
                         at::kFloat);
  };
  const at::Tensor adapted =
      CompatibleFeatures(as_tensor(features), static_cast<int64_t>(old_width), policy,
                         as_tensor(projection))
          .contiguous();
  FloatMatrix result(features.rows(), old_width);
  std::copy_n(adapted.data_ptr<float>(), adapted.numel(), result.data());
  return result;
}

}  // namespace bcr
