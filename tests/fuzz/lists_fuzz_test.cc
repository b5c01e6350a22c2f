// Lines of the list files that data sets come with, read by hand-written parsers: each against its
// grammar as a regular expression.
#include <gtest/gtest.h>

#include <optional>
#include <regex>

#include "datasets/list_line.h"
#include "datasets/msmt_name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"

namespace bcr::fuzz {
namespace {

constexpr size_t kLongest = 200;  // std::regex calls itself for every character

// What the expression finds in a whole text; nothing where the text is outside the grammar or too
// long to ask.
std::optional<std::smatch> Match(const std::string& text, const std::regex& grammar) {
  std::smatch match;
  if (!std::regex_match(text, match, grammar)) return std::nullopt;
  return match;
}

TEST(Fuzz, MsmtNames) {
  static const std::regex grammar(
      "[0-9]+_[0-9]+_([0-9][0-9])_[\\s\\S]+\\.([jJ][pP][eE]?[gG]|[pP][nN][gG])");
  RunTarget({.name = "msmt-name",
             .share = 0.05,
             .words = {"_", "01", ".jpg", ".PNG", "0000_000_01_", "_ex", "15"},
             .read = [](const std::string& name) {
               const std::optional<std::string> camera = ParseMsmtCamera(name);
               if (name.size() <= kLongest) {
                 const auto match = Match(name, grammar);
                 Require(match.has_value() == camera.has_value(),
                         "inside the grammar, and only there");
                 Require(!match || *camera == (*match)[1], "what the name says");
               }
               if (!camera) Refuse();
             }});
}

TEST(Fuzz, LabelledPaths) {
  static const std::regex grammar("([!-~]+)[ \t\r]+([0-9]+)[ \t\r]*");
  RunTarget({.name = "labelled-path",
             .share = 0.05,
             .words = {"/", "../", " ", "\t", ".jpg", "0", "\r", "//", "/."},
             .read = [](const std::string& line) {
               const std::optional<LabelledPath> parsed = ParseLabelledPath(line);
               if (line.size() <= kLongest) {
                 const auto match = Match(line, grammar);
                 const bool inside = match && IsPathBelow(std::string((*match)[1]));
                 Require(inside == parsed.has_value(), "inside the grammar, and only there");
                 Require(!parsed || (parsed->path == (*match)[1] && parsed->label == (*match)[2]),
                         "what the line says");
               }
               if (!parsed) Refuse();
               const std::string path = "/" + parsed->path + "/";
               for (const char* part : {"//", "/./", "/../"})
                 Require(path.find(part) == std::string::npos, "a path below its folder");
             }});
}

TEST(Fuzz, VehicleLines) {
  static const std::regex info("([0-9]+)/([0-9]+);([0-9]+)(;[\\s\\S]*)?");
  static const std::regex path("([0-9]+)/([0-9]+)(\\.jpg)?");
  RunTarget({.name = "vehicle-line",
             .share = 0.05,
             .words = {"/", ";", "00001", ".jpg", "62", ";;"},
             .read = [](const std::string& line) {
               const std::optional<VehicleImage> in_info = ParseVehicleInfo(line);
               const std::optional<VehicleImage> in_list = ParseVehiclePath(line);
               if (line.size() <= kLongest) {
                 const auto match = Match(line, info);
                 Require(match.has_value() == in_info.has_value(), "vehicle, image and camera");
                 Require(
                     !match || (in_info->vehicle == (*match)[1] && in_info->image == (*match)[2] &&
                                in_info->camera == (*match)[3]),
                     "what the line says");
                 const auto short_match = Match(line, path);
                 Require(short_match.has_value() == in_list.has_value(), "vehicle and image");
                 Require(!short_match || (in_list->vehicle == (*short_match)[1] &&
                                          in_list->image == (*short_match)[2]),
                         "what the line says");
               }
               if (!in_info && !in_list) Refuse();
             }});
}

TEST(Fuzz, LinesOfLists) {
  RunTarget({.name = "list-lines",
             .share = 0.05,
             .words = {"\n", "\r\n", "\n\n", " ", "0000/x.jpg 0\n"},
             .read = [](const std::string& text) {
               size_t last = 0;
               for (const ListLine& line : LinesOf(text)) {
                 Require(line.number > last, "numbers that rise");
                 last = line.number;
                 Require(!line.text.empty() && line.text.find('\n') == std::string_view::npos,
                         "one line each, and none that is empty");
               }
               if (last == 0) Refuse();
             }});
}

}  // namespace
}  // namespace bcr::fuzz
