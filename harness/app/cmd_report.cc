#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/show.h"
#include "harness/core/error.h"
#include "reports/leaderboard.h"
#include "reports/result.h"

namespace bcr {

void AddReportCommand(CLI::App& app, Action& action) {
  struct Flags {
    std::string records = "bcreid-results/records", format = "terminal", out;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* report = app.add_subcommand("report", "Fold records into a leaderboard and print it");
  report
      ->add_option("records", flags->records,
                   "Folder of records (or the one above it), or a record")
      ->capture_default_str();
  report->add_option("--format", flags->format, "terminal | markdown | csv | latex | json")
      ->capture_default_str()
      ->check(CLI::IsMember(LeaderboardFormats()));
  report->add_option("--out", flags->out, "Also write the leaderboard as JSON to this file");
  report->footer(
      "\nExamples:\n  bcreid report\n  bcreid report results/records --format markdown > table.md\n"
      "  bcreid report --format latex > table.tex");
  report->callback([flags, &action] {
    action = [flags]() -> int {
      if (!flags->out.empty()) RequireReplaceable(flags->out, "leaderboard", IsLeaderboard);
      PrintLeaderboard(flags->records, flags->out, flags->format);
      return kExitOk;
    };
  });
}

}  // namespace bcr
