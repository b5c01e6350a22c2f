#include "reports/training_curves.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bcr {
namespace {

void AddFigures(int64_t epoch, const Json& figures, EpochCurves& curves) {
  for (const auto& [name, value] : figures.items()) {
    if (name == "epoch" || !value.is_number()) continue;
    curves[name].push_back({epoch, value.get<double>()});
  }
}

// The objects of the list of this name, each with its epoch; none where the notes have no such
// list.
template <typename Add>
EpochCurves CurvesOf(const ModelRecord& model, const char* list, Add add) {
  EpochCurves curves;
  if (!model.notes || !model.notes->is_object() || !model.notes->contains(list)) return curves;
  const Json& entries = model.notes->at(list);
  if (!entries.is_array()) return curves;
  for (const Json& entry : entries) {
    if (!entry.is_object() || !entry.contains("epoch")) continue;
    if (!entry["epoch"].is_number_integer()) continue;
    add(entry["epoch"].get<int64_t>(), entry, curves);
  }
  for (auto& [name, curve] : curves) {
    std::stable_sort(curve.begin(), curve.end(),
                     [](const EpochValue& a, const EpochValue& b) { return a.epoch < b.epoch; });
  }
  return curves;
}

}  // namespace

EpochCurves EpochFigures(const ModelRecord& model) {
  return CurvesOf(model, "epochs", [](int64_t epoch, const Json& entry, EpochCurves& curves) {
    if (!entry.contains("figures") || !entry["figures"].is_object()) return;
    AddFigures(epoch, entry["figures"], curves);
  });
}

EpochCurves EpochClusters(const ModelRecord& model) {
  return CurvesOf(model, "clusters", AddFigures);
}

std::map<std::string, double> LastEpochFigures(const ModelRecord& model) {
  std::map<std::string, double> figures;
  if (!model.notes || !model.notes->is_object()) return figures;
  const auto last = model.notes->find("last_epoch");
  if (last == model.notes->end() || !last->is_object()) return figures;
  for (const auto& [name, value] : last->items()) {
    if (name != "epoch" && value.is_number()) figures[name] = value.get<double>();
  }
  return figures;
}

std::vector<EpochValue> MeanCurve(const std::vector<std::vector<EpochValue>>& seeds) {
  std::map<int64_t, std::pair<double, size_t>> sums;
  for (const auto& curve : seeds) {
    for (const EpochValue& point : curve) {
      sums[point.epoch].first += point.value;
      ++sums[point.epoch].second;
    }
  }
  std::vector<EpochValue> mean;
  for (const auto& [epoch, sum] : sums) {
    if (sum.second == seeds.size())
      mean.push_back({epoch, sum.first / static_cast<double>(sum.second)});
  }
  return mean;
}

}  // namespace bcr
