#include "harness/run/mixed_training.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "reports/run_record.h"

namespace bcr {
namespace {

// "2 threads, AVX512 kernels, LibTorch 2.11.0"; what a model's record lacks is left out.
std::string MachineOf(const ModelRecord& model) {
  std::vector<std::string> parts;
  const auto fact = [&](const char* name) {
    if (!model.notes || !model.notes->contains(name)) return std::string();
    const Json& value = model.notes->at(name);
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  const auto add = [&](const char* name, const char* form) {
    const std::string value = fact(name);
    if (!value.empty()) parts.push_back(fmt::format(fmt::runtime(form), value));
  };
  add("threads", "{} threads");
  add("kernels", "{} kernels");
  add("libtorch", "LibTorch {}");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::string MixedTraining(const RunRecord& record) {
  std::map<std::string, std::string> models;  // by machine
  for (const ModelRecord& model : record.models) {
    if (model.init == "given") continue;
    std::string& keys = models[MachineOf(model)];
    keys += (keys.empty() ? "" : ", ") + model.key;
  }
  if (models.size() < 2) return "";
  std::string text;
  for (const auto& [machine, keys] : models) {
    text += fmt::format("{}{} with {}", text.empty() ? "" : "; ", keys, machine);
  }
  return fmt::format(
      "{} / {} seed {}: its models were not trained alike ({}): trained anew in one place, its "
      "figures can differ by points",
      record.setting.name, record.method.name, record.seed, text);
}

}  // namespace bcr
