// Settings, profiles and --set: what users write to compare models of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/json.h"
#include "protocols/overrides.h"
#include "protocols/profile.h"
#include "protocols/setting.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

TEST(Fuzz, Settings) {
  RunTarget({.name = "setting",
             .share = 0.06,
             .words = {"\"models\"", "\"cells\"", "\"all\"", "\"like\"", "\"start\"",
                       "\"compatible_with\"", "\"upgrade\"", "\"chain\"", "\"images\"",
                       "\"identities\"", "[0, 1]", "\"old\"", "\"new\""},
             .read = [](const std::string& text) {
               const Setting setting = ParseSetting(text, "x.json");
               Require(!setting.models.empty(), "at least one model");
               const std::string written = DumpJson(SettingJson(setting));
               const Setting again = ParseSetting(written, "again.json");
               Require(DumpJson(SettingJson(again)) == written, "reads back what it writes");
             }});
}

TEST(Fuzz, Profiles) {
  RunTarget({.name = "profile",
             .share = 0.05,
             .words = {"\"input\"", "\"epochs\"", "\"milestones\"", "[1, 2]", "\"without_labels\"",
                       "\"objectives\"", "\"triplet\"", "\"locked\"", "\"optimiser\"", "\"sgd\"",
                       "\"schedule\"", "\"cosine\"", "\"adam_betas\"", "\"accumulate\"", "true",
                       "null", "{}"},
             .read = [](const std::string& text) {
               const Profile profile = ParseProfile(text, "x.json");
               Require(profile.height >= 8 && profile.width >= 8 && profile.epochs >= 1 &&
                           profile.lr > 0 && profile.gamma > 0 && profile.gamma <= 1 &&
                           profile.optimisation.accumulate >= 1 &&
                           profile.optimisation.final_lr <= profile.lr,
                       "numbers in their ranges");
               Require(std::is_sorted(profile.milestones.begin(), profile.milestones.end()),
                       "milestones that ascend");
               const std::string written = DumpJson(ProfileJson(profile));
               const Profile again = ParseProfile(written, "again.json");
               Require(DumpJson(ProfileJson(again)) == written, "reads back what it writes");
             }});
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

// One --set a line.
TEST(Fuzz, Overrides) {
  RunTarget(
      {.name = "override",
       .share = 0.01,
       .words = {"profile.", "setting.models.", "epochs", "triplet.margin", "milestones",
                 "optimiser", "sgd", "nesterov", "10,14", "[1]", "cells", "true", "=", "\n", "."},
       .read = [](const std::string& text) {
         const Protocol protocol = ResolveProtocol("in-domain-data", "smoke", LinesOf(text));
         const std::string setting = DumpJson(SettingJson(protocol.setting)),
                           profile = DumpJson(ProfileJson(protocol.profile));
         Require(DumpJson(SettingJson(ParseSetting(setting, "s.json"))) == setting &&
                     DumpJson(ProfileJson(ParseProfile(profile, "p.json"))) == profile,
                 "what is run can be written and read again");
       }});
}

}  // namespace
}  // namespace bcr::fuzz
