#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/nn/device.h"
#include "harness/nn/precision.h"
#include "harness/nn/threads.h"
#include "harness/run/as_error.h"
#include "harness/run/dry_run.h"
#include "harness/run/record_slot.h"
#include "harness/run/recorder.h"
#include "harness/run/steps.h"
#include "harness/store/store_sweep.h"
#include "reports/record_io.h"

namespace bcr {

namespace {

constexpr std::chrono::milliseconds kPause(100);
// Of one step or row: a disk that spoils whatever is written must not keep a run busy for ever.
constexpr int kMostRepairs = 3;

// A plan with what belongs to it, ready to be worked on or described.
class Runner {
 public:
  Runner(const RunRequest& request, const PlugIns& plug_ins, bool list_only)
      : request_(request),
        plug_ins_(plug_ins),
        book_(plug_ins),
        store_(request.store_folder),
        device_(ResolveDevice(request.device)) {
    CheckPrecision(request.precision);
    SetDeterministicNumerics();
    SetTorchThreads(request.threads > 0 ? request.threads : DefaultThreads());
    const ScopedTime timer(data_time_, "data");
    // One image size serves all settings: a profile gives it, overrides included.
    const Profile profile = ResolveProtocol(request.settings.front(), request.profile,
                                            request.overrides, DefaultsOf(plug_ins.train))
                                .profile;
    data_ = std::make_unique<DataRoles>(request, plug_ins, store_,
                                        PackedSize{profile.height, profile.width, profile.resize},
                                        list_only);
    plan_ = MakePlan(request, plug_ins, book_, *data_, device_);
    for (const std::string& note : plan_.notes) Say("note: " + note, request_.quiet);
  }

  RunOutcome Run() {
    for (const std::string& reason : plan_.left_out) Say("left out: " + reason, request_.quiet);
    for (const std::string& text : plan_.warnings) Say("warning: " + text, request_.quiet);
    for (const PlannedRun& run : plan_.runs)
      CheckRecordSlot(Records(), run, plan_, request_, *data_);
    for (const char* folder : {"", "records", "records/views", "records/queries"})
      SweepTemporaryFiles(JoinPath(request_.out_folder, folder));
    Workshop workshop{request_, plug_ins_, store_, *data_, plan_, device_, {}, {}, {}};
    StepMaker maker(workshop);
    StepQueue queue(plan_.steps, [&](size_t step) { return maker.Stored(step); });
    recorded_.assign(plan_.runs.size(), "");
    failed_.assign(plan_.runs.size(), "");
    recorded_of_.assign(plan_.runs.size(), "");
    RecordFinishedRows(queue, maker, workshop);
    while (queue.More() || ReopenChanged(queue, maker)) {
      ThrowIfInterrupted();
      const auto step = queue.FindWork([&](size_t i) { return maker.Take(i); });
      if (step) {
        Make(*step, queue, maker);
      } else if (queue.More()) {
        Wait(queue);
      }
      RecordFinishedRows(queue, maker, workshop);
    }
    return Outcome(workshop);
  }

  std::string Describe() { return DescribeSteps(request_, store_, plan_, *data_, Records()); }

 private:
  // A failed step fails what needs it; the others are made. Two failures end the run: of images,
  // without which the request cannot be served as typed, and of a store that cannot be written or
  // read. A step that failed of what it was given is made again when that is.
  void Make(size_t step, StepQueue& queue, StepMaker& maker) {
    const Step& work = plan_.steps[step];
    try {
      maker.Make(step);
      queue.Finish(step);
      told_waiting_ = false;
    } catch (const std::exception& failure) {
      const Error error = AsError(failure, work.title);
      if (error.code() == ErrorCode::kInterrupted) throw;
      if (std::holds_alternative<ImagesWork>(work.work)) throw error;
      const std::vector<size_t> damaged = maker.DamagedNeeds(step);
      // A disk that is full or broken fails every other step as well, after hours of training.
      if (damaged.empty() && error.code() == ErrorCode::kIo) throw error;
      if (damaged.empty() || ++repairs_[step] > kMostRepairs) return queue.Fail(step, error);
      for (const size_t need : damaged) queue.Reopen(need);
    }
  }

  void Wait(const StepQueue& queue) {
    if (!told_waiting_) {
      const Step& busy = plan_.steps[queue.FirstBusy()];
      Say(fmt::format("waiting: another process is making {} {}", KindOf(busy), busy.title));
    }
    told_waiting_ = true;
    std::this_thread::sleep_for(kPause);
  }

