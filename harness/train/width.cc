#include "harness/train/width.h"

#include <ATen/ATen.h>

#include "harness/core/random.h"
#include "harness/features/width.h"

namespace bcr {

at::Tensor CompatibleFeatures(const at::Tensor& features, int64_t old_width,
                              const std::string& policy, const at::Tensor& projection) {
  const int64_t width = features.size(1);
  if (policy == "project") return features.matmul(projection.t());
  if (width == old_width) return features;
  RequireServes({policy, "--set setting.widths=", ErrorCode::kConfig}, static_cast<size_t>(width),
                static_cast<size_t>(old_width), "new model");
  if (width > old_width) return features.narrow(1, 0, old_width);
  return at::constant_pad_nd(features, {0, old_width - width}, 0);
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

}  // namespace bcr
