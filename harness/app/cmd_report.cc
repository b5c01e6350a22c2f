#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/show.h"
#include "harness/core/error.h"
#include "reports/leaderboard.h"
#include "reports/leaderboard_page.h"
#include "reports/page/page.h"
#include "reports/result.h"

namespace bcr {

void AddReportCommand(CLI::App& app, Action& action) {
  struct Flags {
    std::string records = "bcreid-results/records", format = "terminal", out;
    LeaderboardPlaces places;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* report = app.add_subcommand("report", "Fold records into a leaderboard and print it");
  report
      ->add_option("records", flags->records,
                   "Folder of records (or the one above it), or a record")
      ->capture_default_str();
  report->add_option("--format", flags->format, "terminal | markdown | json")
      ->capture_default_str()
      ->check(CLI::IsMember({"terminal", "markdown", "json"}));
  report->add_option("--out", flags->out, "Also write the leaderboard as JSON to this file");
  report->add_option("--html", flags->places.html,
                     "Also write the leaderboard as one page with pictures to this file");
  report->add_option("--svg", flags->places.svg_folder,
                     "Also write each picture of the page to a file in this folder");
  report->footer(
      "\nExamples:\n  bcreid report\n  bcreid report results/records --format markdown > table.md\n"
      "  bcreid report results/records --html leaderboard.html --svg pictures");
  report->callback([flags, &action] {
    action = [flags]() -> int {
      if (!flags->out.empty()) RequireReplaceable(flags->out, "leaderboard", IsLeaderboard);
      const std::string& html = flags->places.html;
      if (!html.empty()) page::RequireReplaceablePage(html, kLeaderboardPage);
      PrintLeaderboard(flags->records, flags->out, flags->format, flags->places);
      return kExitOk;
    };
  });
}

}  // namespace bcr
