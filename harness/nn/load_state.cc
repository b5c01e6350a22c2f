#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/nn/architecture.h"
#include "harness/nn/torch_edge.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

constexpr size_t kShown = 10;

using Tensors = std::map<std::string, at::Tensor>;

bool IsCounter(const std::string& name) { return name.ends_with("num_batches_tracked"); }

bool IsIgnored(const std::string& name, const std::vector<std::string>& ignore) {
  return std::any_of(ignore.begin(), ignore.end(),
                     [&](const std::string& prefix) { return name.starts_with(prefix); });
}

std::string ShapeText(const at::Tensor& t) { return fmt::format("{}", fmt::join(t.sizes(), "x")); }

// Why `given` cannot be copied into `own`; "" where it can.
std::string Misfit(const at::Tensor& own, const at::Tensor& given) {
  if (own.sizes() != given.sizes())
    return fmt::format("{} instead of {}", ShapeText(given), ShapeText(own));
  if (own.is_floating_point() != given.is_floating_point())
    return std::string(at::toString(given.scalar_type())) + " instead of " +
           at::toString(own.scalar_type());
  if (given.is_floating_point() && !given.isfinite().all().item<bool>()) return "not finite";
  return "";
}

std::string ListText(const char* title, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const size_t shown = std::min(names.size(), kShown);
  std::string text =
      fmt::format("{} {}: {}", names.size(), title,
                  fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
  return shown < names.size() ? text + ", ..." : text;
}

struct Differences {
  std::vector<std::string> missing, unexpected, mismatched;
  bool any() const { return !missing.empty() || !unexpected.empty() || !mismatched.empty(); }
  std::string Text() const {
    std::vector<std::string> parts;
    for (const std::string& part :
         {ListText("missing", missing), ListText("unexpected", unexpected),
          ListText("mismatched", mismatched)})
      if (!part.empty()) parts.push_back(part);
    return fmt::format("{}", fmt::join(parts, "; "));
  }
};

Differences Compare(const Tensors& own, const Tensors& given,
                    const std::vector<std::string>& ignore) {
  Differences out;
  for (const auto& [name, tensor] : own) {
    const auto found = given.find(name);
    if (IsIgnored(name, ignore)) continue;
    if (found == given.end()) {
      if (!IsCounter(name)) out.missing.push_back(name);
      continue;
    }
    const std::string misfit = Misfit(tensor, found->second);
    if (!misfit.empty()) out.mismatched.push_back(name + " (" + misfit + ")");
  }
  for (const auto& [name, tensor] : given)
    if (!own.contains(name) && !IsIgnored(name, ignore)) out.unexpected.push_back(name);
  return out;
}

[[noreturn]] void ThrowDifferences(const Model& model, const Tensors& given,
                                   const std::string& where, const Differences& differences) {
  const std::string wanted = ArchitectureText(model.spec().backbone, model.spec().classes);
  const std::string guess = GuessArchitecture(given);
  std::string found = differences.Text();
  if (!guess.empty() && guess != wanted) found = "weights of " + guess + "; " + found;
  throw Error(ErrorCode::kData,
              {where, found, "weights of " + wanted,
               "Choose the backbone that the file was made for, or another file."});
}

}  // namespace

void LoadState(Model& model, const Tensors& tensors, const std::string& where,
               const std::vector<std::string>& ignore) {
  TranslateTorch(
      [&] {
        c10::NoGradGuard no_grad;
        Tensors own = model.State();
        const Differences differences = Compare(own, tensors, ignore);
        if (differences.any()) ThrowDifferences(model, tensors, where, differences);
        for (auto& [name, tensor] : own) {
          const auto found = tensors.find(name);
          if (found == tensors.end() || !Misfit(tensor, found->second).empty()) continue;
          tensor.copy_(found->second);
        }
      },
      where);
}

}  // namespace bcr
