#include "harness/app/show.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/app/picture_files.h"
#include "harness/core/files.h"
#include "harness/core/json.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"
#include "protocols/setting.h"
#include "reports/latex.h"
#include "reports/leaderboard.h"
#include "reports/leaderboard_page.h"
#include "reports/markdown.h"
#include "reports/record_io.h"
#include "reports/result.h"
#include "reports/table_csv.h"
#include "reports/terminal_table.h"

namespace bcr {

namespace {

TextStyle StyleOfTerminal() {
  const char* locale = "";
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      locale = value;
      break;
    }
  }
  const char* no_color = std::getenv("NO_COLOR");
  TextStyle style =
      TextStyleFor(locale, no_color != nullptr && *no_color != '\0', ColourOn(STDOUT_FILENO));
  winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.columns = size.ws_col;
  return style;
}

std::string FolderOf(const std::string& file) {
  return std::filesystem::path(file).parent_path().string();
}

int OrderOf(const std::string& setting) {
  for (const Setting& known : Settings()) {
    if (known.name == setting) return known.order;
  }
  return std::numeric_limits<int>::max();
}

// The terminal's own table is printable already, and may hold colours; JSON escapes what is not.
std::string TextIn(const std::string& format, const Leaderboard& leaderboard, const Json& json) {
  if (format == "json") return DumpJson(json);
  if (format == "markdown") return Printable(MarkdownTable(leaderboard));
  if (format == "csv") return Printable(LeaderboardCsv(leaderboard));
  if (format == "latex") return Printable(LatexTables(leaderboard));
  return TerminalTable(leaderboard, StyleOfTerminal());
}

}  // namespace

const std::vector<std::string>& LeaderboardFormats() {
  static const std::vector<std::string> formats = {"terminal", "markdown", "csv", "latex", "json"};
  return formats;
}

void PrintLeaderboard(const std::string& records, const std::string& leaderboard_file,
                      const std::string& format, const LeaderboardPlaces& places) {
  std::vector<std::string> notes;
  std::vector<StoredRecord> stored = ReadRecords(records, &notes);
  for (const std::string& note : notes) Say("note: " + note);
  // By place, not as typed: the same records give the same bytes.
  NameRelativeTo(FolderOf(leaderboard_file.empty() ? stored.front().file : leaderboard_file),
                 stored);
  Leaderboard leaderboard = BuildLeaderboard(stored);
  // In the order in which `list` shows the settings; settings of the user's own come last.
  std::stable_sort(leaderboard.tables.begin(), leaderboard.tables.end(),
                   [](const LeaderboardTable& a, const LeaderboardTable& b) {
                     return OrderOf(a.setting.name) < OrderOf(b.setting.name);
                   });
  const Json json = LeaderboardJson(leaderboard);
  if (!leaderboard_file.empty()) WriteJsonAtomic(leaderboard_file, json);
  if (!places.svg_folder.empty())
    WritePictures(places.svg_folder, LeaderboardPictures(leaderboard, stored));
  if (!places.html.empty())
    WriteFileAtomic(places.html, std::string_view(LeaderboardHtml(leaderboard, stored)));
  std::fputs(TextIn(format, leaderboard, json).c_str(), stdout);
}

}  // namespace bcr