  // All that the record of a row is written from.
  static std::vector<size_t> StepsOf(const PlannedRun& run) {
    std::vector<size_t> steps = {run.floor};
    for (const auto& [name, step] : run.models) steps.push_back(step);
    for (const PlannedAdapter& adapter : run.adapters) steps.push_back(adapter.step);
    for (const PlannedCell& cell : run.cells) steps.push_back(cell.step);
    return steps;
  }

  static bool IsFinished(const PlannedRun& run, const StepQueue& queue) {
    const std::vector<size_t> steps = StepsOf(run);
    return std::all_of(steps.begin(), steps.end(),
                       [&](size_t step) { return queue.Done(step) || queue.Failed(step); });
  }

  // What was stored when this run began may have been made of what was found damaged since and has
  // come out otherwise, here or in another process: it is made again. Whether there was any.
  bool ReopenOutdated(const PlannedRun& run, StepQueue& queue, StepMaker& maker) {
    bool any = false;
    for (const size_t step : StepsOf(run)) {
      if (!queue.Done(step) || maker.IsSound(step)) continue;
      if (++repairs_[step] > kMostRepairs) continue;
      queue.Reopen(step);
      any = true;
    }
    return any;
  }

  // The very artefacts that a record is written from.
  std::string MadeOfNow(const PlannedRun& run) {
    std::string all;
    for (const size_t step : StepsOf(run))
      all += store_.HashOf(plan_.steps[step].folder, plan_.steps[step].key) + "\n";
    return all;
  }

  // Whether rows must be recorded again, since steps of theirs were made anew for later rows.
  bool ReopenChanged(StepQueue& queue, StepMaker& maker) {
    bool any = false;
    for (size_t row = 0; row < plan_.runs.size(); ++row) {
      const PlannedRun& run = plan_.runs[row];
      const bool outdated = ReopenOutdated(run, queue, maker);
      if (!outdated && recorded_of_[row] == MadeOfNow(run)) continue;
      if (++rounds_[row] > kMostRepairs) continue;
      recorded_[row].clear();
      failed_[row].clear();
      any = true;
    }
    return any;
  }

  void RecordFinishedRows(StepQueue& queue, StepMaker& maker, Workshop& workshop) {
    for (size_t row = 0; row < plan_.runs.size(); ++row) {
      const PlannedRun& run = plan_.runs[row];
      if (!recorded_[row].empty() || !IsFinished(run, queue)) continue;
      if (ReopenOutdated(run, queue, maker)) continue;
      recorded_of_[row] = MadeOfNow(run);
      RunRecord record = RecordRow(run, queue, Records(), workshop);
      workshop.open_features.clear();  // a run of many rows would keep those of all of them
      record.time_split = maker.TimeOf(row).seconds();
      record.peak_memory_mib = PeakMemoryMiB();
      recorded_[row] = WriteRecord(Records(), record);
      const auto done = std::count_if(recorded_.begin(), recorded_.end(),
                                      [](const std::string& file) { return !file.empty(); });
      Say(fmt::format("[{}/{}] {}", done, plan_.runs.size(), run.Name()), request_.quiet);
      if (record.status == "ok") continue;
      failed_[row] = run.Name() + ": " + record.error;
      Say("failed: " + failed_[row], false);
    }
  }

  // In the plan's order, whatever the order of the making.
  RunOutcome Outcome(const Workshop& workshop) {
    RunOutcome outcome;
    outcome.record_files = recorded_;
    for (const std::string& failure : failed_) {
      if (!failure.empty()) outcome.failures.push_back(failure);
    }
    outcome.left_out = plan_.left_out;
    outcome.time = workshop.time;
    for (const auto& [kind, seconds] : data_time_.seconds()) outcome.time.Add(kind, seconds);
    outcome.seconds = NowSeconds() - start_;
    return outcome;
  }

  std::string Records() const { return JoinPath(request_.out_folder, "records"); }

  const double start_ = NowSeconds();
  const RunRequest& request_;
  const PlugIns& plug_ins_;
  const RecipeBook book_;
  ArtifactStore store_;
  const std::string device_;
  std::unique_ptr<DataRoles> data_;
  TimeSplit data_time_;
  Plan plan_;
  std::vector<std::string> recorded_, failed_;  // by row: the record's file, and why it failed
  std::vector<std::string> recorded_of_;        // by row: MadeOfNow when it was recorded
  std::map<size_t, int> repairs_, rounds_;      // by step, by row: how often they were made again
  bool told_waiting_ = false;
};

}  // namespace

RunOutcome RunAll(const RunRequest& request, const PlugIns& plug_ins) {
  return Runner(request, plug_ins, false).Run();
}

std::string DescribePlan(const RunRequest& request, const PlugIns& plug_ins) {
  return Runner(request, plug_ins, true).Describe();
}

}  // namespace bcr
