#include <nlohmann/json.hpp>

#include "harness/adapt/adapter_choice.h"
#include "harness/adapt/adapter_cost.h"
#include "harness/adapt/adapter_files.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/fitted_adapter.h"
#include "harness/core/files.h"
#include "harness/run/made_adapter.h"
#include "harness/run/workshop.h"

namespace bcr {

namespace {

constexpr const char* kFactsFile = "facts.json";

}  // namespace

void MakeAdapter(size_t place, const std::string& folder, Workshop& workshop) {
  const auto& work = std::get<AdapterWork>(workshop.plan.steps[place].work);
  const ScopedTime timer(workshop.time, "adapters");
  const AdapterChoice choice = ParseAdapter(workshop.plug_ins.adapters, work.reference);
  FeatureTableOptions options;
  options.threads = workshop.request.threads;
  const FeatureTable from = OpenFeatureTable({workshop.FolderOf(work.from)}, options);
  const FeatureTable to = OpenFeatureTable({workshop.FolderOf(work.to)}, options);
  FitData data = PairByImage(from, to);
  data.threads = workshop.request.threads;
  std::optional<std::pair<FeatureTable, FeatureTable>> held;
  if (work.held) {
    held.emplace(OpenFeatureTable({workshop.FolderOf(work.held->first)}, options),
                 OpenFeatureTable({workshop.FolderOf(work.held->second)}, options));
    data.held = std::make_shared<const FitData>(PairByImage(held->first, held->second));
  }
  const FittedAdapter adapter = FitAdapter(choice, data);
  const AdapterCost cost = MeasureAdapter(adapter, data.from);
  SaveAdapter(adapter, folder);
  const bool fitted = choice.info->needs == AdapterNeeds::kRows;
  WriteJsonAtomic(JoinPath(folder, kFactsFile),
                  {{"images", fitted ? static_cast<int64_t>(data.from->rows()) : 0},
                   {"bytes_a_row", cost.bytes_a_row},
                   {"ms_a_row", cost.ms_a_row}});
}

MadeAdapter ReadMadeAdapter(const AdapterTable& table, const std::string& folder) {
  MadeAdapter made{LoadAdapter(table, folder)};
  const std::string file = JoinPath(folder, kFactsFile);
  const Json json = ReadJsonFile(file);
  JsonReader reader(json, file);
  made.images = reader.Integer("images", 0, INT64_MAX);
  made.bytes_a_row = reader.Integer("bytes_a_row", 0, INT64_MAX);
  made.ms_a_row = reader.Number("ms_a_row", 0, 1e9);
  reader.Finish();
  return made;
}

}  // namespace bcr
