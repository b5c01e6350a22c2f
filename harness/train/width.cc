#include "harness/train/width.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/features/width.h"

namespace bcr {

bool LearnsMap(const std::string& policy) { return policy == "project" || policy == "orthogonal"; }

at::Tensor CompatibleFeatures(const at::Tensor& features, int64_t old_width,
                              const std::string& policy, const at::Tensor& projection) {
  const int64_t width = features.size(1);
  if (LearnsMap(policy)) return features.matmul(projection.t());
  if (width == old_width) return features;
  RequireServes({policy, "--set setting.widths=", ErrorCode::kConfig}, static_cast<size_t>(width),
                static_cast<size_t>(old_width), "new model");
  if (width > old_width) return features.narrow(1, 0, old_width);
  return at::constant_pad_nd(features, {0, old_width - width}, 0);
}

at::Tensor RotationRows(const at::Tensor& learned, int64_t rows) {
  const int64_t d = learned.size(0);
  if (rows > d) {
    throw Error(ErrorCode::kConfig,
                {"widths orthogonal", "new features of width " + std::to_string(d),
                 "at least the earlier model's " + std::to_string(rows),
                 "Give the method's recipe an extra_width."});
  }
  // Taylor's polynomial of degree 8 of S / 8, squared three times. Products alone: a solver or a
  // library's exponential would read values back from the device in every step.
  const at::Tensor x = (learned - learned.t()) / 8;
  const at::Tensor one = at::eye(d, learned.options());
  const at::Tensor x2 = x.matmul(x), x3 = x2.matmul(x);
  const at::Tensor high = one / 720 + x / 5040 + x2 / 40320;
  const at::Tensor middle = one / 6 + x / 24 + x2 / 120 + x3.matmul(high);
  at::Tensor power = one + x + x2 / 2 + x3.matmul(middle);
  for (int i = 0; i < 2; ++i) power = power.matmul(power);
  return power.narrow(0, 0, rows).matmul(power);
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
