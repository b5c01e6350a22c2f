// Names and paths of images, read by hand-written parsers: each against its grammar as a regular
// expression.
#include <gtest/gtest.h>

#include <optional>
#include <regex>

#include "datasets/duke_name.h"
#include "datasets/market_name.h"
#include "datasets/omniglot_layout.h"
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
