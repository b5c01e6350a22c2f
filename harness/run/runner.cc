#include "harness/run/runner.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/nn/device.h"
#include "harness/nn/precision.h"
#include "harness/nn/threads.h"
#include "harness/run/record_slot.h"
#include "harness/run/recorder.h"
#include "reports/record_io.h"

namespace bcr {

namespace {

class Runner {
 public:
  Runner(const RunRequest& request, const PlugIns& plug_ins, bool list_only)
      : request_(request),
        plug_ins_(plug_ins),
        book_(plug_ins),
        store_(request.store_folder),
        profile_(
            ResolveProtocol(request.settings.front(), request.profile, request.overrides).profile),
        data_(request, plug_ins, store_, profile_.height, profile_.width, list_only),
        device_(ResolveDevice(request.device)) {
    CheckPrecision(request.precision);
    SetDeterministicNumerics();
    SetTorchThreads(request.threads > 0 ? request.threads : DefaultThreads());
    {
      const ScopedTime timer(data_time_, "data");
      plan_ = MakePlan(request, plug_ins, book_, data_, device_);
    }
    workshop_ = std::make_unique<Workshop>(request_, plug_ins_, store_, data_, plan_, device_);
  }

  RunOutcome Run() {
    for (const std::string& reason : plan_.left_out) Say("left out: " + reason, request_.quiet);
    outcome_.left_out = plan_.left_out;
    for (const PlannedRun& run : plan_.runs) CheckRecordSlot(Records(), run, request_);
    for (size_t i = 0; i < plan_.runs.size(); ++i) {
      ThrowIfInterrupted();
      const PlannedRun& run = plan_.runs[i];
      Say(fmt::format("[{}/{}] {} / {} / seed {}", i + 1, plan_.runs.size(),
                      run.protocol.setting.name, run.method.name, run.seed),
          request_.quiet);
      RunOne(run);
    }
    outcome_.time = workshop_->time();
    for (const auto& [kind, seconds] : data_time_.seconds()) outcome_.time.Add(kind, seconds);
    outcome_.seconds = NowSeconds() - start_;
    return std::move(outcome_);
  }

  std::string Describe() {
    std::string text;
    for (size_t i = 0; i < plan_.models.size(); ++i) {
      const PlannedModel& model = plan_.models[i];
      text += fmt::format("{:8} train  {:48} {:8} {:5} images {:4} identities  {}\n",
                          workshop_->ModelStored(static_cast<int>(i)) ? "stored" : "to do",
                          model.title, model.spec.backbone, model.view.rows.size(),
                          model.view.identities.size(), model.key.substr(0, 12));
    }
    for (const PlannedRun& run : plan_.runs) {
      text +=
          fmt::format("         record {} / {} / seed {}: {} cells\n", run.protocol.setting.name,
                      run.method.name, run.seed, run.protocol.setting.cells.size());
    }
    for (const std::string& reason : plan_.left_out) text += "left out " + reason + "\n";
    return text;
  }

 private:
  void RunOne(const PlannedRun& run) {
    const TimeSplit before = workshop_->time();
    RunRecord record = OpenRecord(run, request_, data_);
    // The exact images each model saw, by name: seeds alone would not outlive a change of the split
    // code.
    WriteFileAtomic(JoinPath(Records(), "views/" + run.views.hash + ".json"),
                    std::string_view(run.views.lists));
    std::map<std::string, MadeCell> cells;
    try {
      for (const auto& [query, gallery] : run.protocol.setting.cells)
        RunCell(query, gallery, run, cells, record);
      RecordModels(run, plan_, *workshop_, record);
      RecordVerdict(run, cells, record);
      if (!cells.empty()) record.random_map = Floor(run);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kInterrupted) throw;
      record.error = error.what();
      record.status = "failed";
    }
    RecordData(run, data_, record);
    Settle(run, cells, record);
    for (const auto& [kind, seconds] : workshop_->time().seconds()) {
      const auto was = before.seconds().find(kind);
      const double spent = seconds - (was == before.seconds().end() ? 0.0 : was->second);
      if (spent > 0) record.time_split[kind] = spent;
    }
    record.peak_memory_mib = PeakMemoryMiB();
    outcome_.record_files.push_back(WriteRecord(Records(), record));
  }

  void RunCell(const std::string& query, const std::string& gallery, const PlannedRun& run,
               std::map<std::string, MadeCell>& cells, RunRecord& record) {
    const std::string name = query + "/" + gallery;
    try {
      MadeCell cell = MakeCell(query, gallery, run, request_, store_, *workshop_);
      const std::string side = JoinPath(Records(), cell.record.per_query->file);
      if (!FileExists(side)) WriteFileAtomic(side, ReadFile(cell.queries_file));
      record.cells.push_back(cell.record);
      cells[name] = std::move(cell);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kInterrupted) throw;
      CellRecord failed;
      failed.query_model = query;
      failed.gallery_model = gallery;
      failed.status = "failed";
      failed.error = error.what();
      record.cells.push_back(failed);
    }
  }

  // Status and error of the whole record, from its cells.
  void Settle(const PlannedRun& run, const std::map<std::string, MadeCell>& cells,
              RunRecord& record) {
    const std::string name =
        run.protocol.setting.name + " / " + run.method.name + " / seed " + std::to_string(run.seed);
    if (record.status == "ok") {
      for (const CellRecord& cell : record.cells) {
        if (cell.status == "ok") continue;
        record.status = cells.count("new/old") != 0 ? "partial" : "failed";
        record.error = cell.query_model + "/" + cell.gallery_model + ": " + cell.error;
      }
    }
    if (record.status != "ok") {
      outcome_.failures.push_back(name + ": " + record.error);
      Say("failed: " + outcome_.failures.back(), false);
    }
  }

  double Floor(const PlannedRun& run) {
    const std::string key = run.protocol.setting.name + "/" + std::to_string(run.seed);
    const auto found = floors_.find(key);
    if (found != floors_.end()) return found->second;
    return floors_[key] = RandomFloor(run, request_, *workshop_);
  }

  std::string Records() const { return JoinPath(request_.out_folder, "records"); }

  double start_ = NowSeconds();
  const RunRequest& request_;
  const PlugIns& plug_ins_;
  RecipeBook book_;
  ArtifactStore store_;
  Profile profile_;
  DataRoles data_;
  std::string device_;
  TimeSplit data_time_;
  Plan plan_;
  std::unique_ptr<Workshop> workshop_;
  std::map<std::string, double> floors_;
  RunOutcome outcome_;
};

}  // namespace

RunOutcome RunAll(const RunRequest& request, const PlugIns& plug_ins) {
  return Runner(request, plug_ins, false).Run();
}

std::string DescribePlan(const RunRequest& request, const PlugIns& plug_ins) {
  return Runner(request, plug_ins, true).Describe();
}

}  // namespace bcr
