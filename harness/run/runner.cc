#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/nn/device.h"
#include "harness/nn/precision.h"
#include "harness/nn/threads.h"
#include "harness/run/as_error.h"
#include "harness/run/effective.h"
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
    for (const std::string& text : plan_.warnings) Say("warning: " + text, request_.quiet);
    outcome_.left_out = plan_.left_out;
    for (const PlannedRun& run : plan_.runs)
      CheckRecordSlot(Records(), run, plan_, request_, data_);
    PrepareTestImages();
    for (size_t i = 0; i < plan_.runs.size(); ++i) {
      ThrowIfInterrupted();
      const PlannedRun& run = plan_.runs[i];
      Say(fmt::format("[{}/{}] {}", i + 1, plan_.runs.size(), NameOf(run)), request_.quiet);
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
      text += "         with   " + ParametersText(model.base, model.compatibility) + "\n";
    }
    for (const PlannedRun& run : plan_.runs) {
      const bool there = CheckRecordSlot(Records(), run, plan_, request_, data_);
      text += fmt::format("{:8} record {}: {} cells, {}\n", there ? "written" : "to do",
                          NameOf(run), run.protocol.setting.cells.size(), FeaturesText(run));
    }
    for (const std::string& reason : plan_.left_out) text += "left out " + reason + "\n";
    for (const std::string& warning : plan_.warnings) text += "warning  " + warning + "\n";
    return text;
  }

 private:
  // What `step` failed of, nothing where it did not. Whatever one row fails of does not stop the
  // others; Ctrl-C alone does.
  static std::optional<std::string> Failure(const std::string& where,
                                            const std::function<void()>& step) {
    try {
      step();
    } catch (const std::exception& failure) {
      const Error error = AsError(failure, where);
      if (error.code() == ErrorCode::kInterrupted) throw;
      return error.what();
    }
    return std::nullopt;
  }

  // Of the feature sets that the cells of a row need: how many are stored.
  std::string FeaturesText(const PlannedRun& run) {
    std::set<std::pair<int, std::string>> sets;
    for (const auto& [query, gallery] : run.protocol.setting.cells) {
      sets.emplace(run.models.at(query), "query");
      sets.emplace(run.models.at(gallery), "gallery");
    }
    const auto stored = std::count_if(sets.begin(), sets.end(), [&](const auto& set) {
      return workshop_->FeaturesStored(set.first, run.protocol.setting.score_on, set.second, run);
    });
    return fmt::format("{} of {} feature sets stored", stored, sets.size());
  }

  // An unreadable test image is found before anything is trained, not after.
  void PrepareTestImages() {
    if (request_.score_on != "test") return;
    const ScopedTime timer(data_time_, "data");
    std::set<std::string> roles;
    for (const PlannedRun& run : plan_.runs) roles.insert(run.protocol.setting.score_on);
    for (const std::string& role : roles) {
      for (const Split split : {Split::kQuery, Split::kGallery}) data_.Images(role, split);
    }
  }

  static std::string NameOf(const PlannedRun& run) {
    return fmt::format("{} / {} / seed {}", run.protocol.setting.name, run.method.name, run.seed);
  }

  void RunOne(const PlannedRun& run) {
    const TimeSplit before = workshop_->time();
    RunRecord record = OpenRecord(run, request_, data_);
    // The exact images each model saw, by name: seeds alone would not outlive a change of the split
    // code.
    WriteFileAtomic(JoinPath(Records(), "views/" + run.views.hash + ".json"),
                    std::string_view(run.views.lists));
    std::map<std::string, MadeCell> cells;
    const auto fail = [&](const std::optional<std::string>& why) {
      if (!why || record.status == "failed") return;
      record.error = *why;
      record.status = "failed";
    };
    fail(Failure(NameOf(run), [&] {
      for (const auto& [query, gallery] : run.protocol.setting.cells)
        RunCell(query, gallery, run, cells, record);
      RecordModels(run, plan_, *workshop_, record);
      RecordVerdict(run, cells, record);
      if (!cells.empty()) record.random_map = Floor(run);
    }));
    workshop_->CloseFeatures();
    fail(Failure(NameOf(run) + ", its data", [&] { RecordData(run, data_, record); }));
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
    const std::optional<std::string> why = Failure("cell " + query + "/" + gallery, [&] {
      MadeCell cell = MakeCell(query, gallery, run, request_, store_, *workshop_);
      const std::string side = JoinPath(Records(), cell.record.per_query->file);
      if (!FileExists(side)) WriteFileAtomic(side, ReadFile(cell.queries_file));
      cells[query + "/" + gallery] = cell;
      record.cells.push_back(std::move(cell.record));
    });
    if (!why) return;
    CellRecord failed;
    failed.query_model = query;
    failed.gallery_model = gallery;
    failed.status = "failed";
    failed.error = *why;
    record.cells.push_back(failed);
  }

  // Status and error of the whole record, from its cells.
  void Settle(const PlannedRun& run, const std::map<std::string, MadeCell>& cells,
              RunRecord& record) {
    if (record.status == "ok") {
      for (const CellRecord& cell : record.cells) {
        if (cell.status == "ok") continue;
        record.status = cells.count("new/old") != 0 ? "partial" : "failed";
        record.error = cell.query_model + "/" + cell.gallery_model + ": " + cell.error;
      }
    }
    if (record.status != "ok") {
      outcome_.failures.push_back(NameOf(run) + ": " + record.error);
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
