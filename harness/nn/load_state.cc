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

StateDifferences Compare(const Tensors& own, const Tensors& given,
                         const std::vector<std::string>& ignore) {
  StateDifferences out;
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
                                   const std::string& where, const std::string& text,
                                   const std::string& list = "") {
  const std::string wanted = ArchitectureText(model.spec().backbone, model.spec().classes);
  const std::string guess = GuessArchitecture(given);
  const bool other = !guess.empty() && guess != wanted;
  throw Error(ErrorCode::kData,
              {where, other ? "weights of " + guess + "; " + text : text, "weights of " + wanted,
               "Choose the backbone that the file was made for, or another file." + list});
}

void CopyFitting(const Tensors& tensors, Tensors own) {
  c10::NoGradGuard no_grad;
  for (auto& [name, tensor] : own) {
    const auto found = tensors.find(name);
    if (found == tensors.end() || !Misfit(tensor, found->second).empty()) continue;
    tensor.copy_(found->second);
  }
}

}  // namespace

std::string StateDifferences::Text() const {
  std::vector<std::string> parts;
  for (const std::string& part : {ListText("missing", missing), ListText("unexpected", unexpected),
                                  ListText("mismatched", mismatched)})
    if (!part.empty()) parts.push_back(part);
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string StateDifferences::Lines() const {
  std::string text;
  for (const auto& [kind, names] :
       {std::pair("missing", &missing), std::pair("unexpected", &unexpected),
        std::pair("mismatched", &mismatched)})
    for (const std::string& name : *names) text += fmt::format("\n  {} {}", kind, name);
  return text;
}

void LoadState(Model& model, const Tensors& tensors, const std::string& where,
               const std::vector<std::string>& ignore) {
  TranslateTorch(
      [&] {
        const Tensors own = model.State();
        const StateDifferences differences = Compare(own, tensors, ignore);
        if (differences.Any()) ThrowDifferences(model, tensors, where, differences.Text());
        CopyFitting(tensors, own);
      },
      where);
}

StateDifferences ImportState(Model& model, const Tensors& tensors, const std::string& where,
                             const std::vector<std::string>& ignore, PartialLoad partial) {
  StateDifferences differences;
  TranslateTorch(
      [&] {
        const Tensors own = model.State();
        differences = Compare(own, tensors, ignore);
        const size_t lost = differences.unexpected.size() + differences.mismatched.size();
        const bool refused = partial == PartialLoad::kRefused || lost >= tensors.size();
        if (differences.Any() && refused)
          ThrowDifferences(model, tensors, where,
                           fmt::format("{} missing, {} unexpected and {} mismatched tensors",
                                       differences.missing.size(), differences.unexpected.size(),
                                       differences.mismatched.size()),
                           " These tensors differ:" + differences.Lines());
        CopyFitting(tensors, own);
      },
      where);
  return differences;
}

}  // namespace bcr
