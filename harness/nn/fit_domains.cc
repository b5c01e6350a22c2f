#include "harness/nn/fit_domains.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/nn/model.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr char kBank[] = ".bank";
constexpr char kMean[] = ".running_mean";
constexpr std::array<const char*, 6> kParts = {
    ".weight", ".bias", kMean, ".running_var", ".num_batches_tracked", ".gate"};

// The names of normalisations, each with how many banks it has (0: it is plain).
std::map<std::string, int64_t> NormsOf(const Tensors& tensors) {
  std::map<std::string, int64_t> norms;
  for (const auto& [name, tensor] : tensors) {
    if (!name.ends_with(kMean)) continue;
    const std::string whole = name.substr(0, name.size() - std::string(kMean).size());
    const size_t at = whole.rfind(kBank);
    const size_t digits = at == std::string::npos ? at : at + std::string(kBank).size();
    const bool bank = at != std::string::npos && digits < whole.size() &&
                      whole.find_first_not_of("0123456789", digits) == std::string::npos;
    if (bank) {
      ++norms[whole.substr(0, at)];
    } else {
      norms[whole] = 0;
    }
  }
  return norms;
}

std::string BankName(const std::string& norm, int64_t bank) {
  return norm + kBank + std::to_string(bank);
}

// What stands below `name`, by part; taken out of `tensors`.
std::map<std::string, at::Tensor> Take(Tensors& tensors, const std::string& name) {
  std::map<std::string, at::Tensor> parts;
  for (const char* part : kParts) {
    const auto found = tensors.find(name + part);
    if (found == tensors.end()) continue;
    parts[part] = found->second;
    tensors.erase(found);
  }
  return parts;
}

// The place of the bank that serves domain `d` of `to`.
int64_t Serving(const ModelSpec& from, const ModelSpec& to, int64_t banks, int64_t d) {
  if (banks == 0 || from.domains.empty()) return 0;
  return from.DomainOf(to.domains[static_cast<size_t>(d)]);
}

// A gate of one half, and twice the scale and the shift.
void AddGate(std::map<std::string, at::Tensor>& parts, const at::Tensor& gate) {
  parts[".weight"] = parts.at(".weight") * 2;
  parts[".bias"] = parts.at(".bias") * 2;
  parts[".gate"] = at::zeros_like(gate);
}

// Rows of an agent's kind, one for each domain.
at::Tensor FitRows(const at::Tensor& rows, const ModelSpec& from, const ModelSpec& to) {
  std::vector<at::Tensor> fitted;
  for (const std::string& domain : to.domains)
    fitted.push_back(rows.select(0, from.DomainOf(domain)));
  return at::stack(fitted);
}

}  // namespace

Tensors FitDomains(const Tensors& tensors, const ModelSpec& from, Model& to) {
  const at::NoGradGuard no_grad;
  const Tensors wanted = to.State();
  const std::map<std::string, int64_t> known = NormsOf(tensors);
  Tensors fitted = tensors;
  for (const auto& [norm, banks] : NormsOf(wanted)) {
    const auto given = known.find(norm);
    if (given == known.end()) continue;
    std::vector<std::map<std::string, at::Tensor>> parts;
    for (int64_t bank = 0; bank < std::max<int64_t>(given->second, 1); ++bank)
      parts.push_back(Take(fitted, given->second == 0 ? norm : BankName(norm, bank)));
    for (int64_t d = 0; d < std::max<int64_t>(banks, 1); ++d) {
      const std::string name = banks == 0 ? norm : BankName(norm, d);
      auto taken = banks == 0
                       ? parts.back()
                       : parts[static_cast<size_t>(Serving(from, to.spec(), given->second, d))];
      const auto gate = wanted.find(name + ".gate");
      if (gate != wanted.end() && !taken.contains(".gate")) AddGate(taken, gate->second);
      for (const auto& [part, tensor] : taken) fitted[name + part] = tensor;
    }
  }
  if (from.fusion == "none" || to.spec().fusion == "none") return fitted;
  for (const char* name : {"fusion.agents", "fusion.rows"})
    fitted[name] = FitRows(fitted.at(name), from, to.spec());
  return fitted;
}

}  // namespace bcr
