#include "harness/train/finite_weights.h"

#include <ATen/ATen.h>

#include <vector>

#include "harness/core/error.h"

namespace bcr {

void RequireFiniteWeights(const std::map<std::string, at::Tensor>& weights,
                          const std::string& title, int epoch) {
  const at::NoGradGuard no_grad;
  std::vector<std::string> names;
  std::vector<at::Tensor> finite;
  for (const auto& [name, tensor] : weights) {
    if (!tensor.is_floating_point()) continue;
    names.push_back(name);
    finite.push_back(at::isfinite(tensor).all());
  }
  const at::Tensor all = at::stack(finite).cpu();
  const bool* fine = all.data_ptr<bool>();
  for (size_t i = 0; i < names.size(); ++i) {
    if (fine[i]) continue;
    throw Error(
        ErrorCode::kTraining,
        {title,
         "weights `" + names[i] + "` are not finite after epoch " + std::to_string(epoch + 1),
         "finite weights", "Lower the learning rate (--set profile.lr=...) or the term's weight."});
  }
}

}  // namespace bcr
