#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/app/command.h"
#include "harness/compare/gate_reports.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"

namespace bcr {
namespace {

struct GateFlags {
  std::string baseline, run, json, junit, markdown;
  std::vector<std::string> tolerances;
  bool by_value = false, update = false, require_compatible = false, allow_undecided = false,
       github = false;
  double level = 0.05;
  CompareOptions compare;
};

constexpr const char* kExamples = R"(
Examples:
  bcreid gate --require-compatible run.json                 first day: the verdict must be yes
  bcreid gate --baseline baseline.json run.json --update    store run.json as the baseline
  bcreid gate --baseline baseline.json run.json             fails where something is worse beyond chance
  bcreid gate --baseline baseline.json run.json --tolerance map=0.005,cmc1=0.01
                                                            and by more than these fractions
Exit codes: 0 as good as the baseline, 3 something got worse, 2 the two cannot be compared.)";

bool IsGateReport(const Json& json) {
  return json.is_object() && json.contains("kind") && json["kind"] == "gate-report";
}

// What the baseline says of the run; nothing without one.
GateReport Judged(const GateFlags& flags, const Result& run) {
  GateOptions options;
  options.by_value = flags.by_value;
  options.level = flags.level;
  options.seed = flags.compare.seed;
  for (const std::string& text : flags.tolerances) ParseTolerance(text, options);
  GateReport report;
  report.run = run.path;
  report.options = options;
  if (!flags.baseline.empty()) {
    const Result baseline = ReadResult(flags.baseline);
    report = JudgeGate(baseline, run, Compare(baseline, run, flags.compare), options);
  }
  return report;
}

void Write(const GateFlags& flags, const GateReport& report) {
  if (!flags.json.empty()) WriteJsonAtomic(flags.json, GateJson(report));
  if (!flags.junit.empty()) WriteFileAtomic(flags.junit, GateJunit(report));
  if (!flags.markdown.empty()) WriteFileAtomic(flags.markdown, GateMarkdown(report));
  if (flags.github) PrintText(GateAnnotations(report));
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
                  "it): against this baseline, gate can judge by value alone (--by-value)",
                  run.path, cells));
}

// The run becomes the baseline, whatever the old one says of it; only its own verdict can forbid it.
int Update(const GateFlags& flags, const Result& run) {
  RequireReplaceable(flags.baseline, "result", IsResult);
  if (flags.require_compatible) {
    const GateCheck check = CheckCompatible(run, flags.allow_undecided);
    PrintText(CheckText(check));
    if (!check.passed) {
      PrintText("gate: FAILED; the baseline is left as it is\n");
      return kExitGate;
    }
  }
  if (FileExists(flags.baseline)) {
    try {
      const GateReport report = Judged(flags, run);
      Write(flags, report);
      PrintText(GateText(report));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kUsage) throw;  // a slip of the hand, not another test set
      PrintText(fmt::format("the replaced baseline cannot be compared: {}\n", error.what()));
    }
  }
  WarnWithoutQueries(run);
  CopyResult(run, flags.baseline);
  PrintText(fmt::format("gate: {} is the baseline now\n", flags.baseline));
  return kExitOk;
}

void CheckFlags(const GateFlags& flags) {
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
  if (!flags.json.empty()) RequireReplaceable(flags.json, "gate report", IsGateReport);
}

int Execute(const GateFlags& flags) {
  CheckFlags(flags);
  const Result run = ReadResult(flags.run);
  if (flags.update) return Update(flags, run);
  if (!flags.baseline.empty() && !FileExists(flags.baseline)) {
    throw Error(ErrorCode::kMissing, {flags.baseline, "no such file", "a baseline",
                                      "Store this run as the first one with --update."});
  }
  GateReport report = Judged(flags, run);
  if (flags.require_compatible) {
    report.checks.insert(report.checks.begin(), CheckCompatible(run, flags.allow_undecided));
  }
  // Files first: a reader of standard output that goes away must not cost them.
  Write(flags, report);
  PrintText(GateText(report) + OutcomeOf(report) + "\n");
  return report.Passed() ? kExitOk : kExitGate;
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
  gate->add_option("--level", flags->level,
                   "How often any figure may fail by chance where both are equally good")
      ->capture_default_str()
      ->check(CLI::Range(0.0001, 0.5));
  gate->add_flag("--by-value", flags->by_value,
                 "Fail wherever a figure is worse by more than its tolerance, even if by chance");
  gate->add_flag("--significant")->description("What the gate does anyway")->group("");
  gate->add_option("--json", flags->json, "Also write the judgement to this file");
  gate->add_option("--junit", flags->junit, "Also write it as JUnit XML, for build servers");
  gate->add_option("--markdown", flags->markdown, "Also write it as Markdown, for a job summary");
  gate->add_flag("--github", flags->github, "Also print annotations for GitHub Actions");
  gate->add_flag("--update", flags->update, "Store the run as the baseline, per-query files too");
  gate->add_flag("--require-compatible", flags->require_compatible,
                 "The run's own verdict must be yes");
  gate->add_flag("--allow-undecided", flags->allow_undecided,
                 "With --require-compatible: it must not be no");
  gate->footer(kExamples);
  gate->callback([flags, &action] { action = [flags] { return Execute(*flags); }; });
}

}  // namespace bcr
