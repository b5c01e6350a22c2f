#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/compare/gate.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"
#include "harness/metrics/table.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

struct GateFlags {
  std::string baseline, run;
  std::vector<std::string> tolerances;
  bool significant = false, update = false, require_compatible = false, allow_undecided = false;
  CompareOptions compare;
};

constexpr const char* kExamples = R"(
Examples:
  bcreid gate --require-compatible run.json                 first day: the verdict must be yes
  bcreid gate --baseline baseline.json run.json --update    store run.json as the baseline
  bcreid gate --baseline baseline.json run.json --tolerance map=0.005,cmc1=0.01
Exit codes: 0 as good as the baseline, 3 something got worse, 2 the two cannot be compared.)";

void PrintLines(const std::vector<GateLine>& lines) {
  std::vector<std::vector<std::string>> rows = {
      {"verdict", "cell", "figure", "baseline", "run", "change [95 % interval]", "tolerance"}};
  for (const GateLine& line : lines) {
    rows.push_back({line.verdict, line.cell.empty() ? "upgrade" : line.cell,
                    InfoOf(line.figure).label, Percent(line.baseline, 2), Percent(line.run, 2),
                    line.detail, Percent(line.tolerance, 2)});
  }
  const std::string table = AlignedTable(rows, {0, 1, 2});
  PrintText(table + StarNote(table));
}

// Whether the run passes what --require-compatible asks of it.
bool PassesVerdict(const Result& run, bool allow_undecided) {
  if (!run.compatibility) {
    throw Error(ErrorCode::kData,
                {run.path, "no verdict", "a result with the cells old/old and new/old",
                 "Score old and new features together: bcreid score --old-query ... --new-query."});
  }
  const std::string& verdict = run.compatibility->verdict;
  const bool passes = verdict == "yes" || (allow_undecided && verdict == "undecided");
  const MetricValue& gain = run.compatibility->gain;
  std::string interval;
  if (gain.low) {
    interval = " " + SignedInterval(*gain.low, *gain.high, gain.few, 2);
  }
  fmt::print("{}  compatible: {}; mAP of new on old features is {} points{} from the old model's\n",
             passes ? "ok   " : "WORSE", verdict, SignedPoints(gain.value, 2), interval);
  return passes;
}

// A verdict that falls to `no` fails whatever the tolerances say.
bool KeepsVerdict(const Result& baseline, const Result& run) {
  if (!baseline.compatibility || !run.compatibility) return true;
  const std::string &before = baseline.compatibility->verdict, &now = run.compatibility->verdict;
  const bool fails = now == "no" && before != "no";
  fmt::print("{}  compatible: {} in the baseline, {} now\n", fails ? "WORSE" : "ok   ", before,
             now);
  return !fails;
}

// Returns whether nothing got worse.
bool PassesBaseline(const GateFlags& flags, const Result& run) {
  GateOptions options;
  options.significant = flags.significant;
  for (const std::string& text : flags.tolerances) ParseTolerance(text, options);
  const Result baseline = ReadResult(flags.baseline);
  const std::vector<GateLine> lines =
      JudgeGate(baseline, run, Compare(baseline, run, flags.compare), options);
  PrintLines(lines);
  size_t worse = 0;
  for (const GateLine& line : lines) worse += line.verdict == "WORSE" ? 1 : 0;
  const bool keeps = KeepsVerdict(baseline, run);
  if (worse > 0) fmt::print("{} of {} figures got worse\n", worse, lines.size());
  return worse == 0 && keeps;
}

// A baseline without per-query values serves the plain gate only; nobody should learn that later.
void WarnWithoutQueries(const Result& run) {
  std::string cells;
  for (const CellRecord& cell : run.cells) {
    if (cell.status != "ok" || ReadQueries(run, cell)) continue;
    cells += (cells.empty() ? "" : ", ") + cell.query_model + "/" + cell.gallery_model;
  }
  if (cells.empty()) return;
  Say(
      fmt::format("warning: {} came without the per-query files of {} (the folder `queries` beside "
                  "it): against this baseline, gate --significant will not be possible",
                  run.path, cells));
}

int Update(const GateFlags& flags, const Result& run) {
  RequireReplaceable(flags.baseline, "result", IsResult);
  if (FileExists(flags.baseline)) {
    try {
      PassesBaseline(flags, run);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kUsage) throw;  // a slip of the hand, not another test set
      fmt::print("the replaced baseline cannot be compared: {}\n", error.what());
    }
  }
  WarnWithoutQueries(run);
  CopyResult(run, flags.baseline);
  fmt::print("gate: {} is the baseline now\n", flags.baseline);
  return kExitOk;
}

int Execute(const GateFlags& flags) {
  if (flags.baseline.empty() && !flags.require_compatible) {
    throw Error(ErrorCode::kUsage, {"bcreid gate", "nothing to hold the run against",
                                    "--baseline FILE, --require-compatible, or both", ""});
  }
  if (flags.update && flags.baseline.empty()) {
    throw Error(ErrorCode::kUsage,
                {"bcreid gate --update", "no baseline", "--baseline FILE: what to write", ""});
  }
  if (!flags.baseline.empty() && flags.baseline == flags.run) {
    throw Error(ErrorCode::kUsage,
                {"bcreid gate --baseline " + flags.baseline, "the run itself", "another file", ""});
  }
  const Result run = ReadResult(flags.run);
  const bool compatible = !flags.require_compatible || PassesVerdict(run, flags.allow_undecided);
  if (flags.update) {
    if (compatible) return Update(flags, run);
    fmt::print("gate: FAILED; the baseline is left as it is\n");
    return kExitGate;
  }
  bool as_good = true;
  if (!flags.baseline.empty()) {
    if (!FileExists(flags.baseline)) {
      throw Error(ErrorCode::kMissing, {flags.baseline, "no such file", "a baseline",
                                        "Store this run as the first one with --update."});
    }
    as_good = PassesBaseline(flags, run);
  }
  const bool passed = compatible && as_good;
  fmt::print("gate: {}\n", passed ? "passed" : "FAILED");
  return passed ? kExitOk : kExitGate;
}

}  // namespace

void AddGateCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<GateFlags>();
  CLI::App* gate = app.add_subcommand("gate", "Refuse a result that is worse than a stored one");
  gate->add_option("RUN.json", flags->run, "Score report or run record to judge")->required();
  gate->add_option("--baseline", flags->baseline, "Stored result to hold it against");
  gate->add_option(
          "--tolerance", flags->tolerances,
          "Fraction that figures may get worse by: 0.002, or map=0.005,cmc1=0.01; a figure "
          "named here is judged too")
      ->delimiter(',')
      ->allow_extra_args(false);
  gate->add_flag("--significant", flags->significant,
                 "Fail only where the paired 95 % interval excludes 0 as well; what has none is "
                 "judged by its value");
  gate->add_flag("--update", flags->update, "Store the run as the baseline, per-query files too");
  gate->add_flag("--require-compatible", flags->require_compatible,
                 "The run's own verdict must be yes");
  gate->add_flag("--allow-undecided", flags->allow_undecided,
                 "With --require-compatible: it must not be no");
  gate->footer(kExamples);
  gate->callback([flags, &action] { action = [flags] { return Execute(*flags); }; });
}

}  // namespace bcr
