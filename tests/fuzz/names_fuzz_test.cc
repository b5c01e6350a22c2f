// Names and paths of images, read by hand-written parsers: each against its grammar as a regular
// expression.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <utility>

#include "datasets/camera_pattern.h"
#include "datasets/duke_name.h"
#include "datasets/folder_names.h"
#include "datasets/market_name.h"
#include "datasets/omniglot_layout.h"
#include "datasets/one_each_names.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"

namespace bcr::fuzz {
namespace {

constexpr size_t kLongest = 200;  // std::regex calls itself for every character

// What the expression finds in a whole name; nothing where the name is outside the grammar.
std::optional<std::smatch> Match(const std::string& name, const std::regex& grammar) {
  std::smatch match;
  if (!std::regex_match(name, match, grammar)) return std::nullopt;
  return match;
}

void CheckName(const std::string& name, const std::regex& grammar,
               const std::optional<MarketName>& parsed) {
  if (name.size() <= kLongest) {
    const auto match = Match(name, grammar);
    Require(match.has_value() == parsed.has_value(), "inside the grammar, and only there");
    Require(!match || (parsed->identity == (*match)[1] && parsed->camera == (*match)[2]),
            "what the name says");
  }
  if (!parsed) Refuse();
  Require(name.starts_with(parsed->identity + "_c" + parsed->camera), "fields as spelled");
}

TEST(Fuzz, MarketNames) {
  static const std::regex grammar(
      "(-1|[0-9]+)_c([0-9]+)s[0-9]+_[0-9]+_[0-9]+\\.([jJ][pP][eE]?[gG]|[pP][nN][gG])");
  RunTarget(
      {.name = "market-name",
       .share = 0.05,
       .words = {"_c", "s1", ".jpg", ".PNG", ".jpeg", "-1", "0000", "_", "-1_c1s1_1_1.jpg"},
       .read = [](const std::string& name) { CheckName(name, grammar, ParseMarketName(name)); }});
}

TEST(Fuzz, DukeNames) {
  static const std::regex grammar("([0-9]+)_c([0-9]+)_f[0-9]+\\.([jJ][pP][eE]?[gG]|[pP][nN][gG])");
  RunTarget(
      {.name = "duke-name",
       .share = 0.05,
       .words = {"_c", "_f", ".jpg", ".PNG", ".jpeg", "-1", "0000", "_"},
       .read = [](const std::string& name) { CheckName(name, grammar, ParseDukeName(name)); }});
}

TEST(Fuzz, FolderNames) {
  using Parse = std::optional<MarketName> (*)(std::string_view);
  static const std::string end = "\\.([jJ][pP][eE]?[gG]|[pP][nN][gG])";
  static const std::pair<Parse, std::regex> grammars[] = {
      {ParseCuhk03NpName, std::regex("([0-9]+)_c([0-9]+)_[0-9]+" + end)},
      {ParseVeriName, std::regex("([0-9]+)_c([0-9]+)_[0-9]+_[0-9]+" + end)},
      {ParseMpddName, std::regex("([0-9]+)_c([0-9]+)_?s[0-9]+_[0-9]+" + end)},
      {ParseCuhkSysuName, std::regex("([0-9]+)_(s[0-9]+)_[0-9]+_[0-9]+" + end)},
      {ParseLayoutName, std::regex("(-1|[0-9]+)_c([0-9]+)(?:[^0-9][\\s\\S]*)?" + end)}};
  RunTarget(
      {.name = "folder-name",
       .share = 0.05,
       .words = {"_c", "_s", "s1", "_", ".jpg", ".PNG", "-1", "001", "_c1_s1_1.jpg"},
       .read = [](const std::string& name) {
         bool any = false;
         for (const auto& [parse, grammar] : grammars) {
           const std::optional<MarketName> parsed = parse(name);
           any |= parsed.has_value();
           if (name.size() > kLongest) continue;
           const auto match = Match(name, grammar);
           Require(match.has_value() == parsed.has_value(), "inside the grammar, and only there");
           Require(!match || (parsed->identity == (*match)[1] && parsed->camera == (*match)[2]),
                   "what the name says");
         }
         if (!any) Refuse();
       }});
}

TEST(Fuzz, OneEachNames) {
  static const std::regex viper("([0-9]+)_[0-9]+\\.bmp");
  static const std::regex prid("person_([0-9]{4})\\.png");
  RunTarget({.name = "one-each-name",
             .share = 0.02,
             .words = {"person_", "_", "0001", ".bmp", ".png", "000_45.bmp"},
             .read = [](const std::string& name) {
               const std::optional<std::string> in_viper = ParseViperName(name);
               const std::optional<std::string> in_prid = ParsePridName(name);
               if (name.size() <= kLongest) {
                 const auto one = Match(name, viper);
                 const auto other = Match(name, prid);
                 Require(one.has_value() == in_viper.has_value() &&
                             other.has_value() == in_prid.has_value(),
                         "inside the grammar, and only there");
                 Require(!one || *in_viper == (*one)[1], "the person of VIPeR");
                 Require(!other || *in_prid == (*other)[1], "the person of PRID2011");
               }
               if (!in_viper && !in_prid) Refuse();
             }});
}

// A pattern on the first line, held against the second.
TEST(Fuzz, CameraPatterns) {
  RunTarget({.name = "camera-pattern",
             .share = 0.05,
             .words = {"*", "{camera}", "_c", "\n", "1", "**", "{", "*_c{camera}_*\n"},
             .read = [](const std::string& text) {
               const size_t end = std::min(text.find('\n'), text.size());
               const std::string pattern = text.substr(0, end);
               const std::string name = text.substr(std::min(end + 1, text.size()));
               const std::optional<std::string> camera = CameraPattern(pattern, "here").Find(name);
               if (!camera) return;
               Require(!camera->empty() && name.find(*camera) != std::string::npos,
                       "a camera that the name has");
               const size_t at = pattern.find("{camera}");
               const std::string before = pattern.substr(0, at);
               Require(before.find('*') != std::string::npos || name.starts_with(before + *camera),
                       "the camera behind what stands before it");
             }});
}

TEST(Fuzz, OmniglotPaths) {
  static const std::regex grammar(
      "(?:[\\s\\S]*/)?([!-\\-0-~][!-.0-~]*)/(character[0-9]+)/"
      "([0-9]+_(0[1-9]|1[0-9]|20)\\.png)");
  RunTarget(
      {.name = "omniglot-path",
       .share = 0.05,
       .words = {"/", "character", "01", ".png", "_", "../", "/../", "20", "21"},
       .read = [](const std::string& path) {
         const std::optional<OmniglotName> parsed = ParseOmniglotPath(path);
         if (path.size() <= kLongest) {
           const bool outside = path.starts_with('/') || path.starts_with("../") ||
                                path.find("/../") != std::string::npos;
           const auto match = outside ? std::nullopt : Match(path, grammar);
           Require(match.has_value() == parsed.has_value(), "inside the grammar, and only there");
           Require(!match || (parsed->alphabet == (*match)[1] && parsed->character == (*match)[2] &&
                              parsed->file == (*match)[3] && parsed->drawer == (*match)[4]),
                   "what the path says");
         }
         if (!parsed) Refuse();
         Require(path.ends_with(parsed->alphabet + "/" + parsed->character + "/" + parsed->file),
                 "parts as spelled");
       }});
}

}  // namespace
}  // namespace bcr::fuzz
