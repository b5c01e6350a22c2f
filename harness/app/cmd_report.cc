#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/show.h"
#include "harness/app/upgrade_page.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "reports/leaderboard.h"
#include "reports/leaderboard_page.h"
#include "reports/page/page.h"
#include "reports/result.h"

namespace bcr {

void AddReportCommand(CLI::App& app, Action& action) {
  struct Flags {
    std::string records = "bcreid-results/records", format = "terminal", out;
    PageFlags page;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* report = app.add_subcommand("report", "Fold records into a leaderboard and print it");
  report
      ->add_option("records", flags->records,
                   "Folder of records (or the one above it), or a record; for a page also a score "
                   "report")
      ->capture_default_str();
  report->add_option("--format", flags->format, "terminal | markdown | csv | latex | json")
      ->capture_default_str()
      ->check(CLI::IsMember(LeaderboardFormats()));
  report->add_option("--out", flags->out, "Also write the leaderboard as JSON to this file");
  report->add_option("--html", flags->page.html,
                     "Also write one page with pictures to this file: of a folder the leaderboard, "
                     "of one result its upgrade");
  report->add_option("--svg", flags->page.svg,
                     "Also write each picture of the page to a file in this folder");
  report->add_option("--images", flags->page.images,
                     "Of one result made with --lists: folder of its images, or a data reference");
  flags->page.store = JoinPath(DefaultCacheFolder(), "store");
  report->footer(
      "\nExamples:\n  bcreid report\n  bcreid report results/records --format markdown > table.md\n"
      "  bcreid report --format latex > table.tex\n"
      "  bcreid report results/records --html leaderboard.html --svg pictures\n"
      "  bcreid report results/records/in-domain-data.bct.quick.seed1.json --html bct.html "
      "--images pedsynth-a");
  report->callback([flags, &action] {
    action = [flags]() -> int {
      if (!flags->out.empty()) RequireReplaceable(flags->out, "leaderboard", IsLeaderboard);
      const PageFlags& page = flags->page;
      if (page.Any() && FileExists(flags->records)) {
        CheckPageFlags(page);
        WritePageOf(flags->records, page);
        return kExitOk;
      }
      if (!page.images.empty()) {
        throw Error(ErrorCode::kUsage, {"--images " + page.images, "no page of one result",
                                        "--html FILE and the file of one result", ""});
      }
      if (!page.html.empty()) page::RequireReplaceablePage(page.html, kLeaderboardPage);
      PrintLeaderboard(flags->records, flags->out, flags->format, {page.html, page.svg});
      return kExitOk;
    };
  });
}

}  // namespace bcr
